internal import Primitives

/// Strangers who know the rule of earned trust and want to be heard without anybody's trust
/// (`docs/research/earned-trust.md`, "Attackers who know the rule").
///
/// All push the same items. No honest user trusts any of them: what they gain they gain by claims.
public struct ClaimAttack: Hashable, Sendable {
    public enum Plan: String, Hashable, Sendable, CaseIterable {
        /// Five items each, drawn from all, before anybody else: many small tickets.
        case few
        /// Forty of the hundred most popular items each, before anybody else.
        case popular
        /// As much as a node holds of a stranger (or `claims`), drawn from all, before anybody else.
        case everything
        /// The profile of a random honest user, each item a moment after its original.
        case copies
        /// As `copies`, but what is pushed comes last: first be of use, then betray.
        case betrayal
        /// As `copies`, but all of it comes last.
        case late
        /// Half as `popular`; the other half claims things that nobody will ever find, so that all others
        /// look rare.
        case decoys
    }

    public var plan = Plan.copies
    public var sybils = 10_000
    public var items = 10
    /// Claims of each in the plan `everything`, beside what is pushed; at most what a node holds.
    public var claims = claimsPerStranger
    public var seed: UInt64 = 1

    /// Records held of one stranger's feed (`CoreLimits.strangerRecords`).
    public static let claimsPerStranger = 256

    public init() {}

    /// `plan=copies,sybils=10000,items=10,claims=256,seed=1`, each part optional; nil for anything else.
    public init?(_ text: String) {
        for part in text.split(separator: ",") {
            let sides = part.split(separator: "=", maxSplits: 1)
            guard sides.count == 2 else { return nil }
            let number = Int(sides[1])
            switch (sides[0], number) {
            case ("sybils", let number?) where (1...1_000_000).contains(number): sybils = number
            case ("items", let number?) where (1...100).contains(number): items = number
            case ("claims", let number?) where (1...Self.claimsPerStranger).contains(number):
                claims = number
            case ("seed", let number?) where number >= 0: seed = UInt64(number)
            case ("plan", _):
                guard let chosen = Plan(rawValue: String(sides[1])) else { return nil }
                plan = chosen
            default: return nil
            }
        }
    }

    /// The same data with the attack in it; test and trust are left as they are. Names of Sybils and
    /// spam begin with `~`. Throws `.content` when train has no times or nobody to copy.
    public func applied(to data: EvaluationData) throws(EvaluationFailure) -> EvaluationData {
        let honest = (0..<data.users.count).filter { !data.train.entries($0).isEmpty }
        guard let arrivals = data.arrivals, !honest.isEmpty else {
            throw EvaluationFailure(
                code: .content, operation: "attack by claims",
                message: "train is empty, or has no times; --arrivals draws some")
        }
        let scene = Scene(data, arrivals, honest: honest)
        var random = SeededRandom(seed: seed, stream: "claim attack")
        let spam = (0..<items).map { "~spam-\($0)" }
        var train = scene.rows
        for number in 0..<sybils {
            let name = "~sybil-\(number)"
            let own = claims(of: number, scene, &random)
            let pushed = plan == .betrayal || plan == .late ? scene.last : scene.first
            let weight = own.map(\.weight).max() ?? 1
            train += own.map {
                .init(user: name, item: $0.item, weight: $0.weight, time: $0.time)
            }
            train += spam.map { .init(user: name, item: $0, weight: weight, time: pushed) }
        }
        return EvaluationData(
            train: InteractionTable(train), test: InteractionTable(scene.test),
            trust: scene.trust, spamItems: Set(spam))
    }

    private typealias Claim = (item: String, weight: Double, time: Instant)

    private func claims(
        of number: Int, _ scene: Scene, _ random: inout SeededRandom
    ) -> [Claim] {
        switch plan {
        case .few: return scene.drawn(5, of: scene.items, &random)
        case .everything:
            let held = max(1, Self.claimsPerStranger - items)
            return scene.drawn(min(claims, held), of: scene.items, &random)
        case .popular: return scene.drawn(40, of: scene.popular, &random)
        case .decoys where number % 2 == 0: return scene.drawn(40, of: scene.popular, &random)
        case .decoys: return (0..<40).map { ("~decoy-\(number)-\($0)", 1, scene.first) }
        case .copies, .betrayal:
            return scene.copied(&random) { $0.advanced(byMilliseconds: 1) }
        case .late: return scene.copied(&random) { _ in scene.last }
        }
    }

    /// The honest part as names, and what an attacker can see of it.
    private struct Scene {
        let data: EvaluationData
        let arrivals: SparseRows
        let honest: [Int]
        /// Before everything, and after it.
        let first: Instant
        let last: Instant
        let items: [String]
        /// The hundred that most have.
        let popular: [String]

        init(_ data: EvaluationData, _ arrivals: SparseRows, honest: [Int]) {
            self.data = data
            self.arrivals = arrivals
            self.honest = honest
            let earliest = UInt64(arrivals.values.min() ?? 0)
            first = Instant(milliseconds: earliest > 0 ? earliest - 1 : 0)
            last = Instant(milliseconds: UInt64(arrivals.values.max() ?? 0))
            let counts = data.train.columnCounts
            let order = counts.indices.filter { counts[$0] > 0 }
                .sorted { (-counts[$0], $0) < (-counts[$1], $1) }
            items = order.map { data.items[$0] }
            popular = Array(items.prefix(100))
        }

        var rows: [InteractionTable.Row] {
            honest.flatMap { user in
                data.train.entries(user).map { entry in
                    InteractionTable.Row(
                        user: data.users[user], item: data.items[Int(data.train.columns[entry])],
                        weight: data.train.values[entry],
                        time: Instant(milliseconds: UInt64(arrivals.values[entry])))
                }
            }
        }

        var test: [InteractionTable.Row] {
            (0..<data.users.count).flatMap { user in
                data.test.row(user).map {
                    InteractionTable.Row(user: data.users[user], item: data.items[Int($0)])
                }
            }
        }

        var trust: [TrustPair] {
            (0..<data.trust.rowCount).flatMap { source in
                data.trust.entries(source).map { entry in
                    TrustPair(
                        source: data.users[source],
                        target: data.users[Int(data.trust.columns[entry])],
                        weight: data.trust.values[entry])
                }
            }
        }

        func drawn(_ count: Int, of names: [String], _ random: inout SeededRandom) -> [Claim] {
            var chosen: [String] = []
            var seen = Set<String>()
            while chosen.count < min(count, names.count) {
                let name = names[random.below(names.count)]
                if seen.insert(name).inserted { chosen.append(name) }
            }
            return chosen.map { ($0, 1, first) }
        }

        func copied(_ random: inout SeededRandom, time: (Instant) -> Instant) -> [Claim] {
            let user = honest[random.below(honest.count)]
            return data.train.entries(user).map { entry in
                (
                    data.items[Int(data.train.columns[entry])], data.train.values[entry],
                    time(Instant(milliseconds: UInt64(arrivals.values[entry])))
                )
            }
        }
    }
}
