import Foundation
import Primitives
import Testing

@testable import Ranking

@Suite("Taste")
struct TasteTests {
    /// Section "taste" once more, by dense loops and elimination.
    private func naive(
        _ dense: DenseReference, _ parameters: RankingParameters
    ) -> (mixture: [Double], shares: [Double], scores: [Double]) {
        let taste = parameters.taste
        let visits = dense.green(alpha: parameters.alphaTrust)[dense.ego]
        let others = visits.reduce(0, +) - visits[dense.ego]
        let trust = visits.enumerated().map { $0 == dense.ego || others <= 0 ? 0 : $1 / others }
        let entropy = trust.reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 }
        let loudness = trust.map { $0 * exp(entropy) / taste.theta }
        let voice = loudness.map { $0 / (1 + $0) }
        let weights = dense.listens.map { row in
            let largest = row.max() ?? 0
            return row.map { largest > 0 ? $0 / largest : 0 }
        }
        let degree = (0..<dense.items).map { place in
            (0..<dense.users).reduce(1) { $0 + voice[$1] * weights[$1][place] }
        }
        let rows = weights.map { row -> [Double] in
            let size = row.reduce(0, +)
            return row.map { size > 0 ? $0 * pow(size, -taste.c) : 0 }
        }
        let mixture = mixture(
            rows, dense.ego, voice, degree.map { pow($0, -taste.b) }, taste.lambda)
        let mass = (0..<dense.items).map { place in
            max(0, (0..<dense.users).reduce(0) { $0 + mixture[$1] * rows[$1][place] })
        }
        let all = mass.reduce(0, +)
        let shares = mass.map { all > 0 ? $0 / all : 0 }
        let contribution = (0..<dense.users).map { user in
            rows[user].map { max(0, $0 * mixture[user]) }
        }
        let concentration = dense.concentration(contribution, groups: dense.groupsByRemoval())
        let outside = outside(dense, weights, trust.map { $0 * exp(entropy) })
        let scores = shares.indices.map { place -> Double in
            let witnessed =
                taste.witnesses > 0 ? max(0.02, min(1, outside[place] / taste.witnesses)) : 1
            let factor = max(0.02, 1 - min(1, max(0, (concentration[place] - 0.5) / 0.5)))
            return shares[place] > 0
                ? shares[place] * factor * witnessed * pow(degree[place], -taste.p) : 0
        }
        return (mixture, shares, scores)
    }

    /// Of each item what others than the ego and than the group that has most of it have.
    private func outside(
        _ dense: DenseReference, _ weights: [[Double]], _ presence: [Double]
    ) -> [Double] {
        let groups = dense.groupsByRemoval()
        return (0..<dense.items).map { place in
            var sums: [Int: Double] = [:]
            for user in 0..<dense.users where user != dense.ego {
                sums[groups[user], default: 0] += presence[user] * weights[user][place]
            }
            return sums.values.sorted().dropLast().reduce(0, +)
        }
    }

    /// The minimum of `|b_s - sum x_v b_v|^2 + lambda sum x_v^2 / voice(v)` by its normal equations.
    private func mixture(
        _ rows: [[Double]], _ ego: Int, _ voice: [Double], _ itemWeight: [Double], _ lambda: Double
    ) -> [Double] {
        var mixture = [Double](repeating: 0, count: rows.count)
        guard rows[ego].contains(where: { $0 > 0 }) else { return voice }
        let heard = rows.indices.filter { voice[$0] > 0 }
        func meeting(_ left: Int, _ right: Int) -> Double {
            itemWeight.indices.reduce(0) { $0 + itemWeight[$1] * rows[left][$1] * rows[right][$1] }
        }
        var system = heard.map { left in
            heard.map { meeting(left, $0) + (left == $0 ? lambda / voice[left] : 0) }
                + [meeting(left, ego)]
        }
        for pivot in heard.indices {
            let top = system[pivot].map { $0 / system[pivot][pivot] }
            system[pivot] = top
            for row in heard.indices where row != pivot {
                let factor = system[row][pivot]
                for column in top.indices { system[row][column] -= factor * top[column] }
            }
        }
        for (place, user) in heard.enumerated() { mixture[user] = system[place][heard.count] }
        return mixture
    }

    @Test("mixture, shares and scores equal dense loops", arguments: 0..<60 as Range<UInt64>)
    func dense(_ seed: UInt64) {
        let graph = RandomGraph(seed: seed)
        var parameters = exactParameters()
        let choices: [(Double, Double, Double, Double)] = [
            (0.6, 0.3, 0.2, 5), (0.8, 0.5, 0.2, 0.1), (1, 1, 0, 1), (0, 0, 1, 0.5),
        ]
        let (b, c, p, lambda) = choices[Int(seed % 4)]
        (parameters.taste.b, parameters.taste.c, parameters.taste.p) = (b, c, p)
        parameters.taste.lambda = lambda
        parameters.taste.theta = 0.5 + Double(seed % 3)
        parameters.taste.witnesses = Double(seed % 3)
        let result = graph.snapshot.rank(.taste, parameters)
        let expected = naive(graph.dense(ego: 0), parameters)
        #expect(distance(result.mixture, expected.mixture) < 1e-12, "seed \(seed)")
        #expect(distance(result.shares, expected.shares) < 1e-9, "seed \(seed)")
        #expect(distance(result.scores, expected.scores) < 1e-9, "seed \(seed)")
    }

    @Test("what two voices say alike counts against what only they add", arguments: [0.5, 5])
    func negative(_ lambda: Double) throws {
        // Author 1 has the ego's taste and item 2; author 2 has item 2, and 3, but nothing of the ego's.
        let snapshot = GraphSnapshot(
            authorCount: 3, itemCount: 4, trust: [edge(0, 1), edge(0, 2)],
            interactions: [
                taste(0, 0), taste(0, 1), taste(1, 0), taste(1, 1), taste(1, 2), taste(2, 2),
                taste(2, 3),
            ])
        var parameters = exactParameters()
        parameters.taste.lambda = lambda
        let result = snapshot.rank(.taste, parameters)
        #expect(result.mixture[1] > 0 && result.mixture[2] < 0)
        #expect(result.items.map(\.item) == [item(2)])
        let explanation = result.explain(item(2))
        #expect(explanation.contributions.map(\.author) == authors([1, 2]))
        #expect(try #require(explanation.contributions.last).value < 0)
        #expect(result.explain(item(3)).standing == .notVisited(authorsInReach: 1))
        #expect(result.explain(item(3)).contributions.isEmpty)
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
        var parameters = exactParameters()
        parameters.taste.theta = 1
        for share in [0.1, 1e-3, 1e-6] {
            let result = whisper(share).rank(.taste, parameters)
            let voice = voice(result, 2)
            #expect(voice < 1)
            // |b_s| |b_2| / lambda, with |b|^2 at most the size of the row to the power 1 - 2 c.
            #expect(result.mixture[2] <= voice * pow(11, 1 - 2 * 0.3) / 3)
            #expect(result.share(deliveredBy: [author(2)]) < 2_000 * share)
        }
    }

    @Test("no voice weighs more than its bound", arguments: 0..<100 as Range<UInt64>)
    func voiceBound(_ seed: UInt64) {
        let graph = RandomGraph(seed: seed, users: 9, items: 7)
        let result = graph.snapshot.rank(.taste)
        guard result.snapshot.interactions.scales[0] > 0 else { return }
        let longest = pow(7, 0.5 - 0.3)
        for user in 1..<graph.users {
            let most =
                voice(result, user) * longest * longest / result.query.parameters.taste.lambda
            #expect(abs(result.mixture[user]) <= most + 1e-12, "seed \(seed)")
        }
    }

    private func voice(_ result: RankingResult, _ user: Int) -> Double {
        let perVoice = Taste.voicePerTrust(result.trust, ego: author(0))
        let loudness = perVoice * result.trust[user] / result.query.parameters.taste.theta
        return loudness / (1 + loudness)
    }

    @Test("a quiet author that has all that the ego has meets the bound")
    func boundIsMet() throws {
        var parameters = exactParameters()
        parameters.taste.theta = 1e4
        let snapshot = GraphSnapshot(
            authorCount: 3, itemCount: 4, trust: [edge(0, 1), edge(0, 2, 0.01)],
            interactions: (0..<3).flatMap { [taste(0, $0), taste(2, $0)] }
                + [taste(1, 3), taste(1, 0)])
        let result = snapshot.rank(.taste, parameters)
        let bound = try #require(result.massBound(of: [author(2)]))
        let delivered = result.share(deliveredBy: [author(2)])
        #expect(delivered <= bound && delivered > 0.999 * bound)
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

    @Test("trust is worth as many voices as it has equals, and Sybils behind one edge sink")
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
