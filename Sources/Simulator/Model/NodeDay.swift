import NodeCore
import Primitives
import Ranking

/// What one node of a modelled network spends in a day, on average: counts from the network that was built and from
/// the records that were followed, times bytes of the real codec.
struct NodeDay {
    private static let daySeconds = 86_400.0
    /// `CoreConfiguration.fullFrontierRounds`, as it stands by default.
    private static let roundsToWhole = 10.0
    /// Symbols a difference, with what is asked for too much (SketchTests).
    private static let symbolsEach = 1.5

    /// Every figure with its name, in one order.
    let named: [(name: String, value: Double)]

    /// `total` is what `records` records cost together. O(ends x feeds of a node).
    init(
        _ scenario: Scenario, seed: UInt64, _ links: ModelLinks, _ interest: ModelInterest,
        _ total: SpreadCost, records: Int
    ) {
        let nodes = Double(links.nodeCount)
        let ends = Double(links.endCount) / nodes
        let statements = Self.daySeconds / scenario.actionSeconds
        // A user's records cost the whole network this much a day; so much falls on each node.
        func daily(_ count: UInt64) -> Double { Double(count) / Double(records) * statements }
        var held = 0.0
        var told = 0.0
        var lacked = 0.0
        var symbols = 0.0
        for node in 0..<links.nodeCount {
            let feeds = Double(interest.count(node))
            held += feeds / nodes
            for end in links.ends(of: node) {
                let peer = Int(links.peers[end])
                let alone = Double(interest.lacking(peer, of: node))
                let difference = alone + Double(interest.lacking(node, of: peer))
                // Where most differs the whole is told; the sketch that showed it cost its first symbols.
                let isWhole = difference * 4 >= 3 * (feeds + Double(interest.count(peer)))
                told += (isWhole ? feeds : alone) / nodes
                symbols += max(32, isWhole ? 0 : difference * Self.symbolsEach) / 2 / nodes
                lacked += alone / nodes
            }
        }
        let core = CoreLimits()
        let rounds = Self.daySeconds / Double(scenario.antiEntropySeconds)
        let whole = rounds / Self.roundsToWhole
        // What is not taken in is remembered, so its first record is asked for once: here once a day and link.
        let asks = lacked
        let (announced, tells) = (daily(total.announcements), daily(total.tells))
        let entries = announced + tells + told * whole
        // A round of a link, or a second's announcements, are a frame only when there is something to tell.
        let gatherings = Self.gatherings(daily(total.deliveries), core)
        let tellFrames = ends * (rounds - whole) * (1 - Self.chanceOfNone(tells, ends * rounds))
        let announceFrames =
            ends * gatherings * (1 - Self.chanceOfNone(announced, ends * gatherings))
        let pings = ends * Self.daySeconds * 1000 / Double(core.pingMilliseconds)
        let sizes = ModelSizes(scenario, seed: seed)
        let bytes =
            daily(total.copies) * sizes.push + told * whole * sizes.frontierEntry
            + announced * sizes.announceEntry + announceFrames * sizes.announceHeader
            + tells * (scenario.upstreams > 0 ? sizes.announceEntry : sizes.frontierEntry)
            + tellFrames * sizes.frontierHeader + asks * sizes.ask
            + (symbols * sizes.symbol + ends / 2 * sizes.sketchHeader) * whole
            + pings * sizes.ping
        let fresh = daily(total.deliveries)
        let replays = daily(total.copies) - fresh
        let steps = Self.rankings(fresh, scenario) * Self.rankingSteps(held, scenario)
        let units = NodeUnits()
        let seconds =
            (fresh * units.freshRecord + replays * units.replay + entries * units.frontierEntry
                + asks * units.ask + pings * units.ping + steps * units.rankingStep) * 1e-9
        let memory =
            units.nodeBytes + held * (units.feedBytes + ends * units.reachBytes)
            + held * statements * units.recordBytes
        named = [
            ("node.feeds", held), ("node.links", ends), ("node.memory_bytes", memory),
            ("node_day.statements", statements), ("node_day.records_fresh", fresh),
            ("node_day.records_again", replays), ("node_day.announcements", announced + tells),
            ("node_day.frontier_entries", told * whole),
            ("node_day.first_record_asks", asks), ("node_day.ranking_steps", steps),
            ("node_day.bytes_sent", bytes), ("node_day.cpu_seconds", seconds),
        ]
    }

    /// Bytes that the whole network sends a day over records that it delivers a day.
    var bytesPerDelivery: Double {
        let fresh = value("node_day.records_fresh")
        return fresh > 0 ? value("node_day.bytes_sent") / fresh : 0
    }

    private func value(_ name: String) -> Double { named.first { $0.name == name }?.value ?? 0 }

    /// Chance that none of `count` things falls into one of `places`, each as likely.
    private static func chanceOfNone(_ count: Double, _ places: Double) -> Double {
        // (1 - 1 / places) ^ count by squaring would need whole numbers; the series of exp is enough here.
        let rate = count / places
        var term = 1.0
        var sum = 1.0
        for step in 1...60 {
            term *= rate / Double(step)
            sum += term
        }
        return 1 / sum
    }

    /// Times a day that announcements are gathered: from a record on for a while, then from the next.
    private static func gatherings(_ fresh: Double, _ core: CoreLimits) -> Double {
        guard fresh > 0 else { return 0 }
        return daySeconds / (daySeconds / fresh + Double(core.announceMilliseconds) / 1000)
    }

    /// Rankings a day: each fresh record asks for one, and those within the quiet time share it.
    private static func rankings(_ fresh: Double, _ scenario: Scenario) -> Double {
        guard fresh > 0 else { return 0 }
        return daySeconds / (daySeconds / fresh + scenario.rankingDebounceSeconds)
    }

    /// Trust edges touched by one ranking: those of the feeds held, once an iteration.
    private static func rankingSteps(_ held: Double, _ scenario: Scenario) -> Double {
        let parameters = RankingParameters()
        let iterations = TrustFlow.iterations(
            alpha: parameters.alphaTrust, epsilon: parameters.epsilon)
        return Double(iterations * scenario.trustNeighbours) * held
    }
}

/// What one unit of each kind costs a node: nanoseconds and bytes, rounded estimates and no measurements
/// (`docs/research/scaling.md`). They scale the sums; whether a sum grows with the network, counts alone decide.
struct NodeUnits {
    let freshRecord = 6_000.0
    let replay = 700.0
    let frontierEntry = 120.0
    let ask = 3_000.0
    let ping = 2_000.0
    let rankingStep = 3.0

    let nodeBytes = 60_000.0
    let feedBytes = 900.0
    let reachBytes = 8.0
    let recordBytes = 700.0
}
