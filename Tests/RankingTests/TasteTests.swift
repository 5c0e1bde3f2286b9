import Foundation
import Primitives
import Testing

@testable import Ranking

@Suite("Taste")
struct TasteTests {
    /// Section 3b once more, by dense loops.
    private func naive(
        _ dense: DenseReference, _ parameters: RankingParameters
    ) -> (near: [Double], shares: [Double], scores: [Double]) {
        let taste = parameters.taste
        let visits = dense.green(alpha: parameters.alphaTrust)[dense.ego]
        let others = visits.reduce(0, +) - visits[dense.ego]
        let trust = visits.enumerated().map { $0 == dense.ego || others <= 0 ? 0 : $1 / others }
        let entropy = trust.reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 }
        let voice = trust.map { min(1, $0 * exp(entropy) / taste.theta) }
        let weights = dense.listens.map { row in
            let largest = row.max() ?? 0
            return row.map { largest > 0 ? $0 / largest : 0 }
        }
        let degree = (0..<dense.items).map { place in
            (0..<dense.users).reduce(weights[dense.ego][place]) {
                $0 + voice[$1] * weights[$1][place]
            }
        }
        let own = dense.listens[dense.ego]
        let total = own.reduce(0, +)
        var near = (0..<dense.users).map { user -> Double in
            let size = weights[user].reduce(0, +)
            guard size > 0, voice[user] > 0 else { return 0 }
            let meeting =
                total > 0
                ? (0..<dense.items).reduce(0) { sum, place in
                    guard degree[place] > 0, own[place] > 0 else { return sum }
                    return sum + own[place] / total * pow(degree[place], -taste.b)
                        * weights[user][place]
                } : 1
            return voice[user] * pow(size, -taste.c) * meeting
        }
        let kept = near.indices.sorted { (-near[$0], $0) < (-near[$1], $1) }
            .prefix(taste.neighbours)
        for user in near.indices where !kept.contains(user) { near[user] = 0 }
        let mass = (0..<dense.items).map { place in
            (0..<dense.users).reduce(0) { $0 + near[$1] * weights[$1][place] }
        }
        let all = mass.reduce(0, +)
        let shares = mass.map { all > 0 ? $0 / all : 0 }
        let contribution = (0..<dense.users).map { user in weights[user].map { $0 * near[user] } }
        let concentration = dense.concentration(contribution, groups: dense.groupsByRemoval())
        let scores = shares.indices.map { place -> Double in
            let factor = max(0.02, 1 - min(1, max(0, (concentration[place] - 0.5) / 0.5)))
            return shares[place] > 0
                ? shares[place] * factor * pow(degree[place], -taste.p) : 0
        }
        return (near, shares, scores)
    }

    @Test("shares, neighbours and scores equal dense loops", arguments: 0..<60 as Range<UInt64>)
    func dense(_ seed: UInt64) {
        let graph = RandomGraph(seed: seed)
        var parameters = exactParameters()
        let choices: [(Double, Double, Double, Int)] = [
            (0.5, 0.5, 0.3, 400), (0.75, 0.75, 0.2, 2), (1, 1, 0, 400), (0, 0.5, 1, 3),
        ]
        let (b, c, p, neighbours) = choices[Int(seed % 4)]
        (parameters.taste.b, parameters.taste.c, parameters.taste.p) = (b, c, p)
        parameters.taste.neighbours = neighbours
        parameters.taste.theta = 0.5 + Double(seed % 3)
        let result = graph.snapshot.rank(.taste, parameters)
        let expected = naive(graph.dense(ego: 0), parameters)
        #expect(distance(result.walkVisits, expected.near) < 1e-12, "seed \(seed)")
        #expect(distance(result.shares, expected.shares) < 1e-12, "seed \(seed)")
        #expect(distance(result.scores, expected.scores) < 1e-11, "seed \(seed)")
    }

    @Test("a region delivers no more than its bound", arguments: 0..<200 as Range<UInt64>)
    func bound(_ seed: UInt64) throws {
        let graph = RandomGraph(seed: seed, users: 9, items: 7)
        let result = graph.snapshot.rank(.taste)
        var random = SeededRandom(seed: seed, stream: "region")
        let region = authors((1..<graph.users).filter { _ in random.below(3) == 0 })
        let bound = try #require(result.massBound(of: region))
        #expect(result.share(deliveredBy: region) <= bound + 1e-12, "seed \(seed)")
        #expect(bound <= 1 && bound >= 0)
    }

    /// The ego and author 2 have ten items that nobody else has; author 2 is as quiet as `share` of the
    /// ego's trust makes it. Author 1 has one of the ego's other items and is fully heard.
    private func whisper(_ share: Double) -> GraphSnapshot {
        let own = (0..<10).flatMap { [taste(0, $0), taste(2, $0)] }
        return GraphSnapshot(
            authorCount: 3, itemCount: 13, trust: [edge(0, 1), edge(0, 2, share)],
            interactions: own + [taste(0, 10), taste(1, 10), taste(1, 11), taste(2, 12)])
    }

    @Test("an item that only the ego and a quiet author have does not make that author loud")
    func whispers() throws {
        for share in [0.1, 1e-3, 1e-6] {
            let result = whisper(share).rank(.taste)
            let perVoice = Taste.voicePerTrust(result.trust, ego: author(0))
            let voice = perVoice * result.trust[2] / result.query.parameters.taste.theta
            #expect(voice < 1)
            // All items of the ego weigh alike, so no author of voice 1 is nearer to it than 1.
            #expect(result.walkVisits[2] <= voice)
            #expect(result.share(deliveredBy: [author(2)]) < 200 * share)
        }
    }

    @Test("a quiet author that has all that the ego has meets the bound")
    func boundIsMet() throws {
        var quiet = RankingParameters.Taste()
        quiet.theta = 10
        var parameters = exactParameters()
        parameters.taste = quiet
        let snapshot = GraphSnapshot(
            authorCount: 3, itemCount: 4, trust: [edge(0, 1), edge(0, 2, 0.01)],
            interactions: (0..<3).flatMap { [taste(0, $0), taste(2, $0)] }
                + [taste(1, 3), taste(1, 0)])
        let result = snapshot.rank(.taste, parameters)
        let bound = try #require(result.massBound(of: [author(2)]))
        #expect(abs(result.share(deliveredBy: [author(2)]) - bound) < 1e-12)
    }

    @Test("inflating all weights of an author changes nothing", arguments: 0..<20 as Range<UInt64>)
    func inflation(_ seed: UInt64) {
        let graph = RandomGraph(seed: seed)
        var inflated = graph
        for place in inflated.listens.indices where inflated.listens[place].author == author(3) {
            inflated.listens[place].weight *= 1_000
        }
        let (before, after) = (graph.snapshot.rank(.taste), inflated.snapshot.rank(.taste))
        #expect(distance(before.scores, after.scores) < 1e-12, "seed \(seed)")
    }

    @Test("authors whom no trust reaches change nothing", arguments: 0..<20 as Range<UInt64>)
    func freeRiders(_ seed: UInt64) {
        let graph = RandomGraph(seed: seed)
        var attacked = graph
        attacked.users += 3
        for rider in graph.users..<attacked.users {
            for target in 0..<graph.items { attacked.listens.append(taste(rider, target, 9)) }
        }
        let (before, after) = (graph.snapshot.rank(.taste), attacked.snapshot.rank(.taste))
        #expect(before.scores == after.scores, "seed \(seed)")
    }

    @Test("a voice saturates at the average trust, and Sybils behind one edge sink")
    func saturation() throws {
        let perVoice = Taste.voicePerTrust([0.5, 0.25, 0.25], ego: author(0))
        #expect(abs(perVoice - 4) < 1e-12)
        #expect(Taste.voicePerTrust([1, 0], ego: author(0)) == 0)
        var scores: [Double] = []
        for count in [1, 10, 100] {
            let attack = Attack(sybils: count, shape: .star)
            let result = attack.snapshot.rank(.taste)
            #expect(result.concentration[attack.spam] == 1)
            #expect(result.factors[attack.spam] == 0.02)
            let spam = try #require(result.position(of: item(attack.spam)))
            // Item 2 has two voices.
            let honest = try #require(result.position(of: item(2)))
            #expect(honest == 1 && spam > honest)
            scores.append(result.scores[attack.spam])
        }
        #expect(scores.allSatisfy { $0 < 0.02 })
    }

    @Test("without items of its own the ego hears every voice alike")
    func coldStart() {
        let snapshot = GraphSnapshot(
            authorCount: 4, itemCount: 3, trust: [edge(0, 1), edge(0, 2), edge(0, 3)],
            interactions: [taste(1, 0), taste(2, 0), taste(2, 1), taste(3, 2)])
        let result = snapshot.rank(.taste)
        #expect(result.items.first?.item == item(0))
        #expect(result.items.count == 3)
    }
}

extension GraphSnapshot {
    fileprivate func rank(_ engine: EngineName, _ parameters: RankingParameters) -> RankingResult {
        rank(engine, ego: 0, parameters)
    }
}
