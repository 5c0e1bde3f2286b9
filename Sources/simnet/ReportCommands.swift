import ArgumentParser
import Foundation
import Simulator

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Write one self-contained page about runs.",
        discussion: """
            Each argument is a series, one line in each picture: a run directory, or a folder of runs \
            as `sweep --out` leaves it, whose seeds give the bands.
            """)

    @Argument(help: "Run directories, or folders of runs.")
    var runs: [String]

    @Option(help: "Where the page goes; it is replaced.")
    var out = "report.html"

    func run() throws {
        let page = ReportPage(try runs.map(RunDirectory.series))
        do {
            try Data(page.html.utf8).write(to: URL(fileURLWithPath: out), options: .atomic)
        } catch {
            throw FileFailure(message: "\(out) cannot be written: \(error.localizedDescription)")
        }
        let count = page.series.reduce(0) { $0 + $1.runs.count }
        Console.print("\(out): \(count) runs in \(page.series.count) series")
    }
}

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "What differs between two series of runs, with intervals.",
        discussion: """
            With the same seeds on both sides differences are taken seed by seed, which needs far fewer \
            of them; otherwise between the means.
            """)

    @Argument(help: "A run directory, or a folder of runs.")
    var first: String

    @Argument(help: "The other; differences are this one less the first.")
    var second: String

    func run() throws {
        let comparison = Comparison(
            try RunDirectory.series(first), try RunDirectory.series(second))
        Console.print(comparison.text)
    }
}
