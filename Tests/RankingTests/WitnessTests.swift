import Primitives
import Testing

@testable import Ranking

@Suite("Witnesses")
struct WitnessTests {
    private static let seeds = 0..<60 as Range<UInt64>

    /// No audit; so many witnesses are enough.
    private func parameters(_ enough: Double = 1.5) -> RankingParameters {
        var parameters = exactParameters()
        parameters.taste.witnesses = enough
        return parameters
    }

    /// With the audit as well.
    private var whole: RankingParameters {
        var parameters = RankingParameters()
        parameters.taste.witnesses = 1.5
        return parameters
    }

    private func random(_ seed: UInt64) -> RandomGraph {
        RandomGraph(seed: seed, users: 14, items: 20, degree: 4, tastes: 8)
    }

    private func held(_ graph: RandomGraph) -> [Double] {
        graph.snapshot.rank(.taste, ego: 0, parameters()).witnesses
    }

    @Test("an item that one region alone has has no witness, another's voice is one")
    func regions() throws {
        for count in [1, 10, 100] {
            let attack = Attack(sybils: count, shape: .star)
            let result = attack.snapshot.rank(.taste, ego: 0, parameters())
            #expect(result.witnesses[attack.spam] == 0)
            #expect(result.factors[attack.spam] == 0.02 * 0.02, "the floor, twice")
            // Item 2 is had by authors 1 and 3, who are trusted alike in part.
            #expect(result.witnesses[2] > 0.1)
            #expect(result.explain(item(2)).witnesses == result.witnesses[2])
        }
    }

    @Test("a holder whom the mixture does not hear lifts an item over what one region has alone")
    func silent() throws {
        // Authors 1 and 2 are friends of the ego's taste and have an item more each, one voice behind
        // both items; author 3, of no such taste, speaks against item 2 and has it nevertheless.
        let snapshot = GraphSnapshot(
            authorCount: 4, itemCount: 8, trust: [edge(0, 1, 1.02), edge(0, 2), edge(0, 3)],
            interactions: [
                taste(0, 0), taste(0, 1), taste(1, 0), taste(1, 1), taste(1, 3), taste(2, 0),
                taste(2, 1), taste(2, 2), taste(3, 2), taste(3, 4), taste(3, 5), taste(3, 6),
            ])
        let without = snapshot.rank(.taste, ego: 0, parameters(0))
        let with = snapshot.rank(.taste, ego: 0, parameters())
        #expect(without.concentration[2] == 1 && without.concentration[3] == 1)
        #expect(without.items.prefix(2).map(\.item) == [item(3), item(2)])
        #expect(with.items.prefix(2).map(\.item) == [item(2), item(3)])
        #expect(without.witnesses.isEmpty && without.explain(item(2)).witnesses == nil)
    }

    @Test("the score is the one without witnesses times what they leave", arguments: seeds)
    func factor(_ seed: UInt64) {
        let snapshot = random(seed).snapshot
        for enough in [0.3, 1.5, 40] {
            let with = snapshot.rank(.taste, ego: 0, parameters(enough))
            let without = snapshot.rank(.taste, ego: 0, parameters(0))
            #expect(with.shares == without.shares && with.concentration == without.concentration)
            for place in 0..<snapshot.itemCount {
                let left = max(0.02, min(1, with.witnesses[place] / enough))
                #expect(with.factors[place] == without.factors[place] * left, "seed \(seed)")
                #expect(abs(with.scores[place] - without.scores[place] * left) <= 1e-15)
                #expect(with.witnesses[place] >= 0 && with.witnesses[place] < 14)
                let explained = with.explain(item(place), withoutLargest: false)
                let sum = explained.contributions.reduce(0) { $0 + $1.value }
                #expect(abs(sum - with.shares[place]) < 1e-12 || with.shares[place] == 0)
            }
        }
    }

    @Test("with the audit, too, a factor is no NaN, at most 1 and lowered", arguments: seeds)
    func audited(_ seed: UInt64) {
        let snapshot = random(seed).snapshot
        let with = snapshot.rank(.taste, ego: 0, whole)
        let without = snapshot.rank(.taste, ego: 0, RankingParameters())
        // The list is shorter than the places that are audited, so all of it was asked about.
        for place in 0..<snapshot.itemCount {
            let left = max(
                0.02, min(1, with.witnesses[place] / with.query.parameters.taste.witnesses))
            #expect(abs(with.factors[place] - without.factors[place] * left) < 1e-15)
            #expect(with.scores[place].isFinite && with.scores[place] >= 0)
        }
    }

    @Test("one holder more takes no witness away and changes no other item", arguments: seeds)
    func praise(_ seed: UInt64) {
        var graph = random(seed)
        let before = held(graph)
        var random = SeededRandom(seed: seed, stream: "praise")
        let (user, praised) = (1 + random.below(graph.users - 1), random.below(graph.items))
        let row = graph.listens.filter { $0.author == author(user) }
        guard !row.isEmpty, !row.contains(where: { $0.item == item(praised) }) else { return }
        graph.listens.append(taste(user, praised, row.map(\.weight).max() ?? 0))
        let after = held(graph)
        #expect(after[praised] >= before[praised] - 1e-12, "seed \(seed)")
        for place in before.indices where place != praised {
            #expect(after[place] == before[place], "seed \(seed)")
        }
    }

    @Test("free riders, inflated weights and other numbers change nothing", arguments: seeds)
    func invariance(_ seed: UInt64) {
        let graph = random(seed)
        let plain = graph.snapshot.rank(.taste, ego: 0, whole)
        var ridden = graph
        ridden.users += 5
        for rider in graph.users..<ridden.users {
            ridden.trust += (0..<graph.users).map { edge(rider, $0) }
            ridden.listens += (0..<graph.items).map { taste(rider, $0, 100) }
        }
        let free = ridden.snapshot.rank(.taste, ego: 0, whole)
        #expect(free.scores == plain.scores && free.witnesses == plain.witnesses, "seed \(seed)")
        var scaled = graph
        for place in scaled.listens.indices where scaled.listens[place].author == author(2) {
            scaled.listens[place].weight *= 1_000
        }
        let inflated = scaled.snapshot.rank(.taste, ego: 0, whole)
        #expect(distance(inflated.witnesses, plain.witnesses) < 1e-12, "seed \(seed)")
        func moved(_ place: AuthorIndex) -> Int { graph.users - 1 - place.position }
        var turned = graph
        turned.trust = graph.trust.map { edge(moved($0.from), moved($0.to), $0.weight) }
        turned.listens = graph.listens.map { taste(moved($0.author), $0.item.position, $0.weight) }
        let other = turned.snapshot.rank(.taste, ego: graph.users - 1, whole)
        #expect(distance(other.witnesses, plain.witnesses) < 1e-9, "seed \(seed)")
        var shuffled = graph
        shuffled.trust.reverse()
        shuffled.listens.reverse()
        let again = shuffled.snapshot.rank(.taste, ego: 0, whole)
        #expect(again.scores == plain.scores && again.witnesses == plain.witnesses, "seed \(seed)")
    }

    @Test("where all stand behind an only friend nothing has a witness, and the order stays")
    func onlyFriend() {
        var graph = RandomGraph(seed: 7, users: 14, items: 20, degree: 4, tastes: 8)
        graph.trust.removeAll { $0.from == author(0) }
        graph.trust += [edge(0, 1), edge(1, 2), edge(1, 3), edge(2, 4)]
        let with = graph.snapshot.rank(.taste, ego: 0, parameters())
        let without = graph.snapshot.rank(.taste, ego: 0, parameters(0))
        #expect(with.witnesses.allSatisfy { $0 == 0 } && !with.items.isEmpty)
        #expect(with.items.map(\.item) == without.items.map(\.item))
    }

    @Test("nobody asks for them in trusted mode, nor without a number of them")
    func off() {
        let snapshot = random(3).snapshot
        #expect(snapshot.rank(.tsalsa, ego: 0, whole).witnesses.isEmpty)
        #expect(snapshot.rank(.taste, ego: 0, RankingParameters()).witnesses.isEmpty)
        var parameters = RankingParameters()
        parameters.taste.witnesses = -1
        #expect(parameters.problem?.parameter == "taste.witnesses")
    }
}
