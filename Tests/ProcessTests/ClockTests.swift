import Daemon
import Foundation
import Testbed
import Testing

extension ProcessTests {
    /// T8 and T10 of the threat model: a real daemon whose wall clock is wrong, and is put right while it runs.
    @Suite("A wrong clock") struct WrongClock {
        @Test(
            "T8, T10: an hour behind it says so, rests, blames nobody, and has everything once the clock is right",
            .enabled(if: SkewedClock.compiler != nil, "needs a C compiler: clang or cc"))
        func hourBehind() throws {
            try Bench.withNodes(["ben", "cem", "dan"]) { network in
                try network.start()
                let ben = network.nodes[0]
                let clock = try SkewedClock(in: network.directory)
                try clock.set(seconds: -3_600)
                let ana = try clock.node("ana", in: network.directory)
                defer { ana.stop() }
                for other in network.nodes { try network.connect(ana, to: other) }
                try Bench.trust(ana, ben)
                let own = try ana.status().records.known
                // What ana says is old to Ben, and welcome.
                try AgreementMonitor(nodes: [ben]).wait(feeds: 1, records: own, seconds: 20)
                try ben.publish([Draft(kind: .like, item: "song:of-the-future")])

                let status = try ana.status()
                #expect(abs((status.clockSkewMilliseconds ?? 0) - 3_600_000) < 60_000)
                #expect(status.warnings.contains { $0.contains("behind most peers'") })
                #expect(try ana.command(["doctor", "--json"]).output.contains("clock-off"))
                // Ben offers his record at every comparison, once a second.
                let process = try #require(ana.processIdentifier)
                let before = try #require(ProcessTime.seconds(of: process))
                Pause.milliseconds(3_000)
                let after = try #require(ProcessTime.seconds(of: process))
                #expect(after - before < 0.6, "no storm of timers")
                let meanwhile = try ana.status()
                #expect(meanwhile.records.known == own)
                #expect(meanwhile.links.connected == 3)

                try clock.set(seconds: 0)
                try AgreementMonitor(nodes: [ben, ana])
                    .wait(feeds: 2, records: own + 1, seconds: 20)
                let repaired = try ana.status()
                #expect(abs(repaired.clockSkewMilliseconds ?? .max) < 60_000)
                #expect(!repaired.warnings.contains { $0.contains("most peers'") })
            }
        }

        @Test(
            "T8, T10: a day ahead it hears all others, and nobody keeps what it says before its time",
            .enabled(if: SkewedClock.compiler != nil, "needs a C compiler: clang or cc"))
        func dayAhead() throws {
            try Bench.withNodes(["ben", "cem", "dan"]) { network in
                try network.start()
                let clock = try SkewedClock(in: network.directory)
                try clock.set(seconds: 86_400)
                let ana = try clock.node("ana", in: network.directory)
                defer { ana.stop() }
                for other in network.nodes { try network.connect(ana, to: other) }
                try ana.publish([Draft(kind: .like, item: "song:of-tomorrow")])
                for (number, node) in network.nodes.enumerated() {
                    try node.publish([Draft(kind: .like, item: "song:\(number)")])
                }
                try AgreementMonitor(nodes: network.nodes).wait(feeds: 3, seconds: 20)
                // Ana holds theirs and her own; she has been asked for it meanwhile.
                try AgreementMonitor(nodes: [ana]).wait(feeds: 4, seconds: 20)
                for node in network.nodes {
                    let status = try node.status()
                    #expect(status.frontier.feeds == 3)
                    #expect(status.links.connected >= 1)
                }
                #expect(try ana.status().warnings.contains { $0.contains("ahead of most peers'") })
            }
        }
    }
}

/// A wall clock that a test sets for one process (Tests/Support/c/skewed_clock.c).
private struct SkewedClock {
    static let compiler: URL? = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let paths = ["clang", "cc"].flatMap { name in folders.map { "\($0)/\(name)" } }
        return paths.first(where: FileManager.default.isExecutableFile)
            .map { URL(fileURLWithPath: $0) }
    }()

    private let library: URL
    private let file: URL

    init(in directory: URL) throws {
        library = directory.appendingPathComponent("skewed_clock.so")
        file = directory.appendingPathComponent("skew")
        let source = Bench.packageRoot.appendingPathComponent("Tests/Support/c/skewed_clock.c")
        let process = Process()
        process.executableURL = Self.compiler
        process.arguments = ["-shared", "-fPIC", "-o", library.path, source.path]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }

    func set(seconds: Int) throws {
        try Data("\(seconds)\n".utf8).write(to: file)
    }

    /// A daemon that reads this clock, and runs.
    func node(_ name: String, in directory: URL) throws -> LocalNode {
        var settings = Bench.settings
        settings.variables = ["LD_PRELOAD": library.path, "SKEWED_CLOCK": file.path]
        let node = LocalNode(
            name: name, directory: directory.appendingPathComponent(name),
            port: try LoopbackPorts.free(1)[0], settings: settings)
        try node.initialise()
        try node.start()
        try node.waitUntilReady()
        return node
    }
}
