import Cryptography
import NodeCore
import Primitives
import Records

/// Makes key pairs of the fidelity that a scenario asks for.
struct KeyMaker {
    let isReal: Bool
    let scheme: any SignatureScheme
    private let keyed: KeyedHashScheme

    init(isReal: Bool, seed: UInt64) {
        self.isReal = isReal
        keyed = KeyedHashScheme(seed: seed)
        scheme = isReal ? Ed25519Scheme() : keyed
    }

    func signer(_ random: inout SeededRandom) -> any Signer {
        guard isReal else { return KeyedHashSigner(random: &random, scheme: keyed) }
        let seed = (0..<SigningKey.seedBytes).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        do {
            return try SigningKey(seed: seed)
        } catch {
            broken("a 32-byte seed makes a key: \(error)")
        }
    }
}

/// The world at the start: hosts, topology, trust, users.
extension Simulation {
    func build(_ keys: KeyMaker) {
        var topology = SeededRandom(seed: seed, stream: "topology")
        for index in 0..<scenario.honestNodes { addHost(index, keys, .honest) }
        for kind in ByzantineKind.allCases {
            for number in 0..<scenario[keyPath: kind.count] {
                for key in 0..<(kind == .adaptiveEclipser ? scenario.eclipserKeys : 1) {
                    addHost(
                        hosts.count, keys, .honest,
                        at: kind == .adaptiveEclipser ? eclipserAddress(number, key) : nil)
                    let host = hosts[hosts.count - 1]
                    host.role = role(kind, host, keys)
                }
            }
        }
        addColluders(keys)
        hideBehindNAT()
        // A ring keeps the honest connected through the honest.
        for index in 0..<scenario.honestNodes {
            addEdge(index, (index + 1) % scenario.honestNodes, &topology)
            let named = scenario.hasDiscovery ? scenario.anchors : scenario.dialledLinks
            for _ in 1..<max(1, named) {
                addEdge(index, topology.below(scenario.honestNodes), &topology)
            }
            dialPastNAT(index, &topology)
        }
        let hostileLinks =
            scenario.hostileLinks > 0 ? scenario.hostileLinks : scenario.dialledLinks + 1
        for host in hosts where !host.isHonest && !dialsByItself(host) {
            for _ in 0..<hostileLinks {
                addEdge(host.index, topology.below(scenario.honestNodes), &topology)
            }
            guard !host.isProgram else { continue }
            addEdge(topology.below(scenario.honestNodes), host.index, &topology)
        }
        nameHostileAnchors()
        oracle.meet(hosts)
    }

    /// `place`: where it is; nil: where the seed draws.
    @discardableResult
    func addHost(
        _ index: Int, _ keys: KeyMaker, _ role: Host.Role, at place: NetworkAddress? = nil
    ) -> Host {
        var random = SeededRandom(seed: seed, stream: "host \(index)")
        let signer = keys.signer(&random)
        let nodeBytes = (0..<Bytes32.count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let nodeSigner = nodeSigner(index, keys)
        guard
            let nodeKey = nodeSigner.map({ scheme.nodeKey(of: $0.publicKey) }) ?? NodeKey(nodeBytes)
        else { broken("a key has 32 bytes") }
        let store = MemoryStore(owner: signer.publicKey, keepsJournal: scenario.hasPowerCuts)
        let host = Host(
            index: index, signer: signer, nodeKey: nodeKey, address: place ?? address(index),
            role: role, random: random, store: store)
        // Hostile peers keep their promises to nobody: theirs is in memory.
        if scenario.hasFiles, index < scenario.honestNodes { makeFiles(host) }
        hosts.append(host)
        host.nodeSigner = nodeSigner
        host.overlaySeed = overlaySeed(index)
        discovery.places[host.address] = index
        return host
    }

    private func role(_ kind: ByzantineKind, _ host: Host, _ keys: KeyMaker) -> Host.Role {
        let persona = Persona(signer: host.signer, network: network, scheme: scheme)
        switch kind {
        case .silent: return .filtered(.silent)
        case .censor: return .filtered(.censor(hosts[0].publicKey))
        case .frontierLiar: return .filtered(.frontierLiar)
        case .scoreGamer:
            return .filtered(.silentFrom(milliseconds: UInt64(scenario.activeSeconds) * 500))
        case .slowReader:
            host.readsBytesPerSecond = 1_024
            return .filtered(.none)
        case .addressPoisoner:
            return .program(AddressPoisoner(nodePersona(host), at: host.address, lies(keys)))
        case .adaptiveEclipser: return .program(eclipser(host))
        case .dropper: return .program(Dropper())
        case .duplicateFlooder: return .program(Replayer(.newest))
        case .replayer: return .program(Replayer(.oldest))
        case .signatureFlooder: return .program(SignatureFlooder())
        case .halvesForker: return .program(Forker(persona, .halves, forkAt: 3))
        case .victimForker: return .program(Forker(persona, .victim, forkAt: 5))
        case .lateForker: return .program(Forker(persona, .late, forkAt: 4))
        case .gapMaker: return .program(GapMaker(persona))
        case .futureDater:
            let stray = Persona(
                signer: keys.signer(&host.random), network: network, scheme: scheme)
            return .program(FutureDater(persona, stray: stray))
        case .authorFlooder: return .program(AuthorFlooder(persona))
        case .elementBomber: return .program(ElementBomber())
        case .keySpinner:
            return .program(
                KeySpinner(persona, keysPerSecond: scenario.spinnerKeys) { keys.signer(&$0) })
        }
    }

    func addEdge(_ from: Int, _ to: Int, _ random: inout SeededRandom) {
        guard from != to,
            !hosts[from].edges.contains(where: { edges[$0].listener == to })
        else { return }
        hosts[from].edges.append(edges.count)
        edges.append(Edge(dialler: from, listener: to))
        let isTwice = random.unit() < scenario.dialledTwice
        if isTwice, !hosts[to].isProgram { addEdge(to, from, &random) }
    }

    /// Starts every host, and gives users their first words.
    func start() {
        for host in hosts {
            if host.isProgram {
                let join = UInt64(scenario.hostileFromSeconds) * 1000
                for edge in host.edges { scheduleDial(edge, after: join + 1) }
                queue.push(.tick(host: host.index), at: join + 1000 + UInt64(host.index))
            } else {
                restart(host)
            }
        }
        if study != nil {
            writeScripts()
        } else {
            for (user, trusted) in trustEdges().enumerated() {
                publishTrust(hosts[user], trusted.map { hosts[$0].publicKey })
                scheduleAct(hosts[user])
            }
        }
        let step = UInt64(scenario.sampleSeconds) * 1000
        queue.push(.sample, at: step)
        let warmUp = UInt64(scenario.warmUpSeconds) * 1000
        if warmUp > 0 { queue.push(.endOfWarmUp, at: warmUp) }
    }

    /// Whom each honest user trusts: Watts & Strogatz over those who are not free riders, the next on the ring
    /// never rewired, so that trust reaches everybody; then the attack edges.
    private func trustEdges() -> [[Int]] {
        var random = SeededRandom(seed: seed, stream: "trust")
        let everybody = scenario.honestNodes - scenario.freeRiders
        let people = scenario.authors > 0 ? min(scenario.authors, everybody) : everybody
        var edges = [[Int]](repeating: [], count: scenario.honestNodes)
        let speaking = scenario.authors > 0 ? people : scenario.honestNodes
        for user in 0..<speaking {
            for step in 1...max(1, min(scenario.trustNeighbours, people - 1)) {
                let isRewired = step > 1 && random.unit() < scenario.rewiring
                let target = isRewired ? random.below(people) : (user + step) % people
                if target != user, !edges[user].contains(target) { edges[user].append(target) }
            }
        }
        let hostile = hosts.count - scenario.honestNodes
        guard hostile > 0 else { return edges }
        for edge in 0..<scenario.attackEdges {
            edges[edge % scenario.honestNodes].append(scenario.honestNodes + edge % hostile)
        }
        return edges
    }

    /// A new process on the disk as it is.
    func restart(_ host: Host) {
        guard !host.isUp, openFiles(host) else { return }
        var node = Node(configuration: configuration(host), scheme: scheme, signer: host.signer)
        for feed in host.store.net.provenFeeds {
            if let proof = host.store.net.proofs[feed] { node.restore(proof) }
        }
        var entries: [StoredEntry] = []
        host.store.forEachEntry { entries.append($0) }
        node.restore(entries)
        let moment = moment(host)
        host.highestWall = moment.wall
        node.restore(host.keptAddresses, at: moment)
        node.finishRestore(at: moment)
        host.start(node)
        oracle.started(host, now)
        for edge in host.edges {
            edges[edge].isStoodDown = false
            scheduleDial(edge, after: UInt64(1 + netRandom.below(200)))
        }
        startDiscovery(host)
        schedule(.turn(host: host.index, life: host.life), after: 1)
    }

    private func configuration(_ host: Host) -> CoreConfiguration {
        var core = CoreConfiguration(
            author: host.publicKey, feed: host.publicKey, nodeKey: host.nodeKey, network: network,
            seed: host.random.next())
        core.antiEntropyMilliseconds = UInt64(scenario.antiEntropySeconds) * 1000
        core.rankDebounceMilliseconds = UInt64(scenario.rankingDebounceSeconds * 1000)
        core.rankDelayMilliseconds = 8 * core.rankDebounceMilliseconds
        // Longer than a partition with the time in which its end is noticed.
        core.ownHeadWaitMilliseconds = host.userIsSure || host.knowsItsHead ? 0 : 120_000
        core.hasLostOwnRecords = host.files?.hasLostOwnRecords ?? false
        core.ownHeadAnchors = max(1, min(core.ownHeadAnchors, anchorCount(of: host)))
        if scenario.feedLimit > 0 { core.limits.feeds = scenario.feedLimit }
        if scenario.strangerLimit > 0 { core.limits.strangerFeeds = scenario.strangerLimit }
        if scenario.proofLimit > 0 { core.limits.forkProofs = scenario.proofLimit }
        if scenario.feedRecordLimit > 0 {
            core.limits.feedRecords = UInt64(scenario.feedRecordLimit)
        }
        if scenario.strangerRecordLimit > 0 {
            core.limits.strangerRecords = UInt64(scenario.strangerRecordLimit)
        }
        if scenario.checkpointSpan > 0 {
            core.limits.checkpointSpan = UInt64(scenario.checkpointSpan)
        }
        if scenario.storeKibibytes > 0 {
            core.limits.storage.budgetBytes = UInt64(scenario.storeKibibytes) << 10
        }
        // Who is of an earlier version knows no push trees.
        let isOld = host.index < scenario.oldNodes
        core.limits.upstreams = isOld ? 0 : scenario.upstreams
        core.limits.trustedUpstreams = isOld ? 0 : scenario.trustedUpstreams
        core.overlay = overlaySettings(of: host)
        return core
    }
}
