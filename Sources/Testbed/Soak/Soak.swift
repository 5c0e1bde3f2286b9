import Daemon
import Dispatch
public import Foundation

/// Bars of real daemons that take minutes: `make soak`. Each part starts its own daemons on loopback and ends them.
public struct Soak: Sendable {
    let size: SoakSize
    let binary: URL
    /// `Tests/Support/python`: the hostile client and the foreign peer.
    let pythonFolder: URL
    /// `simnet/local/link.py`.
    let linkProgram: URL
    let seed: UInt64

    /// `root` is the root of the sources: the hostile clients are programs of their own there.
    public init(_ size: SoakSize, binary: URL, root: URL, seed: UInt64) {
        self.size = size
        self.binary = binary
        self.seed = seed
        pythonFolder = root.appendingPathComponent("Tests/Support/python")
        linkProgram = root.appendingPathComponent("simnet/local/link.py")
    }

    /// Runs one part. Throws what kept it from being measured, never a missed bar.
    public func run(_ check: SoakCheck) throws(TestbedFailure) -> [SoakRow] {
        switch check {
        case .idle: try idle()
        case .flood: try flood()
        case .handshakes: try handshakes()
        case .slow: try slow()
        case .endless: try endless()
        case .strangers: try strangers()
        case .kills: try kills()
        case .damage: try damage()
        case .network: try network()
        }
    }
}

// MARK: What the parts share

extension Soak {
    /// The system's own: Debian's python3-nacl and python3-zmq belong to it.
    static let interpreter = URL(fileURLWithPath: "/usr/bin/python3")

    func withNetwork<Result>(
        _ names: [String], variables: [String: String] = [:],
        _ body: (LocalNetwork) throws(TestbedFailure) -> Result
    ) throws(TestbedFailure) -> Result {
        var settings = LocalNode.Settings(binary: binary)
        settings.variables = variables
        let network = try LocalNetwork(names: names, settings: settings)
        defer { network.close() }
        do throws(TestbedFailure) {
            return try body(network)
        } catch {
            // A daemon that ended is the finding, whatever question it left without an answer.
            var failure = error
            for node in network.nodes where node.running == nil && !node.lastWords.isEmpty {
                failure.message += "; \(node.name) has ended"
                failure.cause += "\n" + node.lastWords
            }
            throw failure
        }
    }

    /// Starts the client that breaks the rules of the transport.
    func hostile(_ mode: String, against node: LocalNode, seconds: Int) throws(TestbedFailure)
        -> ChildProcess
    {
        let key = try node.identity().nodeKey
        return try python(
            "hostile_peer.py", [mode, String(node.port), key, String(seconds)])
    }

    func python(_ program: String, _ arguments: [String]) throws(TestbedFailure) -> ChildProcess {
        try ChildProcess(
            executable: Self.interpreter,
            arguments: [pythonFolder.appendingPathComponent(program).path] + arguments,
            environment: ["PYTHONDONTWRITEBYTECODE": "1"])
    }

    /// The one line of JSON that a client ends with.
    func answer(of child: ChildProcess, seconds: Double) throws(TestbedFailure) -> [String: Any] {
        let ending = child.wait(seconds: seconds)
        child.drain()
        let line = child.outputText.split(separator: "\n").last.map(String.init) ?? ""
        let value = try? JSONSerialization.jsonObject(with: Data(line.utf8))
        guard ending == .exited(0), let document = value as? [String: Any] else {
            child.kill()
            throw TestbedFailure(
                code: .answer, operation: child.commandLine, message: "ended with no answer",
                cause: child.lastWords)
        }
        return document
    }

    func process(of node: LocalNode) throws(TestbedFailure) -> Int32 {
        guard let process = node.processIdentifier else {
            throw TestbedFailure(
                code: .process, operation: "look at \(node.name)", message: "it ended",
                cause: node.lastWords)
        }
        return process
    }

    /// Asks every 20 ms until it holds; seconds that it took, nil when it did not within `seconds`.
    func awaited(
        seconds: Double, _ condition: () throws(TestbedFailure) -> Bool
    ) throws(TestbedFailure) -> Double? {
        let start = DispatchTime.now()
        while true {
            if try condition() { return DispatchTime.now().seconds(since: start) }
            guard DispatchTime.now().seconds(since: start) < seconds else { return nil }
            Pause.milliseconds(20)
        }
    }

    func text(_ value: Double, _ digits: Int = 1) -> String {
        String(format: "%.\(digits)f", value)
    }

    func mebibytes(_ bytes: UInt64) -> String { text(Double(bytes) / 1_048_576) }
}
