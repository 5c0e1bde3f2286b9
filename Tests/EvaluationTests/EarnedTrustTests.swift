import Evaluation
import Foundation
import Primitives
import Testing

@Suite("Evaluation over time")
struct EarnedTrustEvaluationTests {
    @Test("times of RecBole, MovieLens and plain files cut alike", arguments: 1...3)
    func timedFiles(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        var random = SeededRandom(seed: seed, stream: "timed")
        let rows = (0..<60).map { row in
            (user: 1 + row % 7, item: 100 + row, time: 1_600_000_000 + random.below(1_000_000))
        }
        let recbole = try folder.write(
            "user_id:token\titem_id:token\trating:float\ttimestamp:float\n"
                + rows.map { "\($0.user)\t\($0.item)\t3\t\($0.time)\n" }.joined(), to: "a.inter")
        let plain = try folder.write(
            rows.map { "\($0.user)\t\($0.item)\t3\t\($0.time)\n" }.joined(), to: "a.tsv")
        let movielens = try folder.write(
            "userId,movieId,rating,timestamp\n"
                + rows.map { "\($0.user),\($0.item),3.0,\($0.time)\n" }.joined(), to: "ratings.csv")
        let expected = Set(rows.sorted { $0.time < $1.time }.suffix(12).map { "\($0.item)" })
        for path in [recbole, plain, movielens] {
            let table = try DataFiles.interactions([path])
            let cut = try Split.temporal(share: 0.2).apply(to: table, seed: 1)
            let asked = cut.test.rows.map {
                $0.item.split(separator: ":").last.map(String.init) ?? ""
            }
            #expect(Set(asked) == expected, "\(path)")
            #expect(
                try #require(cut.train.rows.compactMap(\.time).max())
                    < #require(cut.test.rows.compactMap(\.time).min()))
        }
    }

    @Test("the first and the last time of a pair are kept")
    func firstTime() throws {
        let folder = try TemporaryFolder()
        let plain = try folder.write(
            "u\ta\t1\t1600000500\nu\ta\t1\t1600000100\nu\ta\t1\t1600000900\n", to: "a.tsv")
        let row = try #require(try DataFiles.interactions([plain]).rows.first)
        #expect(row.firstTime?.milliseconds == 1_600_000_100_000)
        #expect(row.time?.milliseconds == 1_600_000_900_000)
    }

    @Test(
        "drawn arrivals repeat for a seed, do not depend on the order of rows, and leave times alone"
    )
    func arrivals() {
        let all = crowds(seed: 3)
        let drawn = all.arriving(seed: 5)
        #expect(
            Set(InteractionTable(all.rows.reversed()).arriving(seed: 5).rows) == Set(drawn.rows))
        #expect(drawn != all.arriving(seed: 6))
        #expect(drawn.rows.allSatisfy { $0.time != nil && $0.firstTime == $0.time })
        #expect(drawn.arriving(seed: 9) == drawn)
    }

    private func data(_ seed: UInt64) throws -> EvaluationData {
        let table = crowds(users: 60, items: 60, seed: seed).arriving(seed: seed)
        let cut = try Split.temporal(share: 0.2).apply(to: table, seed: seed)
        return EvaluationData(train: cut.train, test: cut.test)
    }

    private func report(
        _ method: MethodName, _ data: EvaluationData
    ) async throws -> (ndcg: Double, spam: Double) {
        let evaluator = Evaluator(data, lengths: [10], threads: 1)
        let found = try #require(try await evaluator.lists(method, MethodSettings()))
        let report = evaluator.reports(method.rawValue, found.lists, seconds: 0)[0]
        let ndcg = report.accuracy.ndcg
        return (ndcg.reduce(0, +) / Double(max(1, ndcg.count)), report.spam?.slotShare ?? 0)
    }

    @Test("without a friend in the world discover finds what taste cannot", arguments: 1...3)
    func trustless(seed: UInt64) async throws {
        let data = try data(seed)
        let discover = try await report(.discover, data).ndcg
        let popular = try await report(.popularity, data).ndcg
        #expect(discover > popular, "seed \(seed): \(discover) against \(popular)")
        #expect(try await report(.taste, data).ndcg == 0)
    }

    @Test("without times discover says so")
    func timeless() async throws {
        let evaluator = Evaluator(try crowdData(seed: 1), lengths: [10], threads: 1)
        await #expect(throws: EvaluationFailure.self) {
            try await evaluator.lists(.discover, MethodSettings())
        }
    }

    @Test(
        "who joins late, betrays, or claims a few things at random puts nothing into a list",
        arguments: [
            "plan=late", "plan=betrayal", "plan=few",
        ])
    func attacks(text: String) async throws {
        let attack = try #require(ClaimAttack(text + ",sybils=300"))
        let attacked = try attack.applied(to: data(2))
        #expect(attacked.spamItems.count == 10)
        #expect(attacked.users.count == 360)
        #expect(try await report(.discover, attacked).spam < 0.01)
        #expect(try await report(.salsa, attacked).spam > 0.05)
    }

    @Test("an attack is the same for a seed, and words that mean none are refused")
    func words() throws {
        let data = try data(4)
        let attack = try #require(ClaimAttack("plan=decoys,sybils=20,items=3,seed=5"))
        #expect(try attack.applied(to: data).train == attack.applied(to: data).train)
        #expect(ClaimAttack("") == ClaimAttack())
        for text in ["plan=none", "sybils=0", "edges=5", "items=x"] {
            #expect(ClaimAttack(text) == nil, "\(text)")
        }
    }

    @Test("the modes of a node are names of methods")
    func modes() {
        #expect(MethodName(name: "trusted") == .tsalsa)
        #expect(MethodName(name: "balanced") == .taste)
        #expect(MethodName(name: "discover") == .discover)
        #expect(MethodName(name: "taste-open") == .tasteOpen)
        #expect(MethodName(name: "none") == nil)
    }
}
