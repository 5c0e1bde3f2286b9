import Evaluation
import Testing

@Suite("Sybil attack on an evaluation")
struct AttackTests {
    private func attacked(_ text: String) throws -> (EvaluationData, EvaluationData) {
        let data = try crowdData(seed: 11)
        return (data, try Attack(text).applied(to: data))
    }

    private func spam(_ method: MethodName, _ data: EvaluationData) async throws -> Double {
        let evaluator = Evaluator(data, lengths: [5], threads: 2)
        let lists = try #require(try await evaluator.lists(method, MethodSettings())).lists
        let report = try #require(evaluator.reports("x", lists, seconds: 0).first)
        return try #require(report.spam).slotShare
    }

    @Test("the recipe adds its Sybils, its spam and exactly its attack edges")
    func recipe() throws {
        let (before, after) = try attacked("sybils=200,edges=3,items=4,seed=2")
        #expect(after.users.count == before.users.count + 200)
        #expect(after.items.count == before.items.count + 4)
        #expect(after.spamItems.count == 4)
        #expect(after.scoredUsers.count == before.scoredUsers.count)
        func isSybil(_ user: Int) -> Bool { after.users[user].hasPrefix("~") }
        var attackEdges = 0
        var outward = 0
        for source in after.users.indices {
            for target in after.trust.row(source) {
                attackEdges += !isSybil(source) && isSybil(Int(target)) ? 1 : 0
                outward += isSybil(source) && !isSybil(Int(target)) ? 1 : 0
            }
        }
        #expect(attackEdges == 3 && outward == 0)
        for user in after.users.indices where isSybil(user) {
            let pushed = after.train.row(user).count { after.spamItems.contains(Int($0)) }
            #expect(pushed == 4)
        }
        let again = try attacked("sybils=200,edges=3,items=4,seed=2").1
        #expect(again.train == after.train && again.trust == after.trust)
        #expect(try attacked("sybils=200,edges=3,items=4,seed=3").1.trust != after.trust)
    }

    @Test("popularity falls for Sybils, an engine that asks for trust does not")
    func susceptibility() async throws {
        let data = try attacked("sybils=400,edges=1,items=5,seed=1").1
        #expect(try await spam(.popularity, data) > 0.9)
        #expect(try await spam(.tasteOpen, data) > 0.2)
        #expect(try await spam(.tsalsa, data) < 0.05)
    }

    @Test("without an attack edge nobody is shown spam by an engine that asks for trust")
    func noEdge() async throws {
        let data = try attacked("sybils=400,edges=0,items=5,seed=1").1
        #expect(try await spam(.taste, data) == 0)
        #expect(try await spam(.tsalsa, data) == 0)
        #expect(try await spam(.salsa, data) > 0)
    }
}
