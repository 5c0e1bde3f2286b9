import Foundation
import Ranking

/// The same recompute with numpy and scipy, where they are installed.
struct SciPyCase: BenchmarkCase {
    let name = "scipy"
    let summary = "tsalsa, full recompute, against numpy and scipy"

    func run(_ context: BenchContext) throws -> [BenchLine] {
        let graph = context.graph(.node)
        let snapshot = graph.snapshot()
        let query = RankingQuery(ego: AuthorIndex(graph.ego))
        let file = context.folder.appending(path: "scipy.graph")
        try snapshot.write(to: file, ego: query.ego)
        let result = TrustedSalsa().rank(snapshot, query)
        let groups = context.folder.appending(path: "groups")
        try write(result.groups, to: groups)
        let scores = context.folder.appending(path: "scipy.scores")
        var (ours, theirs) = (Times(), Times())
        for _ in 0..<context.rounds {
            ours.add(BenchContext.time { _ = TrustedSalsa().rank(snapshot, query) })
            guard let round = try scipy(context, [file, groups, scores]) else {
                return [
                    BenchLine(
                        name: "tsalsa against scipy", ours: ours.text,
                        reference: "skipped: \(context.python) has no numpy and scipy",
                        bar: ">= 8 x faster")
                ]
            }
            theirs.add(round)
        }
        // Both truncate at the default epsilon, each in its own way.
        try TrustedSalsaCase.compare(result, ReferenceProcess.numbers(in: scores), tolerance: 1e-7)
        return [
            BenchLine(
                name: "tsalsa against scipy, without its groups", ours: ours.text,
                reference: theirs.text + " (scipy)", ratio: ours.ratio(to: theirs),
                bar: "<= 0.125")
        ]
    }

    /// Nanoseconds of the best of three rounds in one process; nil without numpy and scipy.
    private func scipy(_ context: BenchContext, _ files: [URL]) throws -> Double? {
        guard try run(context.python, ["-c", "import numpy, scipy"]) != nil else { return nil }
        let script = "Tests/Support/python/tsalsa_scipy.py"
        guard FileManager.default.isReadableFile(atPath: script) else {
            throw BenchFailure("\(script) is not here: run from the package's folder")
        }
        guard let output = try run(context.python, [script] + files.map { $0.path() } + ["3"])
        else {
            throw BenchFailure("\(script) failed")
        }
        return output.split(separator: "\n").compactMap { Double($0) }.min()
    }

    /// Standard output of a program on the path; nil when it exits otherwise than by 0.
    private func run(_ program: String, _ arguments: [String]) throws -> String? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        let output = Pipe()
        process.standardOutput = output
        if arguments.first == "-c" { process.standardError = FileHandle.nullDevice }
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
    }

    private func write(_ groups: [AuthorIndex?], to url: URL) throws {
        var data = Data()
        for group in groups {
            let value = group?.value ?? .max
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                data.append(UInt8(truncatingIfNeeded: value >> shift))
            }
        }
        try data.write(to: url)
    }
}
