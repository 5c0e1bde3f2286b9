import Daemon
public import Foundation

/// Real daemons on loopback, below one directory, that never outlive this value or this process.
public final class LocalNetwork: Sendable {
    public let nodes: [LocalNode]
    public let directory: URL
    private let keepsDirectory: Bool

    /// Makes the directories, keys and databases of one node a name; nothing runs yet.
    ///
    /// Without `keep` everything stands in a temporary directory that `close` removes. With `older`, every second node
    /// is made by that build of `vouchbird`, and runs it.
    public init(
        names: [String], settings: LocalNode.Settings, keep: URL? = nil, older: URL? = nil
    ) throws(TestbedFailure) {
        let directory = keep ?? Self.temporaryDirectory()
        do {
            try FileManager.default.createDirectory(
                at: directory, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw TestbedFailure(
                code: .file, operation: "make \(directory.path)", message: "cannot make it",
                cause: "\(error)")
        }
        self.directory = directory
        keepsDirectory = keep != nil
        let ports = try LoopbackPorts.free(names.count)
        nodes = zip(names, ports).map { name, port in
            LocalNode(
                name: name, directory: directory.appendingPathComponent(name), port: port,
                settings: settings)
        }
        for (number, node) in nodes.enumerated() {
            if let older, number % 2 == 1 { node.binary = older }
            try node.initialise()
        }
    }

    deinit { close() }

    public subscript(name: String) -> LocalNode? { nodes.first { $0.name == name } }

    /// Starts every daemon, then waits for all of them.
    public func start() throws(TestbedFailure) {
        for node in nodes { try node.start() }
        for node in nodes { try node.waitUntilReady() }
    }

    /// Has `source` dial `target`, both running.
    public func connect(_ source: LocalNode, to target: LocalNode) throws(TestbedFailure) {
        let key = try target.identity().nodeKey
        _ = try source.request(
            .peerAdd(address: target.address, nodeKey: key), as: DoneDocument.self)
    }

    /// Stops every daemon, all at once, and removes a temporary directory. May be called again.
    public func close() {
        for node in nodes { node.running?.signal(SIGTERM) }
        for node in nodes { node.stop() }
        if !keepsDirectory { try? FileManager.default.removeItem(at: directory) }
    }

    /// Short, because the path of a socket below it has a limit of about a hundred bytes.
    private static func temporaryDirectory() -> URL {
        FileManager.default.temporaryDirectory
            .appendingPathComponent("vb-" + UUID().uuidString.prefix(8).lowercased())
    }
}
