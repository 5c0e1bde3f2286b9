import NodeCore
import Primitives
import Ranking
import Records

/// Liveness and economy, asked when faults are over and time has passed.
extension Simulation {
    /// Time enough to dial again and again where every twentieth frame breaks a link.
    private static let loneMilliseconds: UInt64 = 60_000

    func finish() {
        let honest = hosts.filter(\.isHonest)
        checkFaultsFired()
        checkOwnFeeds(honest)
        checkFiles(honest)
        checkQuiet(honest)
        checkOverlays(honest)
        checkAgreement(honest)
        checkForks(honest)
        if scenario.isFullyChecked { checkTrust(honest) }
        judgeLists()
        judgeFront()
        judgeTwin()
    }

    /// A fault that was asked for and never struck tested nothing.
    private func checkFaultsFired() {
        for kind in Fault.Kind.allCases where scenario[keyPath: kind.count] > 0 {
            // A kill at a store operation waits for one; a partition finds the links that it finds.
            guard kind != .crash, kind != .oldCopy, kind != .powerCut else { continue }
            oracle.check(
                metrics.fired(kind) > 0, "fault-never-struck", nil, now, kind.rawValue)
        }
        oracle.check(
            scenario.behindNAT == 0 || metrics.vainDials > 0, "fault-never-struck", nil, now,
            "nobody dialled who is behind NAT")
    }

    private func checkOwnFeeds(_ honest: [Host]) {
        for host in honest {
            for (sequence, print) in oracle.acknowledged[host.index].sorted(by: { $0.key < $1.key })
            {
                oracle.checkOwn(host, sequence, print, now)
            }
            let obstacle = host.node?.publishObstacle
            if oracle.isExcused(host.publicKey), case .ownFeedForked? = obstacle { continue }
            oracle.check(
                host.node != nil && obstacle == nil, "cannot-publish", host, now,
                "\(obstacle.map { "\($0)" } ?? "down")")
        }
    }

    /// Nobody honest is alone among attackers, and nothing waits that is not moving: a disk catches up within a second, a
    /// link within the life of a heartbeat.
    private func checkQuiet(_ honest: [Host]) {
        for host in honest where scenario.settleSeconds >= 120 {
            let lone = host.loneSince.map { now - $0 } ?? 0
            oracle.check(
                lone < Self.loneMilliseconds, "no-honest-link", host, now,
                "for \(lone) ms")
            oracle.check(
                host.operations.isEmpty || host.storeFreeAt < now + 1_000, "queue-not-drained",
                host, now, "\(host.operations.count) operations wait for the disk")
            for number in host.links where peer(of: LinkID(UInt64(number)), from: host).isHonest {
                let connection = connections[number]
                let last = max(connection.lastArrivalAtDialler, connection.lastArrivalAtListener)
                oracle.check(
                    last < now + UInt64(Self.heartbeatMilliseconds), "queue-not-drained", host,
                    now, "a link is \(last - min(last, now)) ms behind")
            }
        }
    }

    /// Everybody holds as much of every honest, trusted feed as its author does; at constant interest, everybody
    /// who holds the feed at all.
    private func checkAgreement(_ honest: [Host]) {
        for author in honest.prefix(scenario.honestNodes - scenario.freeRiders)
        where !oracle.isExcused(author.publicKey) {
            let head = author.frontier(of: author.publicKey)
            for host in honest {
                let held = host.frontier(of: author.publicKey)
                if held == 0, scenario.agreesOnHeldOnly { continue }
                oracle.check(
                    held == head, "not-converged", host, now,
                    "feed of host \(author.index): \(held) of \(head)")
            }
        }
    }

    /// A fork that one knows is known to all who hold the feed, and none of them counts what comes after it.
    private func checkForks(_ honest: [Host]) {
        var proven: [PublicKey] = []
        for host in honest {
            for feed in host.store.net.provenFeeds where !proven.contains(feed) {
                proven.append(feed)
            }
        }
        for feed in proven {
            for host in honest where host.store.net.rows.holds(feed) {
                oracle.check(
                    host.store.net.proofs[feed] != nil, "fork-not-known", host, now,
                    "feed \(feed): \(host.store.contiguous(feed)) records held")
            }
        }
        metrics.provenForks = proven.count
        guard scenario.isFullyChecked else { return }
        for feed in contradictedFeeds(honest) where !proven.contains(feed) {
            oracle.check(
                false, "fork-not-known", nil, now,
                "feed \(feed): honest disks hold two bodies of one place, and nobody knows")
        }
    }

    /// Feeds of which two honest disks hold different records in one place.
    private func contradictedFeeds(_ honest: [Host]) -> [PublicKey] {
        var held: [Oracle.Place: RecordID] = [:]
        var feeds: [PublicKey] = []
        for host in honest {
            host.store.forEachEntry { entry in
                guard oracle.owners[entry.feed] == nil else { return }
                let place = Oracle.Place(feed: entry.feed, sequence: entry.sequence)
                let known = held.updateValue(entry.id, forKey: place)
                if let known, known != entry.id, !feeds.contains(entry.feed) {
                    feeds.append(entry.feed)
                }
            }
        }
        return feeds
    }

    /// Whom nobody trusts gets exactly nothing; a region gets no more than what enters it (T2).
    private func checkTrust(_ honest: [Host]) {
        let hostile = hosts.filter { !$0.isHonest }
        var region = Set(hostile.map(\.publicKey)).union(study?.attackers ?? [])
        for host in hostile {
            if case .program(let program) = host.role, let spinner = program as? KeySpinner {
                region.formUnion(spinner.spun)
            }
        }
        // Whom a community trusts is its own affair; of its attackers the bound holds.
        let untrusted = study == nil ? hostile.dropFirst(scenario.attackEdges) : []
        let riders = honest.suffix(scenario.freeRiders)
        for host in honest {
            guard let node = host.node else { continue }
            for stranger in untrusted + riders where stranger.index != host.index {
                oracle.check(
                    node.trust(in: stranger.publicKey) == 0, "free-rider-gains", host, now,
                    "trust in host \(stranger.index)")
            }
            checkMass(host, node, region)
        }
    }

    private func checkMass(_ host: Host, _ node: Node, _ region: Set<PublicKey>) {
        let own = node.trust(in: host.publicKey)
        guard own > 0, !region.isEmpty else { return }
        let alpha = RankingParameters().alphaTrust
        var walk = TrustWalk(host)
        let entry = walk.entry(from: host.publicKey, into: region, alpha: alpha)
        let mass = region.map { node.trust(in: $0) }.sorted().reduce(0, +)
        if mass / own >= metrics.regionMass {
            metrics.regionMass = mass / own
            metrics.regionBound = entry / alpha
        }
        oracle.check(
            mass / own <= entry / alpha + 1e-6, "mass-bound", host, now,
            "region has \(mass / own) of the ego's trust, at most \(entry / alpha) may enter")
        checkBytes(host, region, flow: own * entry / alpha)
    }

    /// What a region has on a disk, counted there: `budget * flow + pool` at most, whatever keys it is made of. `flow` is
    /// the bound of T2, from the oracle's own walk.
    private func checkBytes(_ host: Host, _ region: Set<PublicKey>, flow: Double) {
        let configured = StorageLimits().budgetBytes
        let budget =
            scenario.storeKibibytes > 0 ? UInt64(scenario.storeKibibytes) << 10 : configured
        var bytes = 0
        var total = 0
        host.store.forEachEntry { entry in
            guard entry.feed != host.publicKey else { return }
            let size =
                switch entry {
                case .record(let stored): stored.record.encoded.count
                case .tombstone(let tombstone): tombstone.encodedRetraction.count
                }
            total += size
            if region.contains(entry.feed) { bytes += size }
        }
        oracle.check(
            total <= budget, "store-over-budget", host, now, "\(total) B of a budget of \(budget)")
        let share = Double(budget) * (min(1, flow) + 0.05)
        metrics.regionBytes = max(metrics.regionBytes, Double(bytes) / Double(budget))
        oracle.check(
            Double(bytes) <= share, "region-bytes", host, now,
            "region has \(bytes) B of a budget of \(budget), by its flow \(Int(share)) at most")
    }
}
