import ArgumentParser
import Foundation

/// Every case, in the order of the table.
enum BenchmarkCases {
    static let all: [any BenchmarkCase] = [
        TrustedSalsaCase(), SciPyCase(), WarmCase(), AuditCase(), IngestCase(), SnapshotCase(),
        WalkCase(),
    ]
}

@main
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures the ranking engines against C kernels in the same run.",
        discussion: "Ratios are of medians / of minima over the rounds; below 1 ours is faster.")

    @Argument(help: "Names of cases; none: all of them.")
    var cases: [String] = []

    @Option(help: "Starts the generator of the graphs.")
    var seed: UInt64 = 1

    @Option(help: "Runs of each side.")
    var rounds = 7

    @Flag(help: "A tenth of each graph: to see that it runs, not to quote.")
    var quick = false

    @Option(help: "The C program; without it, the one beside this program.")
    var reference: String?

    @Option(help: "A Python with numpy and scipy; where they are missing the comparison says so.")
    var python = "python3"

    @Flag(help: "Print the names of the kernels whose instructions are counted.")
    var listKernels = false

    @Option(help: "Run one of those kernels and print nothing.")
    var kernel: String?

    @Option(help: "How often.")
    var repeats = 1

    @Flag(help: "Print a hash of what the engines say of a hundred orders of arrival.")
    var fingerprint = false

    func validate() throws {
        guard repeats >= 0 else { throw ValidationError("--repeats must not be negative") }
        guard kernel.map({ GateKernel(rawValue: $0) != nil }) ?? true else {
            throw ValidationError("there is no such kernel: --list-kernels")
        }
        guard rounds > 0 else { throw ValidationError("--rounds must be positive") }
    }

    func run() throws {
        if listKernels {
            for kernel in GateKernel.allCases { print(kernel.rawValue) }
        } else if let kernel = kernel.flatMap({ GateKernel(rawValue: $0) }) {
            try kernel.run(repeats)
        } else if fingerprint {
            for line in try Fingerprint.lines(seed: seed) { print(line) }
        } else {
            try measure()
        }
    }

    private func measure() throws {
        let known = BenchmarkCases.all
        for name in cases where !known.contains(where: { $0.name == name }) {
            let names = known.map { $0.name }.joined(separator: ", ")
            throw ValidationError("there is no case \(name); there are \(names)")
        }
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "vouchbird-bench-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let context = BenchContext(
            seed: seed, rounds: rounds, isQuick: quick, folder: folder,
            reference: referenceProgram, python: python)
        print("| case | ours, median / min | reference, median / min | ratio | bar |")
        print("|---|---|---|---|---|")
        for one in known where cases.isEmpty || cases.contains(one.name) {
            for line in try one.run(context) {
                print(
                    "| \(line.name) | \(line.ours) | \(line.reference) | \(line.ratio)"
                        + " | \(line.bar) |")
            }
        }
    }

    private var referenceProgram: URL {
        if let reference { return URL(filePath: reference) }
        return URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appending(path: "reference")
    }
}
