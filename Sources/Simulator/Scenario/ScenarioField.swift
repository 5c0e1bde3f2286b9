/// One key of a scenario file: its name, what it may be, and where it goes.
public struct ScenarioField: Sendable {
    public enum Kind: Sendable {
        case integer(any WritableKeyPath<Scenario, Int> & Sendable, ClosedRange<Int>)
        case decimal(any WritableKeyPath<Scenario, Double> & Sendable, ClosedRange<Double>)
        case flag(any WritableKeyPath<Scenario, Bool> & Sendable)
        case choice(any WritableKeyPath<Scenario, String> & Sendable, [String])
        case text(any WritableKeyPath<Scenario, String> & Sendable)
    }

    /// `section.key`.
    public let name: String
    public let kind: Kind
    public let summary: String
    /// A swarm draws it from the seed, 0 up to what is stated.
    public let isDrawn: Bool
    /// It is drawn from a stream of its own: what older keys draw does not depend on it.
    let hasOwnStream: Bool

    init(
        _ name: String, _ kind: Kind, _ summary: String, isDrawn: Bool = false,
        hasOwnStream: Bool = false
    ) {
        self.name = name
        self.kind = kind
        self.summary = summary
        self.isDrawn = isDrawn
        self.hasOwnStream = hasOwnStream
    }

    /// What the key may be, for people.
    public var allowed: String {
        switch kind {
        case .integer(_, let range): "\(range.lowerBound) to \(range.upperBound)"
        case .decimal(_, let range): "\(range.lowerBound) to \(range.upperBound)"
        case .flag: "true or false"
        case .choice(_, let names): names.joined(separator: " or ")
        case .text: "text"
        }
    }

    /// The value of this key in a scenario, as TOML.
    public func toml(in scenario: Scenario) -> String {
        switch kind {
        case .integer(let path, _): "\(scenario[keyPath: path])"
        case .decimal(let path, _): "\(scenario[keyPath: path])"
        case .flag(let path): "\(scenario[keyPath: path])"
        case .choice(let path, _), .text(let path):
            "\"\(scenario[keyPath: path].filter { $0 != "\"" && $0 != "\\" })\""
        }
    }

    public static let all: [ScenarioField] =
        run + people + network + faults + adversaries + recommendation

    private static let run: [ScenarioField] = [
        ScenarioField("run.summary", .text(\.summary), "what the scenario is for"),
        ScenarioField(
            "run.fidelity", .choice(\.fidelity, ["protocol", "full", "model"]),
            "protocol: keyed-hash signatures; full: Ed25519; model: flat arrays, no core"
        ),
        ScenarioField(
            "run.checks", .choice(\.checks, ["full", "light"]),
            "full: every event is checked; light: acknowledged records, counts and the end"),
        ScenarioField(
            "run.agreement", .choice(\.agreement, ["all", "held"]),
            "all: in the end everybody agrees on every trusted feed; held: whoever holds it"),
        ScenarioField(
            "run.swarm", .flag(\.isSwarm),
            "each seed draws which faults and adversaries are on, up to what is stated"),
        ScenarioField(
            "run.active_seconds", .integer(\.activeSeconds, 1...1_000_000),
            "virtual seconds with workload and faults"),
        ScenarioField(
            "run.settle_seconds", .integer(\.settleSeconds, 0...1_000_000),
            "virtual seconds of quiet afterwards, before liveness is checked"),
        ScenarioField(
            "run.sample_seconds", .integer(\.sampleSeconds, 1...1_000_000),
            "virtual seconds between two rows of a metric"),
        ScenarioField(
            "run.warm_up_seconds", .integer(\.warmUpSeconds, 0...1_000_000),
            "virtual seconds after which figures of traffic and delay begin anew"),
    ]

    private static let people: [ScenarioField] = [
        ScenarioField(
            "nodes.honest", .integer(\.honestNodes, 2...2_000_000), "honest nodes, one user each"),
        ScenarioField(
            "nodes.links", .integer(\.dialledLinks, 1...64), "links that each node dials"),
        ScenarioField(
            "nodes.dialled_twice", .decimal(\.dialledTwice, 0...1),
            "share of links that both ends dial"),
        ScenarioField(
            "nodes.old", .integer(\.oldNodes, 0...2_000_000),
            "honest nodes, from the first, that know no push trees, as an earlier version"),
        count(
            "nodes.behind_nat", \.behindNAT,
            "honest nodes that dial and cannot be dialled", isLate: true),
        ScenarioField(
            "nodes.store", .choice(\.store, ["memory", "sqlite"]),
            "disk of honest nodes; sqlite: own.db and net.db on a disk that fails, under full only"),
        ScenarioField(
            "nodes.store_percent", .integer(\.fileSeedPercent, 0...100),
            "seeds of a swarm with that store; the others have memory"),
        ScenarioField(
            "trust.neighbours", .integer(\.trustNeighbours, 2...64),
            "people whom each user trusts: a ring, rewired (Watts & Strogatz 1998)"),
        ScenarioField(
            "trust.rewiring", .decimal(\.rewiring, 0...1), "share of trust edges that go anywhere"),
        ScenarioField(
            "trust.free_riders", .integer(\.freeRiders, 0...1_000),
            "honest users whom nobody trusts"),
        ScenarioField(
            "workload.action_seconds", .decimal(\.actionSeconds, 0.01...1e6),
            "mean seconds between two statements of one user"),
        ScenarioField(
            "workload.model_records", .integer(\.modelRecords, 1...1_000_000),
            "records that fidelity model follows through the network"),
        ScenarioField(
            "workload.authors", .integer(\.authors, 0...2_000_000),
            "honest users, from the first, who say anything; the others listen; 0: all"),
        ScenarioField("workload.items", .integer(\.items, 1...1_000_000), "items in the world"),
        ScenarioField(
            "workload.retractions", .decimal(\.retractions, 0...1),
            "share of statements that take an earlier one back"),
        ScenarioField(
            "ranking.answer", .choice(\.rankingAnswer, ["flow", "engine"]),
            "flow: trust flow only; engine: the whole `taste` engine"),
        ScenarioField(
            "ranking.debounce_seconds", .decimal(\.rankingDebounceSeconds, 0.05...1e6),
            "quiet time before a node ranks"),
        ScenarioField(
            "gossip.anti_entropy_seconds", .integer(\.antiEntropySeconds, 1...86_400),
            "interval of anti-entropy"),
        ScenarioField(
            "gossip.upstreams", .integer(\.upstreams, 0...8),
            "links that push one feed to a node; 0: no push trees"),
        ScenarioField(
            "gossip.trusted_upstreams", .integer(\.trustedUpstreams, 0...8),
            "the same for feeds of whom the user trusts"),
        ScenarioField(
            "limits.feeds", .integer(\.feedLimit, 0...1_000_000),
            "feeds that a node holds; 0: as in the daemon"),
        ScenarioField(
            "limits.strangers", .integer(\.strangerLimit, 0...1_000_000),
            "strangers' feeds that a node holds; 0: as in the daemon"),
        ScenarioField(
            "limits.proofs", .integer(\.proofLimit, 0...1_000_000),
            "fork proofs that a node holds; 0: as in the daemon"),
        ScenarioField(
            "limits.feed_records", .integer(\.feedRecordLimit, 0...1_000_000),
            "records that a node holds of a feed that trust reaches; 0: as in the daemon"),
        ScenarioField(
            "limits.stranger_records", .integer(\.strangerRecordLimit, 0...1_000_000),
            "records that a node holds of a stranger's feed; 0: as in the daemon"),
        ScenarioField(
            "limits.checkpoint_span", .integer(\.checkpointSpan, 0...1_000_000),
            "a checkpoint stands at each multiple of it; 0: as in the daemon"),
        ScenarioField(
            "limits.store_kib", .integer(\.storeKibibytes, 0...1_000_000_000),
            "budget for what others published; 0: as in the daemon"),
        ScenarioField(
            "limits.descriptors", .integer(\.descriptors, 0...1_000_000),
            "open files of each daemon, for simnet local only; 0: those of simnet"),
        ScenarioField(
            "limits.memory_mebibytes", .integer(\.memoryMebibytes, 0...1_000_000),
            "memory of each daemon, for simnet local only; 0: that of simnet"),
    ]

    private static let network: [ScenarioField] = [
        ScenarioField(
            "network.prefixes", .integer(\.netgroups, 1...65_536),
            "prefixes (/24 of IPv4) that the addresses of hosts are drawn from"),
        ScenarioField(
            "network.discovery", .flag(\.hasDiscovery),
            "nodes exchange addresses and dial whom their overlay chooses; a swarm: some seeds"),
        ScenarioField(
            "network.anchors", .integer(\.anchors, 1...64),
            "with discovery, honest peers that each user named, in place of nodes.links"),
        ScenarioField(
            "network.counts_prefixes", .flag(\.countsPrefixes),
            "false: nodes see each key of an eclipser in a prefix of its own, as if they counted keys"
        ),
        ScenarioField(
            "network.probe_rest_seconds", .integer(\.probeRestSeconds, 0...86_400),
            "how long an overlay leaves a host alone that did not answer"),
        ScenarioField(
            "network.delay_milliseconds", .integer(\.delayMilliseconds, 0...60_000),
            "smallest one-way delay of a link; each link adds up to as much again"),
        ScenarioField(
            "network.jitter_milliseconds", .integer(\.jitterMilliseconds, 0...60_000),
            "what each frame adds, uniformly"),
        ScenarioField(
            "network.loss_per_million", .integer(\.lossPerMillion, 0...1_000_000),
            "frames that are lost, each with its connection"),
        ScenarioField(
            "network.resent_per_million", .integer(\.resentPerMillion, 0...1_000_000),
            "frames that lose a packet and come 200 ms later, with all behind them"),
        ScenarioField(
            "network.bytes_per_second", .integer(\.bytesPerSecond, 0...1_000_000_000),
            "what one direction of a link carries; 0: no bound"),
        ScenarioField(
            "disk.own_commit_milliseconds", .integer(\.ownCommitMilliseconds, 0...60_000),
            "a commit that is on the disk when it is answered"),
        ScenarioField(
            "disk.net_commit_milliseconds", .integer(\.netCommitMilliseconds, 0...60_000),
            "a commit that a power cut may take"),
        ScenarioField(
            "disk.answer_milliseconds", .integer(\.answerMilliseconds, 0...60_000),
            "from the disk back to the node"),
    ]

    private static let faults: [ScenarioField] = [
        count("faults.halves", \.halves, "partitions into two halves"),
        count("faults.isolations", \.isolations, "partitions that cut one node off"),
        count("faults.one_way", \.oneWayCuts, "links that carry frames in one direction only"),
        ScenarioField(
            "faults.partition_seconds", .integer(\.partitionSeconds, 1...86_400),
            "longest life of a partition"),
        count("faults.resets", \.resets, "connections that are reset"),
        count("faults.delay_spikes", \.delaySpikes, "links that are slow for a while"),
        count("faults.crashes", \.crashes, "processes that are killed, some at a store operation"),
        count("faults.power_cuts", \.powerCuts, "hosts that lose power"),
        count("faults.old_copies", \.oldCopies, "hosts that are restored from an old copy"),
        count("faults.clock_jumps", \.clockJumps, "wall clocks that jump"),
        count("faults.full_disks", \.fullDisks, "disks that are full for a while"),
        count("faults.broken_disks", \.brokenDisks, "disks that answer with errors for a while"),
        count("faults.stalls", \.stalls, "links that carry nothing for a while", isLate: true),
        count(
            "faults.half_opens", \.halfOpens,
            "links that are gone at one end and open at the other", isLate: true),
        count("faults.storms", \.storms, "resets of half of all links at once", isLate: true),
        count(
            "faults.prefixes", \.prefixes, "partitions that cut one prefix off from all others",
            isLate: true),
        count(
            "faults.pauses", \.pauses,
            "processes that are stopped for a while and go on, some with a clock that stood still",
            isLate: true),
        count(
            "faults.bit_flips", \.bitFlips, "times when bits of a host's files flip; sqlite only",
            isLate: true),
    ]

    private static let adversaries: [ScenarioField] =
        ByzantineKind.allCases.map {
            count("byzantine.\($0.rawValue)", $0.count, $0.summary, isLate: $0.isLate)
        } + [
            ScenarioField(
                "byzantine.spinner_keys", .integer(\.spinnerKeys, 1...10_000),
                "new keys that a spinner makes each second"),
            ScenarioField(
                "byzantine.eclipser_keys", .integer(\.eclipserKeys, 1...250),
                "node keys of an adaptive eclipser, all in its prefix"),
            ScenarioField(
                "byzantine.poisoned_anchors", .integer(\.poisonedAnchors, 0...64),
                "with discovery, hostile peers that each honest user named beside its anchors"),
            ScenarioField(
                "byzantine.links", .integer(\.hostileLinks, 0...1_000),
                "links that each hostile peer dials; 0: one more than honest nodes"),
            ScenarioField(
                "byzantine.from_second", .integer(\.hostileFromSeconds, 0...1_000_000),
                "virtual second at which hostile programs come"),
            count(
                "byzantine.attack_edges", \.attackEdges,
                "honest users that trust a Byzantine author"),
        ]

    private static let recommendation: [ScenarioField] = [
        ScenarioField(
            "recommendation.egos", .integer(\.egos, 0...1_000),
            "users of a community whose lists are judged; 0: nobody's, and users say anything"),
        ScenarioField(
            "recommendation.attack",
            .choice(\.attack, RecommendationAttack.allCases.map(\.rawValue)),
            "who pushes spam items, and how"),
        ScenarioField(
            "recommendation.colluders", .decimal(\.colluders, 0...0.9),
            "share of the community that turns attacker and keeps its friends' trust"),
        ScenarioField(
            "recommendation.sybils", .integer(\.sybilsPerHead, 0...1_000),
            "Sybils of each who turned"),
        ScenarioField(
            "recommendation.team", .integer(\.teamSize, 1...100),
            "who turned and shares Sybils, under teams"),
        ScenarioField(
            "recommendation.spam_items", .integer(\.spamItems, 1...100),
            "items that each team pushes"),
        ScenarioField(
            "recommendation.region_sybils", .integer(\.regionSybils, 1...10_000),
            "Sybils of a sybil-region, or free riders"),
        ScenarioField(
            "recommendation.region_edges", .integer(\.regionEdges, 0...1_000),
            "honest users who trust a sybil-region"),
        ScenarioField(
            "recommendation.likes", .integer(\.likes, 1...1_000), "items of a user, on average"),
        ScenarioField(
            "recommendation.friends", .integer(\.friends, 0...1_000),
            "whom a user trusts, on average"),
        ScenarioField(
            "recommendation.circles", .integer(\.circles, 1...10_000),
            "circles of users who share a taste"),
        ScenarioField(
            "recommendation.held_out", .decimal(\.heldOut, 0.01...0.9),
            "share of each user's items that it does not say, and that lists should find"),
        ScenarioField(
            "recommendation.walks", .integer(\.judgedWalks, 1...1_000_000),
            "walks of the Monte Carlo baseline for each list"),
        ScenarioField(
            "recommendation.twin", .flag(\.hasTwin),
            "run and judge the same network without attackers too"),
        ScenarioField(
            "recommendation.front", .flag(\.hasFront),
            "at the end, judge lists for several restarts of the trust walk too"),
    ]

    private static func count(
        _ name: String, _ path: any WritableKeyPath<Scenario, Int> & Sendable, _ summary: String,
        isLate: Bool = false
    ) -> ScenarioField {
        ScenarioField(
            name, .integer(path, 0...10_000), summary, isDrawn: true, hasOwnStream: isLate)
    }
}
