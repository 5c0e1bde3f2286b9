import Foundation
import Simulator

/// The files of one run.
enum RunDirectory {
    static let scenarioFile = "scenario.resolved.toml"
    static let manifestFile = "manifest.json"

    struct Manifest: Codable {
        var schema = "simnet.manifest/1"
        var version = "0.1.0"
        var seed: UInt64
        var traceHash: String
        var events: UInt64
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

    static func write(_ report: RunReport, to path: String, wallSeconds: Double) throws {
        do {
            let folder = URL(fileURLWithPath: path)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            func put(_ data: Data, _ name: String) throws {
                try data.write(to: folder.appendingPathComponent(name), options: .atomic)
            }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try put(Data(report.scenario.toml.utf8), scenarioFile)
            try put(Data(metrics(report).utf8), "metrics.tsv")
            try put(try encoder.encode(summary(report)), "summary.json")
            let manifest = Manifest(
                seed: report.seed, traceHash: report.traceHashText, events: report.events,
                wallSeconds: wallSeconds)
            try put(try encoder.encode(manifest), manifestFile)
        } catch {
            throw FileFailure(message: "\(path) cannot be written: \(error.localizedDescription)")
        }
    }

    static func manifest(in path: String) throws -> Manifest {
        let file = "\(path)/\(manifestFile)"
        guard let data = FileManager.default.contents(atPath: file),
            let manifest = try? JSONDecoder().decode(Manifest.self, from: data)
        else { throw FileFailure(message: "\(file) is not the manifest of a run") }
        return manifest
    }

    private static func metrics(_ report: RunReport) -> String {
        var text = "run\tseed\ttick\tmetric\tgroup\tvalue\n"
        let run = report.traceHashText
        for row in report.rows {
            text +=
                "\(run)\t\(report.seed)\t\(row.tick)\t\(row.metric)\t\(row.group)\t\(row.value)\n"
        }
        return text
    }

    private static func summary(_ report: RunReport) -> Summary {
        Summary(
            seed: report.seed, traceHash: report.traceHashText,
            virtualMilliseconds: report.duration, events: report.events, checks: report.checks,
            violations: report.violationCount,
            firstViolations: report.violations.map {
                Summary.Entry(
                    invariant: $0.invariant, timeMilliseconds: $0.time, host: $0.host,
                    detail: $0.detail)
            },
            figures: Dictionary(
                report.figures.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 }))
    }
}
