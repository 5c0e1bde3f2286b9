import Foundation
public import Primitives
import Synchronization

/// A disk under the files of one directory that keeps apart what was synchronised and what was only written.
///
/// Reads see every write at once, as the page cache shows them. When the power fails, of what was written since
/// the last synchronisation of its file each 512-byte sector is kept or lost by a draw, sizes and names likewise:
/// POSIX promises no order. Beside that it fails operation k once, is full or broken for a while, flips bits, or
/// lies about synchronisations.
///
/// Only what SQLite writes passes through it: names that others give or take are on the platter at once. Everything
/// follows from the calls and the seeds that they bring.
public final class FaultDisk: Sendable {
    public enum Failure: Hashable, Sendable {
        /// Nothing works any more until `restart`.
        case powerCut
        /// Nothing works any more until `revive`: the process that wrote is dead, and the machine is not.
        case death
        case ioError
        case full
    }

    enum Operation {
        case write(offset: Int, bytes: [UInt8])
        case truncate(size: Int)
        case synchronise
        case create
        case remove(isDurable: Bool)
        /// Of the platter, by itself.
        case flip(offset: Int, mask: UInt8)
    }

    /// What a file is: on the platter, and changed since. A name that is not durable is nil.
    private struct File {
        var durable: [UInt8]?
        var changes: [Operation] = []

        /// Its name is not on the platter.
        var isNew: Bool {
            changes.contains { if case .create = $0 { true } else { false } }
        }

        /// Gone without having been removed: it has another name, under which it was looked at anew.
        func wasRenamed(_ exists: Bool) -> Bool {
            let isRemoved =
                durable == nil && changes.isEmpty
                || changes.contains { if case .remove = $0 { true } else { false } }
            return !exists && !isRemoved
        }
    }

    private struct State {
        var files: [String: File] = [:]
        var operations = 0
        var plan: (at: Int, failure: Failure)?
        var weakness: Weakness?
        var isOff = false
        var losesSynchronisations = false
    }

    /// What fails for a while, and by which draws.
    private struct Weakness {
        let failure: Failure
        var random: SeededRandom
    }

    /// Whether a change reached the platter.
    private struct Draw {
        let chance: Double
        var random: SeededRandom

        mutating func keeps() -> Bool { chance == 1 || random.unit() < chance }
    }

    /// As the sectors of a disk that keeps its promise of 512 bytes.
    private static let sectorBytes = 512

    public let directory: String
    private let state = Mutex(State())

    /// The disk of the files below `directory`, for every connection of this process that SQLite opens from now on.
    public init(directory: String) {
        self.directory = directory
        FaultVFS.attach(self)
    }

    deinit { FaultVFS.detach(directory) }

    /// The failure that comes at the `after`th operation from now, once.
    public func plan(_ failure: Failure, after: Int) {
        state.withLock { $0.plan = ($0.operations + after, failure) }
    }

    /// No failure is planned any more; true when one was that has not come.
    @discardableResult
    public func cancelPlan() -> Bool {
        state.withLock { state in
            defer { state.plan = nil }
            return state.plan != nil
        }
    }

    /// From now on, until told nil: under `.full` no file grows, under `.ioError` every eighth operation fails, reads
    /// too, by draws from `seed`. Requires one of these two.
    public func weaken(_ failure: Failure?, seed: UInt64) {
        require(failure == nil || failure == .full || failure == .ioError, "a lasting failure")
        state.withLock { state in
            state.weakness = failure.map {
                Weakness(failure: $0, random: SeededRandom(seed: seed, stream: "weak disk"))
            }
        }
    }

    /// From now on a synchronisation says that it has happened, and has not.
    public func loseSynchronisations() { state.withLock { $0.losesSynchronisations = true } }

    /// Writes, truncations, synchronisations and removals so far.
    public var operations: Int { state.withLock { $0.operations } }
    public var isOff: Bool { state.withLock { $0.isOff } }

    // MARK: From the file system

    /// A file is opened; `contents` is what it held before that, nil when there was none.
    func opened(_ path: String, contents: @autoclosure () -> [UInt8]?) {
        state.withLock { state in
            if state.files[path] == nil { state.files[path] = File(durable: contents()) }
        }
    }

    /// Takes note of an operation, and says how it fails; nil when it is to be carried out. `fileBytes`: how long the
    /// file is.
    func take(_ operation: Operation, _ path: String, fileBytes: @autoclosure () -> Int)
        -> Failure?
    {
        state.withLock { state in
            guard !state.isOff else { return .powerCut }
            state.operations += 1
            if let plan = state.plan, state.operations >= plan.at {
                state.plan = nil
                state.isOff = plan.failure == .powerCut || plan.failure == .death
                // The write that was under way may have reached some sectors.
                if plan.failure == .powerCut, case .write = operation {
                    state.files[path]?.changes.append(operation)
                }
                return plan.failure
            }
            if let failure = Self.failure(of: operation, &state.weakness, fileBytes) {
                return failure
            }
            Self.note(operation, path, &state)
            return nil
        }
    }

    /// Whether a read fails.
    func failsRead() -> Bool {
        state.withLock { state in
            guard !state.isOff else { return true }
            guard state.weakness?.failure == .ioError else { return false }
            return state.weakness?.random.below(8) == 0
        }
    }

    private static func failure(
        of operation: Operation, _ weakness: inout Weakness?, _ fileBytes: () -> Int
    ) -> Failure? {
        guard let failure = weakness?.failure else { return nil }
        guard failure == .full else { return weakness?.random.below(8) == 0 ? failure : nil }
        switch operation {
        case .write(let offset, let bytes):
            return offset + bytes.count > fileBytes() ? .full : nil
        case .create: return .full
        case .truncate, .synchronise, .remove, .flip: return nil
        }
    }

    private static func note(_ operation: Operation, _ path: String, _ state: inout State) {
        switch operation {
        case .synchronise:
            guard !state.losesSynchronisations else { return }
            // SQLite synchronises the directory with a file that it made: all names with it.
            if state.files[path]?.isNew == true { settleNames(&state.files) }
            // Taken out, so that its bytes change in place.
            guard var file = state.files.removeValue(forKey: path) else { return }
            var all = Draw(chance: 1, random: SeededRandom(seed: 0))
            state.files[path] = File(durable: contents(of: &file, &all))
        case .remove(isDurable: true): state.files[path] = File(durable: nil)
        default: state.files[path]?.changes.append(operation)
        }
    }

    // MARK: The power

    /// The power fails now, unless it has.
    public func cutPower() { state.withLock { $0.isOff = true } }

    /// The process that writes dies now: nothing works until `revive`.
    public func endProcess() { state.withLock { $0.isOff = true } }

    /// Another process finds the files as the last one left them, with what was written and not synchronised.
    public func revive() {
        state.withLock { state in
            state.isOff = false
            state.plan = nil
        }
    }

    /// The files were replaced by others, whole and on the platter. Requires that nobody has them open.
    public func forget() {
        state.withLock { state in
            state.files = [:]
            state.isOff = false
            state.plan = nil
        }
    }

    /// Inverts the bits of `mask` in the byte at `offset` of a file: on the platter, and for whoever reads it from now on.
    /// Requires that the file is that long.
    public func flip(_ path: String, offset: Int, mask: UInt8) throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        defer { try? file.close() }
        try file.seek(toOffset: UInt64(offset))
        guard let byte = try file.read(upToCount: 1)?.first else { return }
        try file.seek(toOffset: UInt64(offset))
        try file.write(contentsOf: Data([byte ^ mask]))
        state.withLock {
            $0.files[path]?.changes.append(.flip(offset: offset, mask: mask))
        }
    }

    /// Leaves on the real files what survived, and switches the power on. Requires that nobody has them open.
    public func restart(_ random: inout SeededRandom) throws {
        let files = state.withLock { state in
            let files = state.files
            state = State(operations: state.operations, weakness: state.weakness)
            return files
        }
        // From nothing to all but a little: a draw for each cut.
        let chance = [0, 0.5, 0.5, 0.9, 1][random.below(5)]
        for (path, found) in files.sorted(by: { $0.key < $1.key }) {
            var file = found
            guard !file.wasRenamed(FileManager.default.fileExists(atPath: path)) else { continue }
            var draw = Draw(chance: chance, random: SeededRandom(seed: random.next()))
            if let contents = Self.contents(of: &file, &draw) {
                try Data(contents).write(to: URL(fileURLWithPath: path))
            } else {
                try? FileManager.default.removeItem(atPath: path)
            }
            // The index of a log is memory that processes share.
            try? FileManager.default.removeItem(atPath: path + "-shm")
        }
    }

    private static func settleNames(_ files: inout [String: File]) {
        files = files.mapValues { file in
            let last = file.changes.lastIndex { change in
                switch change {
                case .create, .remove: true
                default: false
                }
            }
            guard let last else { return file }
            var settled = file
            settled.changes.removeFirst(last + 1)
            if case .create = file.changes[last] {
                settled.durable = []
            } else {
                settled.durable = nil
            }
            return settled
        }
    }

    private static func contents(of file: inout File, _ draw: inout Draw) -> [UInt8]? {
        var contents = file.durable.take()
        for change in file.changes {
            switch change {
            case .create:
                guard draw.keeps() else { return contents }
                contents = []
            case .remove:
                // What follows went to a file whose name was never on the platter.
                guard draw.keeps() else { return contents }
                contents = nil
            case .truncate(let size):
                guard let whole = contents, draw.keeps() else { continue }
                contents = Array(whole.prefix(size))
            case .write(let offset, let bytes): write(bytes, offset, to: &contents, &draw)
            case .flip(let offset, let mask):
                guard let count = contents?.count, offset < count else { continue }
                contents?[offset] ^= mask
            case .synchronise: break
            }
        }
        return contents
    }

    private static func write(
        _ bytes: [UInt8], _ offset: Int, to contents: inout [UInt8]?, _ draw: inout Draw
    ) {
        // Taken out, so that its bytes change in place.
        guard var whole = contents.take() else { return }
        var start = 0
        while start < bytes.count {
            let sectorEnd = (offset + start) / sectorBytes * sectorBytes + sectorBytes - offset
            let end = draw.chance == 1 ? bytes.count : min(bytes.count, sectorEnd)
            if draw.keeps() {
                if whole.count < offset + end {
                    whole += [UInt8](repeating: 0, count: offset + end - whole.count)
                }
                whole.replaceSubrange(offset + start..<offset + end, with: bytes[start..<end])
            }
            start = end
        }
        contents = whole
    }
}
