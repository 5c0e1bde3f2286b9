import Primitives

@testable import Ranking

/// A small random graph in plain lists, drawn from a seed.
struct RandomGraph {
    var users: Int
    var items: Int
    var trust: [TrustEdge] = []
    var listens: [InteractionEdge] = []

    init(seed: UInt64, users: Int = 10, items: Int = 12, degree: Int = 3, tastes: Int = 4) {
        self.users = users
        self.items = items
        var random = SeededRandom(seed: seed, stream: "random graph")
        var pairs = Set<[Int]>()
        for user in 0..<users {
            for _ in 0..<random.below(degree + 1) {
                let other = random.below(users)
                if other != user, pairs.insert([user, other]).inserted {
                    trust.append(edge(user, other, 0.1 + random.unit()))
                }
            }
        }
        pairs.removeAll()
        for user in 0..<users {
            for _ in 0..<random.below(tastes + 1) {
                let item = random.below(items)
                if pairs.insert([user, item]).inserted {
                    listens.append(taste(user, item, 0.1 + 5 * random.unit()))
                }
            }
        }
    }

    var snapshot: GraphSnapshot {
        GraphSnapshot(authorCount: users, itemCount: items, trust: trust, interactions: listens)
    }

    func dense(ego: Int) -> DenseReference {
        DenseReference(users: users, items: items, ego: ego, trust: trust, listens: listens)
    }
}

func edge(_ from: Int, _ to: Int, _ weight: Double = 1) -> TrustEdge {
    TrustEdge(from: AuthorIndex(UInt32(from)), to: AuthorIndex(UInt32(to)), weight: weight)
}

func taste(_ author: Int, _ item: Int, _ weight: Double = 1) -> InteractionEdge {
    InteractionEdge(
        author: AuthorIndex(UInt32(author)), item: ItemIndex(UInt32(item)), weight: weight)
}

func authors(_ positions: [Int]) -> [AuthorIndex] { positions.map { AuthorIndex(UInt32($0)) } }

func author(_ position: Int) -> AuthorIndex { AuthorIndex(UInt32(position)) }

func item(_ position: Int) -> ItemIndex { ItemIndex(UInt32(position)) }

/// Late truncation, so that exact values can be compared at 1e-12, and no audit of independence, which
/// the dense reference does not know.
func exactParameters() -> RankingParameters {
    var parameters = RankingParameters()
    parameters.independentVoices = 1
    parameters.epsilon = 1e-15
    return parameters
}

extension GraphSnapshot {
    func rank(
        _ engine: EngineName = .tsalsa, ego: Int = 0,
        _ parameters: RankingParameters = exactParameters()
    ) -> RankingResult {
        engine.engine.rank(self, RankingQuery(ego: author(ego), parameters: parameters))
    }
}
