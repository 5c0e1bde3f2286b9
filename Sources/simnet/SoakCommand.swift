import ArgumentParser
import Foundation
import Testbed

struct SoakCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "soak",
        abstract: "Bars of real daemons that take minutes: idle, attacked, killed, damaged.",
        discussion: """
            Prints a table of row, bar, measured figure and verdict. Exit code 1 when a bar is missed. Parts: \
            \(SoakCheck.allCases.map { "\($0.rawValue) (\($0.summary))" }.joined(separator: "; ")).
            """)

    @Flag(help: "Seconds for each part: that they work, and the bars that need no time.")
    var quick = false
    @Option(help: "Parts, separated by commas.")
    var only: String?
    @Option(help: "Seconds for which the idle node and each flood are watched.")
    var seconds: Int?
    @Option(help: "Kills of the killed node.")
    var kills: Int?
    @Option(help: "Runs with a damaged net.db.")
    var damages: Int?
    @Option(help: "Authors whose records nobody signed.")
    var strangers: Int?
    @Option(help: "Starts every random stream.")
    var seed: UInt64 = 1
    @Option(help: "The built vouchbird; the one beside this program where absent.")
    var vouchbird: String?

    func validate() throws {
        for number in [seconds, kills, damages, strangers].compactMap({ $0 }) where number < 1 {
            throw ValidationError("\(number): numbers are 1 or more")
        }
        for name in names where SoakCheck(rawValue: name) == nil {
            let known = SoakCheck.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("there is no part \(name); parts are \(known)")
        }
    }

    private var names: [String] {
        only?.split(separator: ",").map(String.init) ?? size.checks.map(\.rawValue)
    }

    private var size: SoakSize {
        var size = quick ? SoakSize.quick : SoakSize()
        if let seconds { (size.idleSeconds, size.floodSeconds) = (seconds, seconds) }
        if let kills { size.kills = kills }
        if let damages { size.damages = damages }
        if let strangers { size.strangers = strangers }
        return size
    }

    func run() throws {
        let soak = Soak(
            size, binary: try BuiltProgram.vouchbird(vouchbird),
            root: URL(fileURLWithPath: FileManager.default.currentDirectoryPath), seed: seed)
        var missed = 0
        Console.print(SoakRow.head)
        for check in names.compactMap(SoakCheck.init) {
            let rows: [SoakRow]
            do throws(TestbedFailure) {
                rows = try soak.run(check)
            } catch {
                let why = error.description.split(separator: "\n").joined(separator: " ")
                rows = [SoakRow(check.rawValue, "can be measured", why, isMet: false)]
            }
            for row in rows { Console.print(row.line) }
            missed += rows.count { !$0.isMet }
        }
        Console.print("\n\(missed) missed")
        if missed > 0 { throw ExitCode(1) }
    }
}

/// The program that the runs with real daemons start.
enum BuiltProgram {
    /// The one that is named, or the one beside this program.
    static func vouchbird(_ named: String?) throws -> URL {
        let beside = Bundle.main.executableURL?.deletingLastPathComponent()
            .appendingPathComponent("vouchbird")
        guard let found = named.map({ URL(fileURLWithPath: $0) }) ?? beside,
            FileManager.default.isExecutableFile(atPath: found.path)
        else {
            throw FileFailure(
                message: named.map { "\($0) is not a program: build it first" }
                    ?? "there is no vouchbird beside simnet: make build, or --vouchbird")
        }
        return found
    }
}
