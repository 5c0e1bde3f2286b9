import Foundation
import Primitives
import Synchronization

/// A disk under the files of one directory that keeps apart what was synchronised and what was only written.
///
/// Reads see every write at once, as the page cache shows them. When the power fails, of what was written since
/// the last synchronisation of its file each 512-byte sector is kept or lost by a draw, sizes and names likewise:
/// POSIX promises no order. Beside that it fails operation k once, or lies about synchronisations.
final class FaultDisk: Sendable {
    enum Failure: Hashable {
        /// Nothing works any more until `restart`.
        case powerCut
        case ioError
        case full
    }

    enum Operation {
        case write(offset: Int, bytes: [UInt8])
        case truncate(size: Int)
        case synchronise
        case create
        case remove(isDurable: Bool)
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
        var isOff = false
        var losesSynchronisations = false
    }

    /// Whether a change reached the platter.
    private struct Draw {
        let chance: Double
        var random: SeededRandom

        mutating func keeps() -> Bool { chance == 1 || random.unit() < chance }
    }

    /// As the sectors of a disk that keeps its promise of 512 bytes.
    private static let sectorBytes = 512

    let directory: String
    private let state = Mutex(State())

    init(directory: String) {
        self.directory = directory
        FaultVFS.attach(self)
    }

    deinit { FaultVFS.detach(directory) }

    /// The failure that comes at the `after`th operation from now, once.
    func plan(_ failure: Failure, after: Int) {
        state.withLock { $0.plan = ($0.operations + after, failure) }
    }

    /// From now on a synchronisation says that it has happened, and has not.
    func loseSynchronisations() { state.withLock { $0.losesSynchronisations = true } }

    /// Writes, truncations, synchronisations and removals so far.
    var operations: Int { state.withLock { $0.operations } }
    var isOff: Bool { state.withLock { $0.isOff } }

    // MARK: From the file system

    /// A file is opened; `contents` is what it held before that, nil when there was none.
    func opened(_ path: String, contents: @autoclosure () -> [UInt8]?) {
        state.withLock { state in
            if state.files[path] == nil { state.files[path] = File(durable: contents()) }
        }
    }

    /// Takes note of an operation, and says how it fails; nil when it is to be carried out.
    func take(_ operation: Operation, _ path: String) -> Failure? {
        state.withLock { state in
            guard !state.isOff else { return .powerCut }
            state.operations += 1
            if let plan = state.plan, state.operations >= plan.at {
                state.plan = nil
                guard plan.failure == .powerCut else { return plan.failure }
                state.isOff = true
                // The write that was under way may have reached some sectors.
                if case .write = operation { state.files[path]?.changes.append(operation) }
                return .powerCut
            }
            switch operation {
            case .synchronise:
                guard !state.losesSynchronisations else { return nil }
                // SQLite synchronises the directory with a file that it made: all names with it.
                if state.files[path]?.isNew == true { Self.settleNames(&state.files) }
                state.files[path] = state.files[path].map { file in
                    var all = Draw(chance: 1, random: SeededRandom(seed: 0))
                    return File(durable: Self.contents(of: file, &all))
                }
            case .remove(isDurable: true): state.files[path] = File(durable: nil)
            default: state.files[path]?.changes.append(operation)
            }
            return nil
        }
    }

    // MARK: The power

    /// The power fails now, unless it has.
    func cutPower() { state.withLock { $0.isOff = true } }

    /// Leaves on the real files what survived, and switches the power on. Requires that nobody has them open.
    func restart(_ random: inout SeededRandom) throws {
        let files = state.withLock { state in
            let files = state.files
            state = State(operations: state.operations)
            return files
        }
        // From nothing to all but a little: a draw for each cut.
        let chance = [0, 0.5, 0.5, 0.9, 1][random.below(5)]
        for (path, file) in files.sorted(by: { $0.key < $1.key }) {
            guard !file.wasRenamed(FileManager.default.fileExists(atPath: path)) else { continue }
            var draw = Draw(chance: chance, random: SeededRandom(seed: random.next()))
            if let contents = Self.contents(of: file, &draw) {
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

    private static func contents(of file: File, _ draw: inout Draw) -> [UInt8]? {
        var contents = file.durable
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
            case .synchronise: break
            }
        }
        return contents
    }

    private static func write(
        _ bytes: [UInt8], _ offset: Int, to contents: inout [UInt8]?, _ draw: inout Draw
    ) {
        guard var whole = contents else { return }
        var start = 0
        while start < bytes.count {
            let end = min(
                bytes.count, (offset + start) / sectorBytes * sectorBytes + sectorBytes - offset)
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
