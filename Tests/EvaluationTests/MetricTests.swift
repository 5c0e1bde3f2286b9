import Evaluation
import Foundation
import Testing

@Suite("Metrics by hand")
struct MetricTests {
    /// Train: a is held by three, b by two, c and d by one. One user is asked for c and d.
    private func example(_ list: [String], k: Int) throws -> (MethodReport, [String: Double]) {
        let data = EvaluationData(
            train: table("u a,v a,w a,v b,w b,v c,w d"), test: table("u c,u d"))
        var lists = [[UInt32]](repeating: [], count: data.users.count)
        let user = try #require(data.users.firstIndex(of: "u"))
        lists[user] = list.map { UInt32(data.items.firstIndex(of: $0) ?? data.items.count) }
        let evaluator = Evaluator(data, lengths: [k], threads: 1)
        let report = try #require(
            evaluator.reports("hand", RankedLists(lists), seconds: 0).first)
        let figures = report.figures.map { ($0.name, $0.mean) }
        return (report, Dictionary(uniqueKeysWithValues: figures))
    }

    private func isClose(_ left: Double?, _ right: Double) -> Bool {
        left.map { abs($0 - right) < 1e-12 } ?? false
    }

    @Test("accuracy of one hit at rank 2 of 3")
    func accuracy() throws {
        let (_, figures) = try example(["b", "c", "zzz"], k: 3)
        let ideal = 1 + 1 / log2(3.0)
        #expect(isClose(figures["recall"], 0.5))
        #expect(isClose(figures["precision"], 1.0 / 3))
        #expect(isClose(figures["ndcg"], (1 / log2(3.0)) / ideal))
        #expect(isClose(figures["mrr"], 0.5))
        #expect(isClose(figures["map"], 0.5 / 2))
        #expect(isClose(figures["hitrate"], 1))
    }

    @Test("the order of a list decides NDCG, MRR and MAP, not recall")
    func order() throws {
        let (_, good) = try example(["c", "d", "b"], k: 3)
        let (_, late) = try example(["b", "c", "d"], k: 3)
        #expect(isClose(good["ndcg"], 1) && isClose(good["map"], 1) && isClose(good["mrr"], 1))
        #expect(isClose(late["recall"], 1) && isClose(late["map"], (0.5 + 2.0 / 3) / 2))
        #expect(isClose(late["mrr"], 0.5))
    }

    @Test("what a user has and what is said twice takes no place")
    func cleaning() throws {
        let (_, figures) = try example(["a", "b", "b", "c"], k: 2)
        #expect(isClose(figures["recall"], 0.5) && isClose(figures["mrr"], 0.5))
    }

    @Test("exposure of b and c, once each, in a catalogue of four")
    func exposure() throws {
        let (report, figures) = try example(["b", "c"], k: 2)
        #expect(isClose(figures["coverage"], 0.5))
        // Counts 0, 0, 1, 1: (2*3-5)*1 + (2*4-5)*1 = 4 over 4 * 2.
        #expect(isClose(figures["gini"], 0.5))
        #expect(isClose(figures["entropy"], 0.5))
        #expect(isClose(figures["meanpop"], 1.5))
        #expect(isClose(figures["novelty"], (-log2(2.0 / 3) - log2(1.0 / 3)) / 2))
        // b is held by v and w, c by v: cosine 1 / sqrt(2).
        #expect(isClose(figures["diversity"], 1 - 1 / 2.0.squareRoot()))
        #expect(report.spam == nil)
    }

    @Test("an item that nobody has counts as half a user, outside the catalogue")
    func unknownItem() throws {
        let (_, figures) = try example(["zzz"], k: 1)
        #expect(isClose(figures["novelty"], -log2(0.5 / 3)))
        #expect(isClose(figures["coverage"], 0) && isClose(figures["gini"], 0))
    }

    @Test("item groups hold a third of all interactions each, the gap compares with them")
    func itemGroups() throws {
        // a holds 3 of 7 (head), b from the third on (middle), c and d the rest.
        let (report, _) = try example(["b", "c"], k: 2)
        #expect(report.fairness.exposure == [0, 0.5, 0.5])
        #expect(zip(report.fairness.interactions, [3.0, 2, 2]).allSatisfy { $0 * 7 - $1 < 1e-12 })
        #expect(isClose(report.fairness.itemGap, 3.0 / 7))
    }

    @Test("user groups are thirds by activity")
    func userGroups() throws {
        let data = EvaluationData(
            train: table("u a,v a,v b,w a,w b,w c"), test: table("u d,v d,w d"))
        let lists = RankedLists([[3], [2], [3]])
        let report = try #require(
            Evaluator(data, lengths: [1], threads: 1).reports("x", lists, seconds: 0).first)
        #expect(report.fairness.ndcg == [1, 0, 1])
        #expect(report.fairness.accuracyGap == 1)
    }

    @Test("a scored user without a list counts as zero")
    func emptyList() throws {
        let (_, figures) = try example([], k: 5)
        for name in ["recall", "ndcg", "mrr", "map", "hitrate", "coverage", "gini", "novelty"] {
            #expect(figures[name] == 0, "\(name)")
        }
    }

    @Test("a bootstrap holds the mean, narrows with users and repeats for its seed")
    func bootstrap() {
        let values = (0..<400).map { Double($0 * 7919 % 400) / 399 }
        let bootstrap = Bootstrap(resamples: 400, seed: 3)
        let range = bootstrap.interval(values)
        #expect(range.contains(0.5))
        // 1.96 / sqrt(12 * 400) = 0.0283 on each side.
        #expect(abs(range.upperBound - range.lowerBound - 0.0566) < 0.01)
        #expect(range == bootstrap.interval(values))
        #expect(range != Bootstrap(resamples: 400, seed: 4).interval(values))
        #expect(bootstrap.interval(values, minus: values) == 0...0)
        let few = bootstrap.interval(Array(values.prefix(40)))
        #expect(few.upperBound - few.lowerBound > range.upperBound - range.lowerBound)
    }
}
