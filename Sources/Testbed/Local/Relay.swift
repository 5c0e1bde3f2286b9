import Foundation

/// The program that carries bytes between the nodes of a local run, and what it counted.
final class Relay {
    struct Counts: Decodable {
        var connections = 0
        var refused = 0
        var bytes = 0
        var stalls = 0
        var resets = 0
        var cutMilliseconds = 0
    }

    private struct Document: Encodable {
        struct Link: Encodable {
            var from: Int
            var to: Int
            var listen: UInt16
            var target: UInt16
        }
        struct Cut: Encodable {
            var fromMilliseconds: Int
            var untilMilliseconds: Int
            var side: [Bool]
        }
        struct Reset: Encodable {
            var atMilliseconds: Int
            var link: Int
        }

        var seed: UInt64
        var delayMilliseconds: Int
        var jitterMilliseconds: Int
        var lossPerMillion: Int
        var links: [Link]
        var cuts: [Cut]
        var resets: [Reset]
    }

    /// By link of the plan: where its relay listens.
    let ports: [UInt16]
    private let child: ChildProcess

    /// Starts the program and waits until it listens. `program` is `simnet/local/link.py`; `directory` takes its
    /// plan.
    init(_ plan: LocalPlan, nodes: [LocalNode], program: URL, directory: URL)
        throws(TestbedFailure)
    {
        ports = try LoopbackPorts.free(plan.links.count)
        let document = Document(
            seed: plan.seed, delayMilliseconds: plan.size.delayMilliseconds,
            jitterMilliseconds: plan.size.jitterMilliseconds,
            lossPerMillion: plan.size.lossPerMillion,
            links: zip(plan.links, ports).map { link, port in
                Document.Link(
                    from: link.from, to: link.to, listen: port, target: nodes[link.to].port)
            },
            cuts: plan.cuts.map {
                Document.Cut(
                    fromMilliseconds: $0.fromMilliseconds, untilMilliseconds: $0.untilMilliseconds,
                    side: $0.side)
            },
            resets: plan.resets.map {
                Document.Reset(atMilliseconds: $0.atMilliseconds, link: $0.link)
            })
        let file = directory.appendingPathComponent("links.json")
        do {
            let encoder = JSONEncoder()
            encoder.keyEncodingStrategy = .convertToSnakeCase
            try encoder.encode(document).write(to: file)
        } catch {
            throw TestbedFailure(
                code: .file, operation: "write \(file.path)", message: "cannot", cause: "\(error)")
        }
        child = try ChildProcess(
            executable: URL(fileURLWithPath: "/usr/bin/env"),
            arguments: ["python3", program.path, file.path])
        guard child.outputLine(seconds: 20, where: { $0 == "ready" }) != nil else {
            throw TestbedFailure(
                code: .process, operation: "start \(program.lastPathComponent)",
                message: "it does not listen", cause: child.lastWords)
        }
    }

    /// From now on the times of the plan count.
    func begin() { child.signal(SIGUSR1) }

    /// Ends it. Throws `.process` when it ended before.
    func finish() throws(TestbedFailure) -> Counts {
        guard child.isRunning else {
            throw TestbedFailure(
                code: .process, operation: "relay", message: "it ended", cause: child.lastWords)
        }
        child.signal(SIGTERM)
        let line = child.outputLine(seconds: 10) { $0.hasPrefix("{") }
        child.stop()
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let line, let counts = try? decoder.decode(Counts.self, from: Data(line.utf8)) else {
            throw TestbedFailure(
                code: .answer, operation: "ask the relay for its counts", message: "no answer",
                cause: child.lastWords)
        }
        return counts
    }

    func stop() { child.stop(seconds: 1) }
}
