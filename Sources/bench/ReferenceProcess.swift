import Foundation

/// The C program of `Sources/reference` with one graph in its memory, asked again and again.
///
/// A process of its own: no C is linked into ours, and each has its own heap.
final class ReferenceProcess {
    struct Answer {
        /// Time of the kernel alone.
        let nanoseconds: Double
        let count: Int
    }

    private let process = Process()
    private let requests = Pipe()
    private let answers = Pipe()
    private var unread = Data()

    /// Starts `executable` on a graph file.
    init(executable: URL, graph: URL) throws {
        process.executableURL = executable
        process.arguments = [graph.path()]
        process.standardInput = requests
        process.standardOutput = answers
        try process.run()
    }

    /// Runs a kernel once. `output` takes its result.
    func run(_ kernel: String, _ arguments: [String], output: URL? = nil) throws -> Answer {
        let words = [kernel, output?.path() ?? "-"] + arguments
        try requests.fileHandleForWriting.write(
            contentsOf: Data((words.joined(separator: " ") + "\n").utf8))
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: unread[..<end], as: UTF8.self)
                unread = Data(unread[(end + 1)...])
                let numbers = line.split(separator: " ").compactMap { Int($0) }
                guard numbers.count == 2 else { throw BenchFailure("reference answered: \(line)") }
                return Answer(nanoseconds: Double(numbers[0]), count: numbers[1])
            }
            let data = answers.fileHandleForReading.availableData
            guard !data.isEmpty else { throw BenchFailure("the reference ended: see its message") }
            unread += data
        }
    }

    /// The numbers that a kernel wrote.
    static func numbers(in url: URL) throws -> [Double] {
        let data = try Data(contentsOf: url)
        var numbers: [Double] = []
        numbers.reserveCapacity(data.count / 8)
        var bits: UInt64 = 0
        for (place, byte) in data.enumerated() {
            bits |= UInt64(byte) << UInt64(place % 8 * 8)
            guard place % 8 == 7 else { continue }
            numbers.append(Double(bitPattern: bits))
            bits = 0
        }
        return numbers
    }

    deinit {
        try? requests.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}

struct BenchFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
