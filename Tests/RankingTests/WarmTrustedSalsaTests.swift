import Primitives
import Testing

@testable import Ranking

@Suite("Warm start")
struct WarmTrustedSalsaTests {
    /// A random change of one edge, of the kinds that a node meets.
    private func change(_ graph: inout RandomGraph, _ random: inout SeededRandom) {
        switch random.below(4) {
        case 0:
            graph.listens.append(
                taste(random.below(graph.users), random.below(graph.items), 0.1 + random.unit()))
        case 1:
            let from = random.below(graph.users)
            let to = (from + 1 + random.below(graph.users - 1)) % graph.users
            graph.trust.append(edge(from, to, 0.1 + random.unit()))
        case 2:
            if !graph.listens.isEmpty {
                graph.listens.remove(at: random.below(graph.listens.count))
            }
        default:
            if !graph.trust.isEmpty { graph.trust.remove(at: random.below(graph.trust.count)) }
        }
    }

    @Test(
        "after any change the result is the full recompute's within 1e-9",
        arguments: 0..<40 as Range<UInt64>)
    func changes(_ seed: UInt64) {
        var random = SeededRandom(seed: seed, stream: "changes")
        var graph = RandomGraph(seed: seed, users: 20, items: 25, degree: 4, tastes: 6)
        var warm = WarmTrustedSalsa()
        for step in 0..<40 {
            let snapshot = graph.snapshot
            var query = RankingQuery(ego: author(random.below(8) == 0 ? 1 : 0))
            if random.below(6) == 0 { query.disliked = [item(random.below(graph.items))] }
            if random.below(6) == 0 { query.blockedAuthors = [author(2 + random.below(18))] }
            let left = warm.rank(snapshot, query)
            let right = TrustedSalsa().rank(snapshot, query)
            let place = Comment(rawValue: "seed \(seed) step \(step)")
            #expect(distance(left.trust, right.trust) < 1e-9, place)
            #expect(distance(left.itemVisits, right.itemVisits) < 1e-9, place)
            #expect(distance(left.shares, right.shares) < 1e-9, place)
            #expect(distance(left.walkVisits, right.walkVisits) < 2e-9, place)
            #expect(left.groups == right.groups, place)
            change(&graph, &random)
        }
    }

    @Test(
        "many interactions one after the other are followed, and what is left does not add up",
        arguments: 0..<8 as Range<UInt64>)
    func chain(_ seed: UInt64) {
        var random = SeededRandom(seed: seed, stream: "chain")
        var snapshot =
            RandomGraph(seed: seed, users: 60, items: 80, degree: 6, tastes: 12).snapshot
        var warm = WarmTrustedSalsa()
        var query = RankingQuery(ego: author(0))
        // With an audit lists are made anew each time, without one they are repaired.
        if seed % 4 > 0 { query.parameters.independentVoices = 1 }
        _ = warm.rank(snapshot, query)
        for step in 0..<60 {
            let changed = author(random.below(60))
            let before = snapshot
            snapshot = before.playing(item(random.below(80)), 0.1 + random.unit(), by: changed)
            #expect(snapshot.changedAuthors(since: before, limit: 1) == [changed.position])
            let left = warm.rank(snapshot, query)
            let right = TrustedSalsa().rank(snapshot, query)
            let place = Comment(rawValue: "seed \(seed) step \(step)")
            #expect(distance(left.shares, right.shares) < 1e-9, place)
            #expect(distance(left.popularity, right.popularity) < 1e-12, place)
            // What the largest group says, as a part of all that others than the ego say.
            for place in right.shares.indices {
                let others =
                    right.shares[place] - right.contribution(of: author(0), to: item(place))
                let gap = abs(left.concentration[place] - right.concentration[place])
                #expect(gap * others < 5e-9, "seed \(seed) step \(step) item \(place)")
            }
            let supporters = { (result: RankingResult) in
                result.items.map { [$0.item.position, $0.supporters] }.sorted { $0[0] < $1[0] }
            }
            #expect(supporters(left) == supporters(right), place)
            isInOrder(left, place)
        }
    }

    /// Both lists are complete, in order and say the same as their members' positions.
    private func isInOrder(_ result: RankingResult, _ place: Comment) {
        let single = { (item: ItemIndex) in
            result.isYoungNetwork
                && result.concentration[item.position] >= result.query.parameters.tauHard
        }
        let order = result.shares.indices.filter { result.scores[$0] > 0 }.map { item($0) }.sorted {
            let (one, other) = (single($0) ? 1 : 0, single($1) ? 1 : 0)
            let (left, right) = (result.scores[$0.position], result.scores[$1.position])
            return (one, -sortKey(left), $0) < (other, -sortKey(right), $1)
        }
        #expect(result.allItems == order, place)
        let known = Set(result.snapshot.items(of: result.query.ego))
        #expect(result.items.map(\.item) == order.filter { !known.contains($0) }, place)
        for ranked in result.items {
            #expect(result.position(of: ranked.item) == ranked.rank, place)
        }
    }

    @Test(
        "hundreds of interactions, most of loud authors, stay within the bound of an exact solution",
        arguments: [(1, 1e-4), (2, 1e-6), (3, 1e-6), (4, 1e-9)] as [(UInt64, Double)])
    func bound(_ seed: UInt64, epsilon: Double) {
        var random = SeededRandom(seed: seed, stream: "bound")
        var graph = RandomGraph(seed: seed, users: 300, items: 400, degree: 8, tastes: 20)
        // A group of several behind one cut vertex, which nobody else leads to.
        graph.trust.removeAll { $0.to.position >= 280 }
        graph.trust += [edge(0, 280, 3)] + (281..<300).map { edge(280, $0) }
        var snapshot = graph.snapshot
        var query = RankingQuery(ego: author(0))
        query.parameters.independentVoices = 1
        query.parameters.epsilon = epsilon
        var exact = query
        exact.parameters.epsilon = 1e-14
        var (warm, largest) = (WarmTrustedSalsa(), 0.0)
        let trust = warm.rank(snapshot, query).trust
        let loud = trust.indices.filter { $0 > 0 }.sorted { trust[$0] > trust[$1] }.prefix(30)
        for step in 0..<300 {
            let changed = random.below(3) > 0 ? loud[random.below(30)] : 1 + random.below(299)
            let weight = random.below(10) == 0 ? 100 * random.unit() : random.unit() + 0.1
            snapshot = snapshot.playing(item(random.below(400)), weight, by: author(changed))
            let left = warm.rank(snapshot, query)
            let right = TrustedSalsa().rank(snapshot, exact)
            let place = Comment(rawValue: "seed \(seed) step \(step)")
            let gap = zip(left.shares, right.shares).reduce(0) { max($0, abs($1.0 - $1.1)) }
            #expect(gap <= 0.76 * epsilon + 1e-13, place)
            largest = max(largest, gap)
            for item in right.shares.indices {
                let own = right.contribution(of: author(0), to: ItemIndex(UInt32(item)))
                let wrong = abs(left.concentration[item] - right.concentration[item])
                #expect(wrong * (right.shares[item] - own) < 4 * epsilon, place)
            }
            isInOrder(left, place)
        }
        #expect(largest > 1e-4 * epsilon, "what is exact was not followed")
    }

    @Test(
        "many interactions, among many who are trusted and say nothing, stay within the tolerance",
        arguments: 0..<2 as Range<UInt64>)
    func long(_ seed: UInt64) {
        var random = SeededRandom(seed: seed, stream: "long")
        var graph = RandomGraph(seed: seed, users: 150, items: 200, degree: 6, tastes: 15)
        // Half of all trust is in authors who have no items.
        graph.listens.removeAll { $0.author.position % 2 == 1 }
        var snapshot = graph.snapshot
        var warm = WarmTrustedSalsa()
        let query = RankingQuery(ego: author(0))
        _ = warm.rank(snapshot, query)
        for step in 0..<150 {
            let changed = author(2 * random.below(75))
            snapshot = snapshot.playing(
                item(random.below(200)), 0.1 + random.unit(), by: changed)
            let left = warm.rank(snapshot, query)
            let right = TrustedSalsa().rank(snapshot, query)
            #expect(distance(left.shares, right.shares) < 1e-9, "seed \(seed) step \(step)")
        }
    }

    @Test("whom no path reaches any more is left with exactly nothing")
    func cutOff() {
        var graph = RandomGraph(seed: 1, users: 6, items: 4, degree: 0, tastes: 0)
        graph.trust = [edge(0, 1), edge(0, 2), edge(2, 3), edge(3, 4), edge(4, 3)]
        graph.listens = [taste(0, 0), taste(1, 0), taste(1, 1), taste(3, 0), taste(3, 2)]
        var warm = WarmTrustedSalsa()
        #expect(warm.rank(graph.snapshot, RankingQuery(ego: author(0))).shares[2] > 0)
        graph.trust.remove(at: 2)
        let result = warm.rank(graph.snapshot, RankingQuery(ego: author(0)))
        #expect(result.trust[3] == 0 && result.trust[4] == 0)
        #expect(result.shares[2] == 0)
    }

    @Test("newcomers, new items and departures keep everybody's own solution")
    func names() {
        var graph = InteractionGraph(ego: key(50))
        let now = Instant(milliseconds: 10)
        graph.setTrust(from: key(50), to: key(20), weight: 1)
        graph.setTrust(from: key(50), to: key(70), weight: 2)
        for (user, name) in [(50, "m"), (20, "m"), (20, "q"), (70, "m"), (70, "r")] {
            graph.add(act(user, name, .play, 1, 1))
        }
        var warm = WarmTrustedSalsa()
        let additions = [(10, "a"), (60, "n"), (20, "z"), (99, "b"), (50, "q")]
        for (user, name) in additions {
            graph.setTrust(from: key(20), to: key(user), weight: 1)
            graph.add(act(user, name, .play, 2, 2))
            graph.add(act(user, "m", .play, 1, 2))
            same(&warm, graph, now)
        }
        graph.remove(author: key(70))
        graph.remove(author: key(10))
        same(&warm, graph, now)
    }

    private func same(_ warm: inout WarmTrustedSalsa, _ graph: InteractionGraph, _ now: Instant) {
        let snapshot = graph.snapshot(ego: key(50), at: now)
        guard let ego = snapshot.ego else {
            Issue.record("the ego is in its own snapshot")
            return
        }
        let left = warm.rank(snapshot, RankingQuery(ego: ego))
        let right = TrustedSalsa().rank(snapshot, RankingQuery(ego: ego))
        #expect(distance(left.shares, right.shares) < 1e-9)
        #expect(left.items.map(\.item) == right.items.map(\.item))
    }
}

extension GraphSnapshot {
    /// One play more.
    fileprivate func playing(
        _ item: ItemIndex, _ weight: Double, by author: AuthorIndex
    ) -> GraphSnapshot {
        var items = interactions.entries(author.position).map {
            (item: ItemIndex(interactions.columns[$0]), weight: interactions.weights[$0])
        }
        items.append((item, weight))
        return replacing([InteractionRow(author: author, items: items)])
    }
}
