import Daemon
import Dispatch
public import Foundation
import Primitives
import Ranking
import Records

/// The main job, shown: a community of real nodes, a Sybil region behind one attack edge, and what
/// each user is recommended.
public struct Demo {
    public struct Options: Sendable {
        public var binary: URL
        public var nodes = 12
        public var sybils = 200
        public var seed: UInt64 = 7
        /// A folder with `train.tsv` and `trust.tsv`; nil: a community from `seed`.
        public var data: URL?
        /// Where the nodes' directories stay; nil: nowhere.
        public var keep: URL?

        public init(binary: URL) { self.binary = binary }
    }

    /// The bars of the demo and the size of the attack.
    enum Bars {
        static let spamItems = 10
        static let top = 20
        static let shown = 10
        /// `recommend` over the control socket.
        static let answerMilliseconds = 100.0
        static let agreementSeconds = 45.0
    }

    private let options: Options
    private let tell: (String) throws(TestbedFailure) -> Void

    /// `tell` gets one line of progress at a time, and may end the demo by throwing.
    public init(
        _ options: Options, tell: @escaping (String) throws(TestbedFailure) -> Void
    ) {
        self.options = options
        self.tell = tell
    }

    /// Runs from the first key to the last figure; nothing runs afterwards, whatever happens.
    public func run() throws(TestbedFailure) -> DemoReport {
        let start = DispatchTime.now()
        let community = try community()
        try tell("community: \(community.origin)")
        for note in community.notes { try tell("  note: \(note)") }
        let network = try LocalNetwork(
            names: community.members.map(\.name),
            settings: LocalNode.Settings(binary: options.binary), keep: options.keep)
        defer { network.close() }
        try tell("keys and databases for \(network.nodes.count) nodes in \(network.directory.path)")
        try network.start()
        try tell("\(network.nodes.count) daemons run on loopback, ports \(ports(network))")

        let cast = try Cast(community: community, network: network)
        let fed = DispatchTime.now()
        try feed(cast)
        let attack = try attack(cast)
        defer { attack.peer.stop() }
        let agreement = try agree(cast, attack: attack, since: fed)
        let observation = try Observation(cast: cast, region: attack.region, tell: tell)
        try tell("stopping \(network.nodes.count) daemons")
        network.close()
        return report(
            cast, attack, agreement, observation,
            seconds: DispatchTime.now().seconds(since: start))
    }

    private func community() throws(TestbedFailure) -> Community {
        guard let folder = options.data else {
            return Community.synthetic(count: options.nodes, seed: options.seed)
        }
        return try Community.dataSet(folder: folder, count: options.nodes)
    }

    private func ports(_ network: LocalNetwork) -> String {
        let ports = network.nodes.map(\.port).sorted()
        return "\(ports.first ?? 0) to \(ports.last ?? 0)"
    }
}

// MARK: Acts

extension Demo {
    /// Links the nodes of those who trust each other, and publishes what each user says on that
    /// user's own node.
    private func feed(_ cast: Cast) throws(TestbedFailure) {
        var links = 0
        for pair in cast.trustPairs {
            try cast.network.connect(cast.nodes[pair.0], to: cast.nodes[pair.1])
            links += 1
        }
        try tell("\(links) links, each between two nodes whose users know each other")
        var titled: Set<String> = []
        var drafts = 0
        for (member, node) in zip(cast.community.members, cast.nodes) {
            let own = cast.drafts(of: member, titled: &titled)
            try node.publish(own)
            drafts += own.count
        }
        try tell("\(drafts) signed records, each written on its own user's node")
    }

    struct Attack {
        var region: SybilRegion
        var peer: RegionPeer
        /// Index of the member who trusts the region's gate.
        var victim: Int
        /// Index of the node that the attacker's peer dials.
        var entry: Int
    }

    private func attack(_ cast: Cast) throws(TestbedFailure) -> Attack {
        let now = Clock.wall()
        let region: SybilRegion
        do {
            region = try SybilRegion(
                SybilRegion.Plan(
                    count: options.sybils, seed: options.seed, network: cast.networkID,
                    camouflage: cast.community.itemsByPopularity.prefix(40).compactMap {
                        ItemID($0)
                    },
                    spam: SybilRegion.spamItems(count: Bars.spamItems),
                    start: Instant(milliseconds: now.milliseconds - 60_000)))
        } catch {
            throw TestbedFailure(
                code: .process, operation: "make the region", message: "\(error)")
        }
        let victim = cast.victim
        let entry = (victim + 1) % cast.nodes.count
        let peer = RegionPeer(region: region, network: cast.networkID)
        guard let key = NodeKey(hex: cast.identities[entry].nodeKey) else {
            throw TestbedFailure(
                code: .answer, operation: "attack", message: "the node key is no key")
        }
        peer.start(address: cast.nodes[entry].address, nodeKey: key)
        try cast.nodes[victim].publish([
            Draft(kind: .trust, author: region.gate.text, weight: 1)
        ])
        try tell(
            "attack: \(region.identities.count) identities, \(region.recordCount) records, served "
                + "by one peer to \(cast.name(entry)); \(cast.name(victim)) trusts one of them")
        return Attack(region: region, peer: peer, victim: victim, entry: entry)
    }

    private func agree(
        _ cast: Cast, attack: Attack, since start: DispatchTime
    ) throws(TestbedFailure) -> DemoReport.Agreement {
        let feeds = cast.nodes.count + attack.region.identities.count
        var lastTold = DispatchTime.now()
        let look: AgreementMonitor.Look
        do {
            look = try AgreementMonitor(nodes: cast.nodes).wait(
                feeds: feeds, seconds: Bars.agreementSeconds
            ) { (look) throws(TestbedFailure) in
                guard DispatchTime.now().seconds(since: lastTold) >= 1 else { return }
                lastTold = DispatchTime.now()
                try tell(
                    "  \(look.agreeing) of \(cast.nodes.count) agree, "
                        + "\(look.known.min() ?? 0) to \(look.known.max() ?? 0) records known")
            }
        } catch {
            var failure = error
            if let complaint = attack.peer.progress.failure {
                failure.cause += "the attacker's peer: \(complaint)"
            }
            throw failure
        }
        let seconds = DispatchTime.now().seconds(since: start)
        var bytes: UInt64 = 0
        for node in cast.nodes {
            let store = try node.status().store
            bytes += store.ownBytes + store.netBytes
        }
        try tell(
            "agreement after \(seconds.text(1)) s: \(look.known[0]) records of \(look.feeds[0]) "
                + "feeds on every node")
        return DemoReport.Agreement(
            seconds: seconds, feeds: look.feeds[0], records: look.known[0], storeBytes: bytes,
            digest: look.digests[0])
    }
}

extension DispatchTime {
    func seconds(since start: DispatchTime) -> Double {
        Double(uptimeNanoseconds - start.uptimeNanoseconds) / 1e9
    }
}

extension Double {
    func text(_ digits: Int) -> String { String(format: "%.\(digits)f", self) }
}
