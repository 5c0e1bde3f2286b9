import Cryptography
import Foundation
import Logging
import NodeCore
import Primitives
import Ranking
import Records
import Storage

/// Everything that a loop needs and that can fail before it starts.
struct NodeParts: Sendable {
    let configuration: Configuration
    let identity: NodeIdentity
    let store: Store
    let engine: EngineName
    let log: Logger
    /// Where the daily copy of own.db goes.
    let backupPath: String
    let ownPlace: OwnPlace
    private let isSureOfData: Bool
    let addressFile: AddressFile

    init(
        configuration: Configuration, paths: Paths, identity: NodeIdentity, isSureOfData: Bool,
        log: Logger
    ) throws {
        guard FileManager.default.fileExists(atPath: paths.ownDatabase) else {
            throw Self.missing(paths)
        }
        self.configuration = configuration
        self.identity = identity
        self.log = log
        self.isSureOfData = isSureOfData
        addressFile = AddressFile(stateDirectory: paths.stateDirectory)
        ownPlace = OwnPlace(stateDirectory: paths.stateDirectory)
        backupPath = paths.stateDirectory + "/" + Store.backupName
        engine = EngineName(rawValue: configuration.ranking.mode.engine) ?? .taste
        store = try Self.openStore(configuration, paths, identity)
    }

    /// Opens both databases, making what is missing.
    static func openStore(
        _ configuration: Configuration, _ paths: Paths, _ identity: NodeIdentity
    ) throws -> Store {
        let scheme = Ed25519Scheme()
        return try Store(
            directory: paths.stateDirectory,
            budgetBytes: UInt64(configuration.store.budgetMebibytes) << 20,
            owner: StoreOwner(
                feed: identity.device.publicKey, author: identity.author.publicKey,
                network: NetworkID(name: configuration.node.network, scheme: scheme)),
            scheme: scheme)
    }

    /// Keys without their database: to begin the feed anew would fork it.
    private static func missing(_ paths: Paths) -> OperatingError {
        OperatingError(
            code: .storage, operation: "open \(paths.ownDatabase)",
            message:
                "\(paths.ownDatabase) is missing: it held what this device has signed, and a feed "
                + "begun anew would contradict the copies that others hold",
            hints: [
                "put it back from a copy of the whole directory, or keep your identity on a new device:",
                "vouchbird identity backup --to me.vbkey",
                "vouchbird identity restore me.vbkey --data-dir DIR",
            ])
    }

    /// A core that holds what the store holds. Bodies are checked when they are read, so damage inside
    /// net.db may show only here: it is set aside, and what it held is fetched again.
    func restoredNode() throws -> Node {
        do {
            return try readNode()
        } catch let error as StorageError where error.isNetDamage {
            log.warning("\(error.message)")
            try store.replaceNet()
            return try readNode()
        }
    }

    private func readNode() throws -> Node {
        let scheme = Ed25519Scheme()
        var core = CoreConfiguration(
            author: identity.author.publicKey, feed: identity.device.publicKey,
            nodeKey: identity.node.publicKey,
            network: NetworkID(name: configuration.node.network, scheme: scheme),
            seed: SystemRandom.seed())
        // threats.md T5: an old copy asks its anchors for its own head before it publishes.
        core.hasLostOwnRecords = store.hasLostOwnRecords
        let mayBeOld = ownPlace.isMoved || store.hasLostOwnRecords
        core.ownHeadWaitMilliseconds = mayBeOld && !isSureOfData ? 15_000 : 0
        core.ownHeadAnchors = max(1, min(core.ownHeadAnchors, try store.peers().count))
        core.limits.storage.budgetBytes = UInt64(configuration.store.budgetMebibytes) << 20
        core.antiEntropyMilliseconds = UInt64(configuration.gossip.antiEntropySeconds) * 1000
        core.stemMilliseconds = UInt64(configuration.privacy.stemSeconds) * 1000
        core.rankDebounceMilliseconds = UInt64(configuration.ranking.debounceMilliseconds)
        let days = configuration.ranking.halfLifeDays
        core.ranking.weighting.halfLifeMilliseconds = days > 0 ? UInt64(days * 86_400_000) : nil
        let kept = addressFile.read()
        let scope =
            configuration.gossip.peerExchange.scope
            ?? (configuration.gossip.lanDiscovery ? .heard : nil)
        core.overlay = scope.map {
            OverlaySettings(scope: $0, seed: kept?.seed ?? SystemRandom.seed())
        }
        var node = Node(configuration: core, scheme: scheme, signer: identity.device)
        for proof in try store.forkProofs() { node.restore(proof) }
        var block: [StoredEntry] = []
        try store.forEachEntry {
            block.append($0)
            guard block.count == 4_096 else { return }
            node.restore(block)
            block.removeAll(keepingCapacity: true)
        }
        node.restore(block)
        for entry in try store.privateEntries() { node.restore(entry) }
        var ignored: [Effect] = []
        for author in try store.blockedAuthors() {
            node.handle(
                .authorBlocked(author, isBlocked: true), at: Clock.now(), effects: &ignored)
        }
        node.restore(kept?.records ?? [], at: Clock.now())
        node.finishRestore(at: Clock.now())
        return node
    }
}
