import Daemon
import Foundation
import Testbed
import Testing

/// Everything in here starts real processes, so it runs one test after the other.
@Suite(.serialized) enum ProcessTests {}

/// Where things are, for tests that start processes.
enum Bench {
    /// The `vouchbird` that was built together with the tests: it stands beside their bundle.
    static let binary = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("vouchbird")

    static let packageRoot = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static let pythonFolder = packageRoot.appendingPathComponent("Tests/Support/python")

    /// The hostile client that lies beside the repository; nil on a machine that has none.
    static let attackTool: URL? = {
        let tool = packageRoot.appendingPathComponent("../shared/tools/attacks/zmtp_attack.py")
            .standardizedFileURL
        return FileManager.default.fileExists(atPath: tool.path) ? tool : nil
    }()

    static func dataSet(_ name: String) -> URL? {
        let folder = packageRoot.appendingPathComponent("../shared/data/\(name)")
            .standardizedFileURL
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }

    static var settings: LocalNode.Settings { LocalNode.Settings(binary: binary) }

    /// Runs `body` with nodes that are initialised and do not run yet; cleans up after it.
    static func withNodes<Result>(
        _ names: [String], _ body: (LocalNetwork) throws -> Result
    ) throws -> Result {
        let network = try LocalNetwork(names: names, settings: settings)
        defer { network.close() }
        return try body(network)
    }

    /// Has the user of `node` trust the user of `other`: strangers get little room.
    static func trust(_ node: LocalNode, _ other: LocalNode) throws {
        try node.publish([Draft(kind: .trust, author: try other.identity().author)])
        try node.waitUntilFresh()
    }

    /// Runs `body` with nodes that run, each but the first linked to the one before it.
    static func withChain<Result>(
        _ names: [String], _ body: (LocalNetwork) throws -> Result
    ) throws -> Result {
        try withNodes(names) { network in
            try network.start()
            for (node, next) in zip(network.nodes, network.nodes.dropFirst()) {
                try network.connect(next, to: node)
            }
            return try body(network)
        }
    }
}
