@testable import Ranking

/// A small honest community, one attack edge, and any number of Sybils behind it that like what is
/// popular and one spam item.
struct Attack {
    enum Shape { case star, cycle, chain }

    let snapshot: GraphSnapshot
    let region: [AuthorIndex]
    /// The item that only the region has.
    let spam = 5

    private static let honest = [
        edge(0, 1), edge(0, 2), edge(0, 3), edge(1, 2), edge(2, 3), edge(3, 1),
    ]
    private static let tastes = [
        taste(0, 0), taste(0, 1), taste(1, 0), taste(1, 2), taste(2, 1), taste(2, 3), taste(3, 2),
        taste(3, 4), taste(3, 0),
    ]

    init(sybils: Int, shape: Shape) {
        let attacker = 4
        let inside = (1...sybils).map { attacker + $0 }
        var trust = Self.honest + [edge(2, attacker)]
        switch shape {
        case .star: trust += inside.map { edge(attacker, $0) }
        case .cycle: trust += inside.flatMap { [edge(attacker, $0), edge($0, attacker)] }
        case .chain: trust += inside.map { edge($0 - 1, $0) }
        }
        let likes = ([attacker] + inside).flatMap { [taste($0, 0), taste($0, 5)] }
        snapshot = GraphSnapshot(
            authorCount: attacker + 1 + sybils, itemCount: 6, trust: trust,
            interactions: Self.tastes + likes)
        region = authors([attacker] + inside)
    }

    /// T2 for any region behind the edge: (1 - alpha_s) p_S / alpha_t, with p_S from honest edges.
    static var bound: Double {
        let snapshot = GraphSnapshot(
            authorCount: 5, itemCount: 0, trust: honest + [edge(2, 4)], interactions: [])
        return 0.5 / 0.15
            * TrustFlow.entryProbability(
                snapshot, ego: author(0), into: [author(4)], alpha: 0.15, epsilon: 1e-12)
    }
}
