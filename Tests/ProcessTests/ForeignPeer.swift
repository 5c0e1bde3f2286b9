import Daemon
import Foundation
import TestSupport
import Testbed
import Testing

/// The peer in Python that knows nothing of our code: `Tests/Support/python/foreign_peer.py`.
struct ForeignPeer {
    let port: UInt16
    /// The node key, hexadecimal.
    let serverKey: String

    static let isUsable = Python.has("zmq") && Python.has("nacl")
    static let missing = Comment(rawValue: Python.missing("zmq and nacl"))

    init(facing node: LocalNode) throws {
        port = node.port
        serverKey = try node.identity().nodeKey
    }

    /// Starts a task of the peer.
    func start(_ arguments: [String]) throws -> ChildProcess {
        try ChildProcess(
            executable: URL(fileURLWithPath: Python.interpreter),
            arguments: [Bench.pythonFolder.appendingPathComponent("foreign_peer.py").path]
                + arguments + ["--port", String(port), "--server-key", serverKey],
            environment: ["PYTHONDONTWRITEBYTECODE": "1"])
    }

    /// Runs a task to its end and reads its last line.
    func run<Answer: Decodable>(_ arguments: [String], as type: Answer.Type) throws -> Answer {
        try Self.answer(of: start(arguments), as: type)
    }

    /// Waits for a task's end and reads its last line.
    static func answer<Answer: Decodable>(
        of child: ChildProcess, as type: Answer.Type, seconds: Double = 40
    ) throws -> Answer {
        let ending = child.wait(seconds: seconds)
        child.drain()
        let line = child.outputText.split(separator: "\n").last.map(String.init) ?? ""
        try #require(ending == .exited(0), "\(child.commandLine): \(line) \(child.errorText)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let answer = try? decoder.decode(type, from: Data(line.utf8))
        return try #require(
            answer,
            "\(child.commandLine): \(line.utf8.count) bytes that are no \(type), they end with \(line.suffix(200)) \(child.errorText)"
        )
    }

    struct Fetched: Decodable {
        var feeds: [Feed]

        struct Feed: Decodable {
            var feed: String
            /// Nil when the delegation is not signed by the author it names.
            var author: String?
            var records: Int
            var verified: Int
            var chained: Bool
            var headMatches: Bool
            /// Hexadecimal, in order; nil for a tombstone.
            var payloads: [String?]

            /// The items of LIKE and PLAY records, by place.
            func holds(item: String, at sequence: UInt64) -> Bool {
                let place = Int(sequence) - 1
                guard payloads.indices.contains(place), let payload = payloads[place] else {
                    return false
                }
                let sized = [UInt8(item.utf8.count)] + Array(item.utf8)
                return payload.hasPrefix(sized.map { String(format: "%02x", $0) }.joined())
            }
        }
    }

    struct Published: Decodable {
        var feed: String
        var records: Int
        /// Whether the node gives back the very bytes.
        var unchanged: Bool
    }

    struct Offered: Decodable {
        /// Records that the node shall accept first.
        var accepted: Int
        var feed: String?
    }

    struct Offended: Decodable {
        var kind: String
        /// `open` or `closed`.
        var link: String
    }

    struct Served: Decodable {
        var answers: Int
        var longestSilenceS: Double
    }
}
