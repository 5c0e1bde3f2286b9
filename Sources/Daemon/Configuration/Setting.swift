/// The settings, by the keys that they have in the file.
///
/// One table for the file, the environment and the command line: a setting that is not here does
/// not exist, and is refused by name.
public enum Setting: String, CaseIterable, Hashable, Sendable {
    case nodeName = "node.name"
    case nodeNetwork = "node.network"
    case nodeListen = "node.listen"
    case nodeAnnounce = "node.announce"
    case gossipAntiEntropySeconds = "gossip.anti_entropy_seconds"
    case gossipPeerExchange = "gossip.peer_exchange"
    case gossipLanDiscovery = "gossip.lan_discovery"
    case rankingMode = "ranking.mode"
    case rankingHalfLifeDays = "ranking.half_life_days"
    case rankingDebounceMilliseconds = "ranking.debounce_milliseconds"
    case privacySharePlays = "privacy.share_plays"
    case privacyStemSeconds = "privacy.stem_seconds"
    case storeBudgetMebibytes = "store.budget_mib"
    case logLevel = "log.level"

    /// What a value may be.
    enum Kind: Hashable, Sendable {
        /// Printable text of at most this many bytes of UTF-8.
        case text(limitBytes: Int)
        case choice([String])
        /// `tcp://HOST:PORT` each.
        case addresses
        case integer(ClosedRange<Int>)
        case decimal(ClosedRange<Double>)
        case flag
    }

    var kind: Kind {
        switch self {
        case .nodeName: .text(limitBytes: 64)
        case .nodeNetwork: .text(limitBytes: 64)
        case .nodeListen, .nodeAnnounce: .addresses
        case .gossipAntiEntropySeconds: .integer(1...3600)
        case .privacyStemSeconds: .integer(0...120)
        case .gossipPeerExchange: .choice(PeerExchange.allCases.map(\.rawValue))
        case .rankingMode: .choice(RankingMode.allCases.map(\.rawValue))
        case .rankingHalfLifeDays: .decimal(0...36_500)
        case .rankingDebounceMilliseconds: .integer(0...600_000)
        case .privacySharePlays, .gossipLanDiscovery: .flag
        case .storeBudgetMebibytes: .integer(16...1_048_576)
        case .logLevel: .choice(LogLevel.allCases.map(\.rawValue))
        }
    }

    /// One line for the file that `init` writes and for the documentation.
    public var summary: String {
        switch self {
        case .nodeName: "what this node calls itself; never sent"
        case .nodeNetwork: "only nodes of the same network exchange records"
        case .nodeListen: "where peers may connect; 127.0.0.1 is this machine alone"
        case .nodeAnnounce: "addresses written into invitations; the listening ones when empty"
        case .gossipAntiEntropySeconds: "how often peers compare what they have"
        case .gossipPeerExchange:
            "off; public: peers tell each other of nodes that anybody can reach; local: private addresses too"
        case .gossipLanDiscovery: "whether nodes of the local net find each other by multicast"
        case .rankingMode:
            "trusted: exact, with proofs; balanced: trust admits, taste decides; discover: strangers "
                + "may earn a hearing"
        case .rankingHalfLifeDays: "age at which an interaction counts half; 0 turns it off"
        case .rankingDebounceMilliseconds: "rest after a change before ranking again"
        case .privacySharePlays: "whether `vouchbird play` publishes without --share"
        case .privacyStemSeconds:
            "how long what you publish stays with one friend before others are told; 0: all at once"
        case .storeBudgetMebibytes: "disk for what other people published"
        case .logLevel: "trace, debug, info, notice, warning, error or critical"
        }
    }

    /// The variable of the environment: `VOUCHBIRD_NODE_NAME` for `node.name`.
    public var environmentName: String {
        "VOUCHBIRD_" + rawValue.uppercased().replacing(".", with: "_")
    }

    /// A phrase that says what a value may be.
    public var allowed: String {
        switch kind {
        case .text(let limit): "text of 1 to \(limit) bytes without control characters"
        case .choice(let names): "one of " + names.joined(separator: ", ")
        case .addresses: "a list of tcp://HOST:PORT, port 1 to 65535"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .decimal(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
        case .flag: "true or false"
        }
    }
}

/// How recommendations are made unless a request names an engine (`docs/ranking.md`, "Modes").
public enum RankingMode: String, CaseIterable, Hashable, Sendable, Codable {
    /// Every voice in proportion to trust: exact, with the proofs.
    case trusted
    /// Trust decides who is heard, likeness of taste how much.
    case balanced
    /// As `balanced`, and strangers who had items before their person found them are heard a little.
    case discover

    /// The name of the engine behind it.
    public var engine: String {
        switch self {
        case .trusted: "tsalsa"
        case .balanced: "taste"
        case .discover: "discover"
        }
    }
}

/// The levels of swift-log, by their names.
public enum LogLevel: String, CaseIterable, Hashable, Sendable {
    case trace, debug, info, notice, warning, error, critical
}

/// Where the value of a setting comes from.
public enum SettingOrigin: Hashable, Sendable, CustomStringConvertible {
    case standard
    case file(line: Int?)
    case environment
    case flag

    public var description: String {
        switch self {
        case .standard: "default"
        case .file(let line): line.map { "file, line \($0)" } ?? "file"
        case .environment: "environment"
        case .flag: "command line"
        }
    }
}
