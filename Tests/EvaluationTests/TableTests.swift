import Evaluation
import Foundation
import Testing

@Suite("Tables")
struct TableTests {
    private func table(_ bootstrap: Bootstrap?) async throws -> EvaluationTable {
        let data = try crowdData(seed: 12)
        let evaluator = Evaluator(data, lengths: [10, 5], threads: 1)
        let found = try #require(try await evaluator.lists(.popularity, MethodSettings()))
        return EvaluationTable(
            evaluator.reports("popularity", found.lists, seconds: 0), bootstrap: bootstrap)
    }

    @Test("all forms say the same")
    func forms() async throws {
        let table = try await table(Bootstrap(resamples: 50, seed: 1))
        let ndcg = try #require(table.reports[0].figures.first { $0.name == "ndcg" }).mean
        let markdown = try table.text(.markdown)
        #expect(markdown.contains("| @5 | recall | ndcg |"))
        #expect(markdown.contains(String(format: "| %.4f |", ndcg)))
        let lines = try table.text(.tsv).split(separator: "\n").map { $0.split(separator: "\t") }
        let line = try #require(lines.first { $0[1] == "5" && $0[2] == "ndcg" })
        #expect(Double(line[3]) == ndcg)
        let json = try JSONSerialization.jsonObject(with: Data(table.text(.json).utf8))
        let items = try #require((json as? [String: Any])?["items"] as? [[String: Any]])
        #expect(items.count == 2)
        let metrics = try #require(items[0]["metrics"] as? [String: Double])
        #expect(abs(try #require(metrics["ndcg"]) - ndcg) < 1e-12)
        let interval = try #require((items[0]["intervals"] as? [String: [Double]])?["ndcg"])
        #expect(interval[0] <= ndcg && ndcg <= interval[1])
    }

    @Test("a difference is that of the same users, in all forms, and narrower than two intervals")
    func differences() async throws {
        let data = try crowdData(seed: 12)
        let evaluator = Evaluator(data, lengths: [10], threads: 1)
        var reports: [MethodReport] = []
        for method in [MethodName.rp3beta, .p3alpha, .popularity] {
            let found = try #require(try await evaluator.lists(method, MethodSettings())).lists
            reports += evaluator.reports(method.rawValue, found, seconds: 0)
        }
        let bootstrap = Bootstrap(resamples: 200, seed: 1)
        let table = EvaluationTable(reports, bootstrap: bootstrap, reference: "p3alpha")
        #expect(table.differences.map(\.name) == ["rp3beta - p3alpha", "popularity - p3alpha"])
        let ndcg = reports.map(\.accuracy.ndcg)
        let figure = try #require(table.differences[0].figures.first { $0.name == "ndcg" })
        let byHand = zip(ndcg[0], ndcg[1]).map { $0 - $1 }.reduce(0, +) / Double(ndcg[0].count)
        #expect(abs(figure.mean - byHand) < 1e-12)
        let range = try #require(figure.interval)
        let alone = [bootstrap.interval(ndcg[0]), bootstrap.interval(ndcg[1])]
        let widths = alone.map { $0.upperBound - $0.lowerBound }
        #expect(range.contains(figure.mean))
        #expect(range.upperBound - range.lowerBound < widths[0] + widths[1])

        #expect(try table.text(.markdown).contains("| rp3beta - p3alpha | "))
        let lines = try table.text(.tsv).split(separator: "\n").map { $0.split(separator: "\t") }
        let line = try #require(lines.first { $0[0] == "rp3beta - p3alpha" && $0[2] == "ndcg" })
        #expect(Double(line[3]) == figure.mean && Double(line[4]) == range.lowerBound)
        let json = try JSONSerialization.jsonObject(with: Data(table.text(.json).utf8))
        let items = try #require((json as? [String: Any])?["differences"] as? [[String: Any]])
        let intervals = try #require(items[0]["intervals"] as? [String: [Double]])
        let written = try #require(intervals["ndcg"])
        #expect(abs(written[0] - range.lowerBound) + abs(written[1] - range.upperBound) < 1e-12)
        #expect(items[0]["minus"] as? String == "p3alpha")
        #expect(EvaluationTable(reports, bootstrap: bootstrap).differences.isEmpty)
    }

    @Test("saved lists are read back as they were")
    func savedLists() async throws {
        let data = try crowdData(seed: 13)
        let evaluator = Evaluator(data, lengths: [10], threads: 1)
        let found = try #require(try await evaluator.lists(.userknn, MethodSettings())).lists
        let folder = try TemporaryFolder()
        let kept = try folder.write(found.text(data), to: "lists.tsv")
        #expect(try RankedLists(path: kept, data: data) == found)
    }
}
