import Cryptography
import Foundation
import Primitives
import Simulator

/// The files of one run.
enum RunDirectory {
    static let scenarioFile = "scenario.resolved.toml"
    static let manifestFile = "manifest.json"
    private static let metricsFile = "metrics.tsv"
    private static let summaryFile = "summary.json"
    private static let graphFile = "trust.graphml"

    struct Manifest: Codable {
        var schema = "simnet.manifest/1"
        var version = "0.1.0"
        /// Of the sources where the run was started; absent outside a checkout.
        var commit: String?
        var seed: UInt64
        var traceHash: String
        var events: UInt64
        /// BLAKE2b-256 of the resolved scenario.
        var scenarioDigest: String?
        var wallSeconds: Double
    }

    struct Summary: Codable {
        struct Entry: Codable {
            var invariant: String
            var timeMilliseconds: UInt64
            var host: Int?
            var detail: String
        }

        var schema = "simnet.summary/1"
        var seed: UInt64
        var traceHash: String
        var virtualMilliseconds: UInt64
        var events: UInt64
        var checks: UInt64
        var violations: Int
        var firstViolations: [Entry]
        var figures: [String: Double]
    }

    static func requireAbsent(_ path: String) throws {
        if FileManager.default.fileExists(atPath: path) {
            throw FileFailure(message: "\(path) exists; a run never overwrites another")
        }
    }

    // MARK: Writing

    /// The manifest comes last: a directory that has one is complete.
    static func write(
        _ run: RunRecord, graph: TrustGraph? = nil, to path: String, wallSeconds: Double
    ) throws {
        do {
            let folder = URL(fileURLWithPath: path)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            func put(_ data: Data, _ name: String) throws {
                try data.write(to: folder.appendingPathComponent(name), options: .atomic)
            }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try put(Data(run.scenario.utf8), scenarioFile)
            let rows = MetricRow.tsv(run.rows, run: run.traceHash, seed: run.seed)
            try put(Data(rows.utf8), metricsFile)
            try put(try encoder.encode(summary(run)), summaryFile)
            if let graph, !graph.authors.isEmpty {
                try put(Data(graph.graphML.utf8), graphFile)
            }
            let manifest = Manifest(
                commit: commit, seed: run.seed, traceHash: run.traceHash, events: run.events,
                scenarioDigest: digest(of: run.scenario), wallSeconds: wallSeconds)
            try put(try encoder.encode(manifest), manifestFile)
        } catch {
            throw FileFailure(message: "\(path) cannot be written: \(error.localizedDescription)")
        }
    }

    static func digest(of text: String) -> String {
        Hex.encode(Ed25519Scheme().digest(Array(text.utf8)).bytes)
    }

    private static func summary(_ run: RunRecord) -> Summary {
        let figures = run.rows.filter { $0.group == MetricRow.figureGroup }
        return Summary(
            seed: run.seed, traceHash: run.traceHash,
            virtualMilliseconds: run.durationMilliseconds, events: run.events, checks: run.checks,
            violations: run.violationCount,
            firstViolations: run.violations.map {
                Summary.Entry(
                    invariant: $0.invariant, timeMilliseconds: $0.time, host: $0.host,
                    detail: $0.detail)
            },
            figures: Dictionary(
                figures.map { ($0.metric, $0.value) }, uniquingKeysWith: { $1 }))
    }

    // MARK: Reading

    static func manifest(in path: String) throws -> Manifest {
        try decoded(Manifest.self, "\(path)/\(manifestFile)", "the manifest of a run")
    }

    static func isComplete(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: "\(path)/\(manifestFile)")
    }

    static func read(_ path: String) throws -> RunRecord {
        let manifest = try manifest(in: path)
        let summary = try decoded(Summary.self, "\(path)/\(summaryFile)", "the summary of a run")
        let metrics = "\(path)/\(metricsFile)"
        return RunRecord(
            scenario: try text("\(path)/\(scenarioFile)"), seed: manifest.seed,
            traceHash: manifest.traceHash, events: manifest.events, checks: summary.checks,
            durationMilliseconds: summary.virtualMilliseconds,
            violations: summary.firstViolations.map {
                Violation(
                    invariant: $0.invariant, time: $0.timeMilliseconds, host: $0.host,
                    detail: $0.detail)
            },
            violationCount: summary.violations,
            rows: try MetricRow.rows(tsv: try text(metrics), path: metrics))
    }

    /// The runs of one argument: a run, or a folder of runs as `sweep --out` leaves it.
    static func series(_ path: String) throws -> RunSeries {
        let name = URL(fileURLWithPath: path).standardizedFileURL.lastPathComponent
        if isComplete(path) { return RunSeries(name: name, runs: [try read(path)]) }
        let inner = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let runs = inner.sorted().map { "\(path)/\($0)" }.filter(isComplete)
        guard !runs.isEmpty else {
            throw FileFailure(message: "\(path) is no run and holds no runs that are complete")
        }
        return RunSeries(name: name, runs: try runs.map(read).sorted { $0.seed < $1.seed })
    }

    // MARK: Helpers

    private static func text(_ file: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: file),
            let text = String(data: data, encoding: .utf8)
        else { throw FileFailure(message: "\(file) cannot be read") }
        return text
    }

    private static func decoded<Value: Decodable>(
        _ type: Value.Type, _ file: String, _ what: String
    ) throws -> Value {
        guard let data = FileManager.default.contents(atPath: file),
            let value = try? JSONDecoder().decode(type, from: data)
        else { throw FileFailure(message: "\(file) is not \(what)") }
        return value
    }

    private static let commit: String? = {
        let git = Process()
        git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        git.arguments = ["git", "rev-parse", "HEAD"]
        let pipe = Pipe()
        git.standardOutput = pipe
        git.standardError = FileHandle.nullDevice
        guard (try? git.run()) != nil else { return nil }
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        git.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        return git.terminationStatus == 0 && text.count == 40 ? text : nil
    }()
}
