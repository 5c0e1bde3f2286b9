/// Makes a scenario smaller while the same invariant is violated: fewer faults and adversaries, a shorter
/// horizon, fewer nodes, links and items.
///
/// Greedy and deterministic (Zeller & Hildebrandt 2002, ddmin, over numbers instead of lists): each key is tried at its
/// least value, then halved, then one less, until no single step is left that keeps the violation.
public struct Shrinker {
    /// What a run found first; nil when nothing.
    public struct Finding: Hashable, Sendable {
        public var invariant: String
        public var timeMilliseconds: UInt64
        public var text: String

        public init(invariant: String, timeMilliseconds: UInt64, text: String) {
            self.invariant = invariant
            self.timeMilliseconds = timeMilliseconds
            self.text = text
        }
    }

    /// The smallest so far; never a swarm.
    public private(set) var scenario: Scenario
    public private(set) var finding: Finding
    public private(set) var runs = 0
    private let limit: Int

    /// `scenario` must be resolved and violate as `finding` says. At most `limit` runs.
    public init(_ scenario: Scenario, finding: Finding, limit: Int) {
        self.scenario = scenario
        self.finding = finding
        self.limit = limit
    }

    /// Whether the limit of runs ended it before nothing smaller was left.
    public var isExhausted: Bool { runs >= limit }

    /// Runs candidates by `run` until none smaller violates the same. `progress` hears of every run.
    public mutating func shrink(
        progress: (Shrinker) -> Void = { _ in }, run: (Scenario) throws -> Finding?
    ) rethrows {
        var isSmaller = true
        while isSmaller {
            isSmaller = false
            for key in Self.keys {
                while let better = try step(key, progress, run) {
                    (scenario, finding) = better
                    isSmaller = true
                }
            }
        }
    }

    /// The first smaller value of one key that keeps the violation.
    private mutating func step(
        _ key: Key, _ progress: (Shrinker) -> Void, _ run: (Scenario) throws -> Finding?
    ) rethrows -> (Scenario, Finding)? {
        for candidate in key.smaller(scenario, finding) {
            guard candidate != scenario, runs < limit else { continue }
            runs += 1
            progress(self)
            if let found = try run(candidate), found.invariant == finding.invariant {
                return (candidate, found)
            }
        }
        return nil
    }

    /// One direction to shrink in: smaller scenarios, the smallest first.
    private struct Key: Sendable {
        let smaller: @Sendable (Scenario, Finding) -> [Scenario]
    }

    private static let keys: [Key] = [horizon] + faults + sizes

    /// Nothing after the violation matters; quiet is needed only for what is asked at the end.
    private static let horizon = Key { scenario, finding in
        let seconds = Int(finding.timeMilliseconds / 1000) + 1
        var candidates: [Scenario] = []
        if seconds < scenario.activeSeconds + scenario.settleSeconds {
            var cut = scenario
            cut.activeSeconds = min(scenario.activeSeconds, seconds)
            cut.settleSeconds = min(scenario.settleSeconds, max(0, seconds - cut.activeSeconds))
            candidates.append(cut)
        }
        for active in steps(scenario.activeSeconds, least: 1) {
            var cut = scenario
            cut.activeSeconds = active
            candidates.append(cut)
        }
        return candidates
    }

    private static let faults = ScenarioField.all.filter(\.isDrawn).compactMap { field -> Key? in
        guard case .integer(let path, let range) = field.kind else { return nil }
        return number(path, least: range.lowerBound)
    }

    private static let sizes: [Key] = [
        Key { scenario, _ in
            steps(scenario.honestNodes, least: 2).map { count in
                var cut = scenario
                cut.honestNodes = count
                cut.freeRiders = min(scenario.freeRiders, count - 1)
                cut.behindNAT = min(scenario.behindNAT, count - 1)
                return cut
            }
        },
        number(\.freeRiders, least: 0), number(\.dialledLinks, least: 1),
        number(\.lossPerMillion, least: 0), number(\.resentPerMillion, least: 0),
        number(\.jitterMilliseconds, least: 0),
        number(\.trustNeighbours, least: 2), number(\.items, least: 1), share(\.retractions),
        share(\.rewiring), share(\.dialledTwice),
    ]

    private static func number(
        _ path: any WritableKeyPath<Scenario, Int> & Sendable, least: Int
    ) -> Key {
        Key { scenario, _ in
            steps(scenario[keyPath: path], least: least).map { value in
                var cut = scenario
                cut[keyPath: path] = value
                return cut
            }
        }
    }

    private static func share(_ path: any WritableKeyPath<Scenario, Double> & Sendable) -> Key {
        Key { scenario, _ in
            guard scenario[keyPath: path] > 0 else { return [] }
            var cut = scenario
            cut[keyPath: path] = 0
            return [cut]
        }
    }

    private static func steps(_ value: Int, least: Int) -> [Int] {
        guard value > least else { return [] }
        var steps = [least]
        for next in [(value + least) / 2, value - 1] where next > (steps.last ?? 0) {
            steps.append(next)
        }
        return steps
    }
}

extension Scenario {
    /// The file form with the keys alone that differ from their defaults.
    public var shortTOML: String {
        let usual = Scenario()
        var text = ""
        var section: Substring = ""
        for field in ScenarioField.all where field.toml(in: self) != field.toml(in: usual) {
            let parts = field.name.split(separator: ".")
            if parts[0] != section {
                section = parts[0]
                text += text.isEmpty ? "[\(section)]\n" : "\n[\(section)]\n"
            }
            text += "\(parts[1]) = \(field.toml(in: self))\n"
        }
        return text
    }
}
