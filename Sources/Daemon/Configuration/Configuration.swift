import Primitives

/// The settings of one node: defaults, changed by the file, the environment and flags, in this order.
public struct Configuration: Hashable, Sendable {
    public var node = Node()
    public var gossip = Gossip()
    public var ranking = Ranking()
    public var privacy = Privacy()
    public var store = Store()
    public var log = Log()
    /// Where each setting that is no default comes from.
    public internal(set) var origins: [Setting: SettingOrigin] = [:]

    public struct Node: Hashable, Sendable {
        public var name = "node"
        public var network = "main"
        /// `tcp://HOST:PORT` each.
        public var listen = ["tcp://127.0.0.1:\(Configuration.standardPort)"]
        /// Addresses for invitations; the listening ones when empty.
        public var announce: [String] = []
    }
    public struct Gossip: Hashable, Sendable {
        public var antiEntropySeconds = 60
        public var peerExchange = PeerExchange.public
        /// Says on the local net where this node is, and listens to others who do.
        public var lanDiscovery = false
    }
    public struct Ranking: Hashable, Sendable {
        public var mode = RankingMode.balanced
        /// 0: interactions do not age.
        public var halfLifeDays = 365.0
        public var debounceMilliseconds = 200
    }
    public struct Privacy: Hashable, Sendable {
        /// Likes and trust are always shared unless said otherwise; plays only with this.
        public var sharePlays = false
        /// How long, on average, what is published stays with one friend before others are told.
        public var stemSeconds = 0
    }
    public struct Store: Hashable, Sendable {
        public var budgetMebibytes = 1024
    }
    public struct Log: Hashable, Sendable {
        public var level = LogLevel.notice
    }

    /// Where `init` starts to look for a free port: below the ephemeral range of Linux (32768) and
    /// used by no program that runs beside a music player.
    public static let standardPort: UInt16 = 27_170

    public init() {}

    /// Sets one setting, or throws a phrase-worthy failure that names the key and what is allowed.
    public mutating func set(
        _ setting: Setting, to value: SettingValue, origin: SettingOrigin, source: String
    ) throws(ConfigurationFailure) {
        guard let checked = value.checked(for: setting.kind) else {
            throw ConfigurationFailure(
                message: "\(source): \(setting.rawValue) has to be \(setting.allowed)",
                hint: "the default is \(Configuration().value(of: setting).toml)")
        }
        apply(setting, checked)
        origins[setting] = origin
    }

    /// The value of a setting, as it would stand in the file.
    public func text(of setting: Setting) -> String { value(of: setting).toml }

    public func origin(of setting: Setting) -> SettingOrigin { origins[setting] ?? .standard }

    private mutating func apply(_ setting: Setting, _ value: SettingValue) {
        switch (setting, value) {
        case (.nodeName, .text(let text)): node.name = text
        case (.nodeNetwork, .text(let text)): node.network = text
        case (.nodeListen, .list(let list)): node.listen = list
        case (.nodeAnnounce, .list(let list)): node.announce = list
        case (.gossipAntiEntropySeconds, .integer(let value)): gossip.antiEntropySeconds = value
        case (.gossipPeerExchange, .text(let text)):
            gossip.peerExchange = PeerExchange(rawValue: text) ?? .off
        case (.gossipLanDiscovery, .flag(let value)): gossip.lanDiscovery = value
        case (.rankingMode, .text(let text)):
            ranking.mode = RankingMode(rawValue: text) ?? .balanced
        case (.rankingHalfLifeDays, .decimal(let value)): ranking.halfLifeDays = value
        case (.rankingDebounceMilliseconds, .integer(let value)):
            ranking.debounceMilliseconds = value
        case (.privacySharePlays, .flag(let value)): privacy.sharePlays = value
        case (.privacyStemSeconds, .integer(let value)): privacy.stemSeconds = value
        case (.storeBudgetMebibytes, .integer(let value)): store.budgetMebibytes = value
        case (.logLevel, .text(let text)): log.level = LogLevel(rawValue: text) ?? .notice
        default: broken("a checked value has the kind of its setting")
        }
    }

    func value(of setting: Setting) -> SettingValue {
        switch setting {
        case .nodeName: .text(node.name)
        case .nodeNetwork: .text(node.network)
        case .nodeListen: .list(node.listen)
        case .nodeAnnounce: .list(node.announce)
        case .gossipAntiEntropySeconds: .integer(gossip.antiEntropySeconds)
        case .gossipPeerExchange: .text(gossip.peerExchange.rawValue)
        case .gossipLanDiscovery: .flag(gossip.lanDiscovery)
        case .rankingMode: .text(ranking.mode.rawValue)
        case .rankingHalfLifeDays: .decimal(ranking.halfLifeDays)
        case .rankingDebounceMilliseconds: .integer(ranking.debounceMilliseconds)
        case .privacySharePlays: .flag(privacy.sharePlays)
        case .privacyStemSeconds: .integer(privacy.stemSeconds)
        case .storeBudgetMebibytes: .integer(store.budgetMebibytes)
        case .logLevel: .text(log.level.rawValue)
        }
    }
}
