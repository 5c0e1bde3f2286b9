import NodeCore
import Primitives
import Records

/// One computer of the simulated world: a clock, a disk, links, and a node or a hostile program on it.
final class Host {
    enum Role {
        case honest
        /// A real node whose frames are tampered with.
        case filtered(FrameFilter)
        case program(any ByzantineProgram)
    }

    /// A kill that waits for a store operation.
    enum CrashPoint: CaseIterable {
        case beforeOwnCommit
        case afterOwnCommit
        case beforeNetCommit
        case afterNetCommit
    }

    /// An operation that waits for the disk.
    enum StoreOperation {
        case commitOwn(EffectID, [StoredRecord], [Tombstone])
        case commit(EffectID, StoreBatch)
        case readRange(EffectID, RangeRequest, maximumBytes: Int)
        case readFeeds(EffectID, [PublicKey])
    }

    let index: Int
    let signer: any Signer
    let nodeKey: NodeKey
    let address: NetworkAddress
    /// What its node key is the Curve25519 form of, where addresses are exchanged.
    var nodeSigner: (any Signer)?
    /// Its file of addresses: the overlay's secret and who answered, as of the last saving.
    var overlaySeed: UInt64 = 0
    var keptAddresses: [AddressRecord] = []
    /// When it last said where it is; monotonic milliseconds.
    var announcedAt: UInt64 = 0
    /// Links that it dialled without its user's word, by number of edge.
    var learnt: [Int] = []
    /// Since when it has no link to an honest host that it chose itself; nil while it has.
    var unchosenSince: UInt64? = 0
    /// Others dial it in vain.
    var isBehindNAT = false
    var role: Role
    var random: SeededRandom

    /// Nil while the process is down. Ask `isRunning` for that: reading this copies the node.
    var node: Node?
    private(set) var isRunning = false
    /// What its disk holds; where `files` are, what they must hold.
    var store: MemoryStore
    /// Its real disk, where a scenario asks for one.
    var files: FileStore?
    /// Moves with every start; what belongs to an earlier life means nothing.
    var life = 0
    /// Milliseconds that the wall clock is ahead of true time.
    var clockOffset: Int64 = 0
    /// The highest wall clock that this life has seen.
    var highestWall = Instant(milliseconds: 0)

    /// Milliseconds that the monotonic clock stood still.
    var clockLag: UInt64 = 0
    /// The process is stopped, and what it would do waits until then.
    var pause: Pause?

    var turnAt: UInt64?
    var deadlineAt: UInt64?
    var operations: [StoreOperation] = []
    var storeFreeAt: UInt64 = 0

    /// Links dialled from here, by number of edge.
    var edges: [Int] = []
    /// Connections that are up at this end, in the order in which they came.
    var links: [Int] = []
    var greeted: [LinkID] = []
    /// Since when it has no link to an honest host; nil while it has.
    var loneSince: UInt64? = 0

    var publications: UInt64 = 0
    /// Drafts of publications that are not answered: how many each.
    var pending: [EffectID: Int] = [:]

    var armed: CrashPoint?
    var diskFault: (failure: StoreFailure, until: UInt64)?
    /// The disk once wrote something and said that it had failed.
    var mayHoldUnknown = false
    /// The disk refused something while later commits were on their way: what they leave has no beginning, and is read
    /// by nobody.
    var missedCommits = false
    /// How fast it takes what arrives on a link; nil: as fast as it comes.
    var readsBytesPerSecond: Int?
    var oldCopy: MemoryStore?
    /// Own records at the time of the copy that its user keeps of own.db.
    var ownBackup: FeedRows?
    /// Bits of its files have flipped.
    var isDamaged = false
    /// A power cut that waits for an operation of the disk.
    var plannedCut: Fault?
    /// A kill that waits for this operation of SQLite inside the commit that it meets.
    var armedOperation: Int?
    /// That commit is being carried out.
    var isDyingInside = false
    /// The own commit that its files refused last: they may hold it all the same.
    var unanswered: (records: [StoredRecord], tombstones: [Tombstone])?
    /// The same of net.db.
    var unansweredBatch: StoreBatch?
    /// Every record that was ever committed to its files, or may have been.
    var everWritten: Set<RecordID> = []
    /// The power failed since its files were read.
    var hasLostPower = false
    var wasRestoredFromOldCopy = false
    /// Its user has said that the disk is what was written last.
    var userIsSure = false

    init(
        index: Int, signer: any Signer, nodeKey: NodeKey, address: NetworkAddress, role: Role,
        random: SeededRandom, store: MemoryStore
    ) {
        self.index = index
        self.signer = signer
        self.nodeKey = nodeKey
        self.address = address
        self.role = role
        self.random = random
        self.store = store
    }

    /// A new process.
    func start(_ node: Node) {
        self.node = node
        isRunning = true
        life += 1
    }

    /// The process dies.
    func stop() {
        node = nil
        isRunning = false
        life += 1
    }

    /// How far the node holds a feed; 0 while it is down. Asks in place: reading `node` for it copies the node.
    func frontier(of feed: PublicKey) -> UInt64 { node?.frontierInPlace(of: feed) ?? 0 }

    var isHonest: Bool {
        if case .honest = role { true } else { false }
    }

    var isProgram: Bool {
        if case .program = role { true } else { false }
    }

    /// By the rule of the daemon: the own feed is what was written last. In memory nobody is that sure.
    var knowsItsHead: Bool {
        files.map { !$0.isOwnMoved && !$0.hasLostOwnRecords } ?? false
    }

    /// Running: a program always is, a node between start and crash.
    var isUp: Bool { isProgram || isRunning }
    var publicKey: PublicKey { signer.publicKey }
}

extension Node {
    fileprivate mutating func frontierInPlace(of feed: PublicKey) -> UInt64 { frontier(of: feed) }
}
