import Primitives
import Testing

@testable import Ranking

/// Assertions 1, 2, 3, 4, 7, 11, 12, 13 on the shared graphs: every field of every file is compared, and a
/// field that nobody compares fails.
@Suite("Shared vectors", SharedVectors.skip)
struct VectorTests {
    @Test("every field of the graph file equals what is built", arguments: SharedVectors.names)
    func everyField(_ name: String) throws {
        let vector = try SharedVectors.load(name)
        let expected = vector.expected
        #expect(expected.keys.count >= 10)
        for key in expected.keys {
            switch key {
            case "trust_ppr": try trustFlow(vector, expected[key])
            case "dominator_group": groups(vector, expected[key])
            case "dominators": dominators(vector, expected[key])
            case "trust_bottleneck": try trustBottleneck(vector, expected[key])
            case "salsa_plain_stop_at_users": salsa(vector, .users, expected[key])
            case "salsa_plain_stop_everywhere": salsa(vector, .everywhere, expected[key])
            case "web3recommend": web3recommend(vector, expected[key])
            case "tsalsa": TrustedSalsaVector(vector, expected[key], factors: []).check()
            case "tsalsa_beta_hard":
                TrustedSalsaVector(vector, expected[key], factors: factors(vector, .hard)).check()
            case "tsalsa_beta_ramp":
                TrustedSalsaVector(vector, expected[key], factors: factors(vector, .ramp)).check()
            case "sybil": sybil(vector, expected[key])
            default: Issue.record("\(name): nobody compares expected.\(key)")
            }
        }
    }

    @Test("the index lists every graph file, and no file has unknown fields")
    func index() throws {
        for name in SharedVectors.names {
            let json = try SharedVectors.json(name)
            #expect(
                Set(json.keys)
                    == ["name", "doc", "format", "params", "graph", "tolerance", "expected"])
            #expect(json["tolerance"]["absolute"].number == 1e-9)
            #expect(json["format"].number == 1)
            #expect(name == json["name"].string + ".json")
        }
        #expect(SharedVectors.names.count == 12)
    }

    private func trustFlow(_ vector: Vector, _ expected: JSONValue) throws {
        let (snapshot, ego) = (vector.content.snapshot, vector.content.ego)
        let alpha = vector.parameters.alphaTrust
        let flow = TrustFlow(snapshot, ego: ego, alpha: alpha, epsilon: 1e-9)
        let others = 1 - flow.trust[ego.position]
        let hits = (0..<snapshot.authorCount).map {
            TrustFlow.entryProbability(
                snapshot, ego: ego, into: [author($0)], alpha: alpha, epsilon: 1e-9)
        }
        let allHits = hits.reduce(0, +)
        for key in expected.keys {
            let built: [Double]
            switch key {
            case "visits": built = flow.visits
            case "endpoint": built = flow.endpoints(snapshot)
            case "restart": built = flow.trust
            case "visit_share_without_seed":
                built = flow.trust.enumerated().map { $0 == ego.position ? 0 : $1 / others }
            case "hit_probability": built = hits
            case "hit_share": built = hits.map { $0 / allHits }
            default:
                Issue.record("nobody compares trust_ppr.\(key)")
                continue
            }
            #expect(
                distance(built, expected[key].numbers) < 1e-9, "\(vector.name) trust_ppr.\(key)")
        }
        #expect(abs(flow.trust.reduce(0, +) - 1) < 1e-12)
        #expect(flow.visits.reduce(0, +) <= 1 / alpha + 1e-12)
    }

    private func groups(_ vector: Vector, _ expected: JSONValue) {
        let dominators = TrustDominators(vector.content.snapshot, ego: vector.content.ego)
        #expect(dominators.groups.map { $0?.position ?? -1 } == expected.integers, "\(vector.name)")
    }

    private func dominators(_ vector: Vector, _ expected: JSONValue) {
        let dominators = TrustDominators(vector.content.snapshot, ego: vector.content.ego)
        for user in 0..<vector.content.snapshot.authorCount {
            let chain = dominators.strictDominators(of: author(user)).map(\.position).sorted()
            #expect(chain == expected["\(user)"].integers.sorted(), "\(vector.name) user \(user)")
        }
    }

    private func factors(_ vector: Vector, _ decay: ConnectivityDecay) -> [Double] {
        DenseReference(vector.file).trustBottleneck(alpha: vector.parameters.alphaTrust).ratio
            .map { decay.factor(ratio: $0, parameters: vector.parameters) }
    }

    private func trustBottleneck(_ vector: Vector, _ expected: JSONValue) throws {
        let dense = DenseReference(vector.file)
        let bottleneck = dense.trustBottleneck(alpha: vector.parameters.alphaTrust)
        let hard = factors(vector, .hard)
        let ramp = factors(vector, .ramp)
        func trust(_ factors: [Double]) -> [Double] {
            var query = vector.query()
            query.trustFactors = factors
            return TrustedSalsa().rank(vector.content.snapshot, query).trust
        }
        for key in expected.keys {
            let built: [Double]
            switch key {
            case "cut_node":
                #expect(bottleneck.cut == expected[key].integers)
                continue
            case "tau_hard":
                #expect(vector.parameters.tauHard == expected[key].number)
                continue
            case "tau_ramp":
                #expect(vector.parameters.tau == expected[key].number)
                continue
            case "b": built = bottleneck.ratio
            case "factor_hard": built = hard
            case "factor_ramp": built = ramp
            case "restart_beta_hard": built = trust(hard)
            case "restart_beta_ramp": built = trust(ramp)
            default:
                Issue.record("nobody compares trust_bottleneck.\(key)")
                continue
            }
            #expect(distance(built, expected[key].numbers) < 1e-9, "\(vector.name) \(key)")
        }
    }

    private func salsa(
        _ vector: Vector, _ stop: RankingParameters.SalsaStop, _ expected: JSONValue
    ) {
        let result = PlainSalsa().rank(
            vector.content.snapshot, vector.query { $0.salsaStop = stop })
        guard expected != .null else {
            #expect(result.allItems.isEmpty, "an ego without items gets nothing from plain SALSA")
            return
        }
        for key in expected.keys {
            let built: [Double]
            switch key {
            case "item_visits": built = result.itemVisits
            case "item_share": built = result.shares
            case "user_visits": built = result.walkVisits
            case "ranking_all":
                #expect(
                    result.allItems.map(\.position) == expected[key].integers, "\(vector.name)")
                continue
            default:
                Issue.record("nobody compares salsa.\(key)")
                continue
            }
            #expect(distance(built, expected[key].numbers) < 1e-9, "\(vector.name) \(key)")
        }
    }

    /// The exact chain equals the vectors; the walks converge to it (assertion 11).
    private func web3recommend(_ vector: Vector, _ expected: JSONValue) {
        let result = Web3Recommend().rank(
            vector.content.snapshot, vector.query { $0.walks = 20_000 })
        guard expected != .null else {
            #expect(result.allItems.isEmpty, "walks from an ego without items end at once")
            return
        }
        let parameters = vector.parameters
        let chain = TasteChain(DenseReference(vector.file), alpha: parameters.alphaWalk)
        let visits = chain.itemVisits()
        let total = visits.reduce(0, +)
        let shares = visits.map { $0 / total }
        let bottleneck = chain.bottlenecks()
        let scores = zip(shares, bottleneck.ratio).map {
            $0 * ConnectivityDecay.hard.factor(ratio: $1, parameters: parameters)
        }
        for key in expected.keys {
            let (exact, walked, tolerance): ([Double], [Double], Double)
            switch key {
            case "bottleneck_node":
                #expect(bottleneck.vertex == expected[key].array.map(\.string), "\(vector.name)")
                continue
            case "ranking_all":
                let order = scores.indices.filter { scores[$0] > 0 }
                    .sorted { (-sortKey(scores[$0]), $0) < (-sortKey(scores[$1]), $1) }
                #expect(order == expected[key].integers, "\(vector.name)")
                continue
            case "item_visits": (exact, walked, tolerance) = (visits, result.itemVisits, 0.02)
            case "share": (exact, walked, tolerance) = (shares, result.shares, 0.015)
            // A ratio is counted among the walks to an item: few where the item has few visits.
            case "bottleneck":
                let seldom = visits.map { $0 * 20_000 < 200 }
                let counted = zip(zip(seldom, bottleneck.ratio), result.concentration)
                    .map { $0.0 ? $0.1 : $1 }
                (exact, walked, tolerance) = (bottleneck.ratio, counted, 0.15)
            case "score": (exact, walked, tolerance) = (scores, result.scores, 0.02)
            default:
                Issue.record("nobody compares web3recommend.\(key)")
                continue
            }
            #expect(distance(exact, expected[key].numbers) < 1e-9, "\(vector.name) \(key)")
            #expect(distance(walked, expected[key].numbers) < tolerance, "\(vector.name) \(key)")
        }
    }

    private func sybil(_ vector: Vector, _ expected: JSONValue) {
        let region = authors(expected["sybil_users"].integers)
        let spam = expected["sybil_only_items"].integers.map { item($0) }
        let (snapshot, ego) = (vector.content.snapshot, vector.content.ego)
        let flow = TrustFlow(
            snapshot, ego: ego, alpha: vector.parameters.alphaTrust, epsilon: 1e-12)
        let entry = TrustFlow.entryProbability(
            snapshot, ego: ego, into: region, alpha: vector.parameters.alphaTrust, epsilon: 1e-12)
        func close(_ built: Double, _ key: String) {
            #expect(abs(built - expected[key].number) < 1e-9, "\(vector.name) sybil.\(key)")
        }
        for key in expected.keys {
            switch key {
            case "sybil_users", "sybil_only_items": #expect(!expected[key].array.isEmpty)
            case "attack_edges":
                let inside = Set(expected["sybil_users"].numbers)
                let found = vector.file.graph.trust.filter {
                    inside.contains($0[1]) && !inside.contains($0[0])
                }
                #expect(found == expected[key].array.map(\.numbers))
            case "prob_walk_enters_sybil_region": close(entry, key)
            case "sybil_visits": close(region.reduce(0) { $0 + flow.visits[$1.position] }, key)
            case "visits_bound_pS_over_alpha": close(entry / vector.parameters.alphaTrust, key)
            case "sybil_restart_share":
                close(region.reduce(0) { $0 + flow.trust[$1.position] }, key)
            case "tsalsa": share(vector, expected[key], region, spam, factors: [])
            case "tsalsa_beta_hard":
                share(vector, expected[key], region, spam, factors: factors(vector, .hard))
            case "tsalsa_beta_ramp":
                share(vector, expected[key], region, spam, factors: factors(vector, .ramp))
            case "salsa_plain_stop_at_users", "salsa_plain_stop_everywhere":
                let stop: RankingParameters.SalsaStop =
                    key.hasSuffix("users") ? .users : .everywhere
                let result = PlainSalsa().rank(snapshot, vector.query { $0.salsaStop = stop })
                let built = result.share(ofItems: spam)
                #expect(expected[key].keys == ["share_of_sybil_items"])
                #expect(abs(built - expected[key]["share_of_sybil_items"].number) < 1e-9)
            case "web3recommend":
                let score = vector.expected[key]["score"].numbers
                let sum = spam.reduce(0) { $0 + score[$1.position] }
                #expect(expected[key].keys == ["share_of_sybil_items"])
                #expect(abs(sum - expected[key]["share_of_sybil_items"].number) < 1e-9)
            default: Issue.record("nobody compares sybil.\(key)")
            }
        }
    }

    private func share(
        _ vector: Vector, _ expected: JSONValue, _ region: [AuthorIndex], _ spam: [ItemIndex],
        factors: [Double]
    ) {
        var query = vector.query()
        query.trustFactors = factors
        let result = TrustedSalsa().rank(vector.content.snapshot, query)
        let bound = result.massBound(of: region) ?? .nan
        for key in expected.keys {
            let built: Double
            switch key {
            case "share_from_sybil_users": built = result.share(deliveredBy: region)
            case "share_of_sybil_items": built = result.share(ofItems: spam)
            // The file gives r(S) / r(s); T2 has (1 - alpha) of it.
            case "bound_rS_over_rseed": built = bound / (1 - vector.parameters.alphaSalsa)
            default:
                Issue.record("nobody compares sybil.tsalsa.\(key)")
                continue
            }
            #expect(abs(built - expected[key].number) < 1e-9, "\(vector.name) sybil \(key)")
        }
        #expect(result.share(deliveredBy: region) <= bound + 1e-12, "T2 on \(vector.name)")
    }
}
