import ArgumentParser
import Foundation
import Testbed

struct DemoCommand: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Run a network of real nodes under attack on this machine.",
        discussion: """
            Starts daemons on loopback, each with its own key and directory, feeds each with its own \
            user's likes and trust, adds a Sybil region behind one attack edge, waits until all nodes \
            agree, and prints what one user is recommended beside what plain SALSA would have said. \
            Ends by itself, in under a minute, and leaves nothing running. Ends with 1 when \
            something that Vouchbird claims does not hold.
            """)

    @OptionGroup var global: GlobalOptions
    @Option(help: "People, each with a node.") var nodes = 12
    @Option(help: "Identities in the attacker's region.") var sybils = 200
    @Option(help: "Makes the community and the region.") var seed: UInt64 = 7
    @Option(
        help: ArgumentHelp(
            "People of a data set instead: a folder with train.tsv and, if it has one, trust.tsv.",
            valueName: "dir"),
        completion: .directory)
    var data: String?
    @Option(
        help: ArgumentHelp("Keep the nodes' directories in DIR.", valueName: "dir"),
        completion: .directory)
    var keep: String?

    func validate() throws {
        guard Community.SyntheticLimits.members.contains(nodes) else {
            throw ValidationError("--nodes takes 3 to 40")
        }
        guard (1...1000).contains(sybils) else {
            throw ValidationError("--sybils takes 1 to 1000")
        }
    }

    func execute(_ session: Session) async throws {
        var options = Demo.Options(
            binary: URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath())
        options.nodes = nodes
        options.sybils = sybils
        options.seed = seed
        options.data = data.map { URL(fileURLWithPath: $0) }
        options.keep = keep.map { URL(fileURLWithPath: $0) }
        let report = try await run(options, session)
        if session.console.isJSON {
            try session.console.document(report)
        } else {
            session.console.line("\n" + report.text)
        }
        guard report.holds else { throw ExitCode(.failed) }
    }

    /// Runs the demo; Ctrl-C ends it between two steps, tidied up.
    private func run(_ options: Demo.Options, _ session: Session) async throws -> DemoReport {
        let interruption = Interruption()
        let watcher = Task { await interruption.watch() }
        defer { watcher.cancel() }
        do {
            return try Demo(options) { (line) throws(TestbedFailure) in
                session.console.note(line)
                guard interruption.isRequested else { return }
                throw TestbedFailure(code: .cancelled, operation: "demo", message: "interrupted")
            }.run()
        } catch {
            if interruption.isRequested { throw ExitCode(.interrupted) }
            throw CommandFailure(
                error.code == .usage ? .usage : error.code == .file ? .badInput : .failed,
                code: "demo-\(error.code)", error.description)
        }
    }
}
