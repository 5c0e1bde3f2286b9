import Ranking

extension Demo {
    func report(
        _ cast: Cast, _ attack: Attack, _ agreement: DemoReport.Agreement,
        _ observation: Observation, seconds: Double
    ) -> DemoReport {
        DemoReport(
            community: cast.community.origin, notes: cast.community.notes,
            attack: DemoReport.Attack(
                identities: attack.region.identities.count, records: attack.region.recordCount,
                spamItems: attack.region.spam.count, victim: cast.name(attack.victim),
                entry: cast.name(attack.entry)),
            agreement: agreement, users: observation.users, shown: cast.name(observation.shown),
            lists: observation.lists,
            claims: [
                Self.agreementClaim(agreement, nodes: cast.nodes.count),
                Self.massClaim(observation.users), Self.spamClaim(observation.users),
                Self.reproductionClaim(observation.users), Self.answerClaim(observation.users),
            ],
            seconds: seconds)
    }

    private static func agreementClaim(
        _ agreement: DemoReport.Agreement, nodes: Int
    ) -> DemoReport.Claim {
        // There is no report without agreement: the wait for it ends in a failure.
        DemoReport.Claim(
            text: "all \(nodes) nodes hold the same records", holds: true,
            detail: "\(agreement.records) records of \(agreement.feeds) feeds, one digest, after "
                + "\(agreement.seconds.text(1)) s")
    }

    /// T2 itself, on every user's graph.
    private static func massClaim(_ users: [DemoReport.User]) -> DemoReport.Claim {
        let breach = users.first { $0.measured > $0.bound + 1e-9 }
        let closest = users.max { $0.measured / $0.bound < $1.measured / $1.bound }
        return DemoReport.Claim(
            text: "the region delivers no more item mass than T2 allows", holds: breach == nil,
            detail: breach.map { "\($0.name): \($0.measured) of at most \($0.bound)" }
                ?? closest.map {
                    "closest: \($0.name), \($0.measured.text(4)) of at most \($0.bound.text(4))"
                } ?? "")
    }

    /// Spam only where the bound has room for it, under both defended engines.
    private static func spamClaim(_ users: [DemoReport.User]) -> DemoReport.Claim {
        let defended = [EngineName.taste, .tsalsa].map(\.rawValue)
        let breach = users.first { user in
            defended.contains { (user.spam[$0] ?? 0) > user.admissible }
        }
        let total = users.reduce(0) { sum, user in
            sum + defended.reduce(0) { $0 + (user.spam[$1] ?? 0) }
        }
        let plain = users.reduce(0) { $0 + ($1.spam[EngineName.salsa.rawValue] ?? 0) }
        return DemoReport.Claim(
            text: "no spam in a first twenty beyond what that bound lets in", holds: breach == nil,
            detail: breach.map { "\($0.name): more than \($0.admissible)" }
                ?? "\(total) spam items in \(users.count * defended.count) defended lists; plain "
                + "SALSA has \(plain) in \(users.count)")
    }

    private static func reproductionClaim(_ users: [DemoReport.User]) -> DemoReport.Claim {
        let breach = users.first { !$0.isReproduced }
        return DemoReport.Claim(
            text: "each node's tsalsa list can be computed again from its edges",
            holds: breach == nil,
            detail: breach.map { "not \($0.name)'s" } ?? "the same first twenty for everybody")
    }

    private static func answerClaim(_ users: [DemoReport.User]) -> DemoReport.Claim {
        let slowest = users.map(\.answerMilliseconds).max() ?? 0
        return DemoReport.Claim(
            text: "recommend answers in under \(Int(Bars.answerMilliseconds)) ms",
            holds: slowest < Bars.answerMilliseconds,
            detail: "slowest of \(users.count): \(slowest.text(1)) ms, the socket included")
    }
}
