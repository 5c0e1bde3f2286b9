public import Cryptography
import Foundation
import Logging
import NodeCore
import Primitives
import Records
import Storage

/// Gives the author a new key, with the daemon stopped: a ROTATE by both keys becomes the next own record, and own.db and
/// the key file follow.
///
/// Safe against a crash at any step: the new key is on the disk first, as `author.key.next`; the record and the new owner
/// of own.db are one transaction; whoever finds own.db with the new owner moves the key files (`finish`).
public struct KeyRotation: Sendable {
    public let old: SigningKey
    public let new: SigningKey
    /// Where the old key is kept: it revokes nothing any more, but it opens what it signed.
    public let keptAt: String

    /// Carries it out. Throws `.locked` when a daemon runs, and what the store throws.
    public static func run(configuration: Configuration, paths: Paths) throws -> KeyRotation {
        let lock = try DirectoryLock(path: paths.lockFile)
        defer { withExtendedLifetime(lock) {} }
        if let done = try finish(configuration, paths) { return done }
        let identity = try NodeIdentity.read(paths)
        let parts = try NodeParts(
            configuration: configuration, paths: paths, identity: identity, isSureOfData: false,
            log: Logger(label: "vouchbird") { _ in SwiftLogNoOpLogHandler() })
        guard !parts.ownPlace.isMoved, !parts.store.hasLostOwnRecords else { throw unsure(paths) }
        let file = KeyFile(path: nextPath(paths), kind: .author)
        if !FileManager.default.fileExists(atPath: file.path) { try file.create(SigningKey()) }
        let new = try file.readSigningKey()
        try publish(of: identity, to: new, parts)
        return try swap(identity.author, new, paths)
    }

    /// Ends a rotation that was cut off after its record was durable; nil when there is none.
    @discardableResult
    static func finish(_ configuration: Configuration, _ paths: Paths) throws -> KeyRotation? {
        let file = KeyFile(path: nextPath(paths), kind: .author)
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        let identity = try NodeIdentity.read(paths)
        let new = try file.readSigningKey()
        let owner = StoreOwner(
            feed: identity.device.publicKey, author: new.publicKey,
            network: NetworkID(name: configuration.node.network, scheme: Ed25519Scheme()))
        guard try Store.isOwned(by: owner, directory: paths.stateDirectory) else { return nil }
        return try swap(identity.author, new, paths)
    }

    private static func publish(
        of identity: NodeIdentity, to new: SigningKey, _ parts: NodeParts
    ) throws {
        var node = try parts.restoredNode()
        let network = node.configuration.network
        let rotation = Rotation(
            of: identity.author, to: new, device: identity.device.publicKey, network: network)
        var drafts = [OwnDraft(payload: .rotate(rotation))]
        if node.frontier(of: identity.device.publicKey) == 0 {
            let consent = Delegation.payload(
                device: identity.device.publicKey, network: network, signer: identity.author)
            drafts.insert(OwnDraft(payload: consent), at: 0)
        }
        var effects: [Effect] = []
        node.handle(.publish(EffectID(raw: 1 << 62), drafts), at: Clock.now(), effects: &effects)
        for effect in effects {
            if case .commitOwn(_, let records, _) = effect {
                try parts.store.commitOwn(records: records, author: new.publicKey)
                parts.ownPlace.write()
                return
            }
        }
        throw OperatingError(
            code: .storage, operation: "publish the new key",
            message: node.publishObstacle?.sentence ?? "the own feed takes no record now",
            hints: ["see: vouchbird doctor"])
    }

    /// Moves the key files: only renames, so that a crash between them is found by `finish`.
    private static func swap(_ old: SigningKey, _ new: SigningKey, _ paths: Paths) throws
        -> KeyRotation
    {
        let kept = "\(paths.authorKey).\(old.publicKey.hex.prefix(16))"
        let manager = FileManager.default
        if !manager.fileExists(atPath: kept) {
            try manager.copyItem(atPath: paths.authorKey, toPath: kept)
        }
        try KeyFile(path: nextPath(paths), kind: .author)
            .replace(KeyFile(path: paths.authorKey, kind: .author))
        return KeyRotation(old: old, new: new, keptAt: kept)
    }

    private static func nextPath(_ paths: Paths) -> String { paths.authorKey + ".next" }

    private static func unsure(_ paths: Paths) -> OperatingError {
        OperatingError(
            code: .storage, operation: "rotate the author key",
            message:
                "\(paths.ownDatabase) is not the file that this node wrote last, and may be old: "
                + "to sign a place twice would fork the feed",
            hints: ["let it ask its peers first: vouchbird daemon, then publish something"])
    }
}
