import Foundation
import Ranking

/// The same recompute with numpy and scipy, where they are installed.
struct SciPyCase: BenchmarkCase {
    let name = "scipy"
    let summary = "tsalsa, full recompute, against numpy and scipy"

    func run(_ context: BenchContext) throws -> [BenchLine] {
        let graph = context.graph(.node)
        let snapshot = graph.snapshot()
        let query = graph.plainQuery
        let file = context.folder.appending(path: "scipy.graph")
        try snapshot.write(to: file, ego: query.ego)
        let result = TrustedSalsa().rank(snapshot, query)
        let groups = context.folder.appending(path: "groups")
        try write(result.groups, to: groups)
        let scores = context.folder.appending(path: "scipy.scores")
        let edges = snapshot.edgeLists
        var (ranking, building) = (Times(), Times())
        var (ready, grouped, all) = (Times(), Times(), Times())
        for _ in 0..<context.rounds {
            ranking.add(best { _ = TrustedSalsa().rank(snapshot, query) })
            building.add(best { _ = TrustedSalsa().rank(edges.snapshot(ego: query.ego), query) })
            guard let parts = try scipy(context, [file, groups, scores]) else {
                return [
                    BenchLine(
                        name: "tsalsa against scipy", ours: ranking.text,
                        reference: "skipped: \(context.python) has no numpy and scipy",
                        bar: ">= 8 x faster")
                ]
            }
            ready.add(parts.ranking)
            grouped.add(parts.ranking + parts.groups)
            all.add(parts.ranking + parts.groups + parts.building)
        }
        // Both truncate at the default epsilon, each in its own way.
        try TrustedSalsaCase.compare(result, ReferenceProcess.numbers(in: scores), tolerance: 1e-7)
        let line = { (name: String, ours: Times, theirs: Times, bar: String) in
            BenchLine(
                name: "tsalsa against scipy, " + name, ours: ours.text,
                reference: theirs.text + " (scipy)", ratio: ours.ratio(to: theirs), bar: bar)
        }
        return [
            line("same steps, matrices ready", ranking, grouped, "<= 0.125"),
            line("which leaves out the groups", ranking, ready, ""),
            line("same steps, from lists of edges", building, all, ""),
        ]
    }

    /// Nanoseconds of the parts of a recompute in Python.
    private struct Parts {
        /// Matrices and transposes from lists of edges.
        let building: Double
        /// Section B.
        let groups: Double
        /// All the others.
        let ranking: Double

        init?(_ line: Substring) {
            let numbers = line.split(separator: " ").compactMap { Double($0) }
            guard numbers.count == 3 else { return nil }
            (building, groups, ranking) = (numbers[0], numbers[1], numbers[2])
        }

        var all: Double { building + groups + ranking }
    }

    /// Of each side the best of so many rounds in one process: the first finds its caches cold.
    private static let attempts = 3

    private func best(_ body: () -> Void) -> Double {
        (0..<Self.attempts).map { _ in BenchContext.time(body) }.min() ?? 0
    }

    /// The best of the rounds in one process; nil without numpy and scipy.
    private func scipy(_ context: BenchContext, _ files: [URL]) throws -> Parts? {
        guard try run(context.python, ["-c", "import numpy, scipy"]) != nil else { return nil }
        let script = "Tests/Support/python/tsalsa_scipy.py"
        guard FileManager.default.isReadableFile(atPath: script) else {
            throw BenchFailure("\(script) is not here: run from the package's folder")
        }
        let output = try run(
            context.python, [script] + files.map { $0.path() } + ["\(Self.attempts)"])
        let rounds = (output ?? "").split(separator: "\n").compactMap { Parts($0) }
        guard let best = rounds.min(by: { $0.all < $1.all }) else {
            throw BenchFailure("\(script) failed")
        }
        return best
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

/// A snapshot as the lists of edges that it is made from.
private struct EdgeLists {
    let authorCount: Int
    let itemCount: Int
    let trust: [TrustEdge]
    let interactions: [InteractionEdge]

    func snapshot(ego: AuthorIndex) -> GraphSnapshot {
        GraphSnapshot(
            authorCount: authorCount, itemCount: itemCount, trust: trust,
            interactions: interactions, ego: ego)
    }
}

extension GraphSnapshot {
    fileprivate var edgeLists: EdgeLists {
        var (trusted, held): ([TrustEdge], [InteractionEdge]) = ([], [])
        for row in 0..<authorCount {
            let author = AuthorIndex(UInt32(row))
            for entry in trust.entries(row) {
                trusted.append(
                    TrustEdge(
                        from: author, to: AuthorIndex(trust.columns[entry]),
                        weight: trust.weights[entry]))
            }
            for entry in interactions.entries(row) {
                held.append(
                    InteractionEdge(
                        author: author, item: ItemIndex(interactions.columns[entry]),
                        weight: interactions.weights[entry]))
            }
        }
        return EdgeLists(
            authorCount: authorCount, itemCount: itemCount, trust: trusted, interactions: held)
    }
}
