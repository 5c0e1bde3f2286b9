import NodeCore
import Primitives
import Records

/// What is looked at while a run goes on; nothing here changes what the nodes do.
extension Simulation {
    /// Authors whose spread is sampled: more would make a look at a large network costly.
    private static let sampledAuthors = 64
    /// Hosts whose maps and disks are sampled.
    private static let sampledHosts = 64

    func sample() {
        for (name, value) in metrics.named where !name.hasPrefix("fault.") {
            note(name, value)
        }
        let honest = hosts.filter(\.isHonest)
        note("nodes_up", Double(honest.filter { $0.node != nil }.count))
        note("convergence", convergence(honest))
        if let share = proofShare(honest) { note("proofs_known", share) }
        note("store_queue", Double(honest.map(\.operations.count).max() ?? 0))
        if scenario.isFullyChecked {
            note("disk_bytes", Double(honest.prefix(Self.sampledHosts).map(storedBytes).max() ?? 0))
        }
        sampleMaps(honest)
        sampleOverlays()
        for (name, value) in overlayFigures { note(name, value) }
        judgeLists()
        schedule(.sample, after: UInt64(scenario.sampleSeconds) * 1000)
    }

    private func note(_ metric: String, _ value: Double, group: String = "honest") {
        metrics.rows.append(
            MetricRow(tick: now / 1000, metric: metric, group: group, value: value))
    }

    /// Records of trusted, honest authors that honest nodes hold, over those that they should; hosts that are
    /// down count as they will start again.
    private func convergence(_ honest: [Host]) -> Double {
        var held: UInt64 = 0
        var wanted: UInt64 = 0
        for author in honest.prefix(
            min(scenario.honestNodes - scenario.freeRiders, Self.sampledAuthors))
        {
            let head = author.store.contiguous(author.publicKey)
            wanted += head * UInt64(honest.count)
            for host in honest { held += min(head, host.store.contiguous(author.publicKey)) }
        }
        return wanted == 0 ? 1 : Double(held) / Double(wanted)
    }

    /// Of the honest hosts that hold a feed of which one knows a fork, how many know it: the least share; nil without
    /// a fork.
    private func proofShare(_ honest: [Host]) -> Double? {
        var proven: [PublicKey] = []
        for host in honest {
            for feed in host.store.net.provenFeeds where !proven.contains(feed) {
                proven.append(feed)
            }
        }
        return proven.prefix(Self.sampledAuthors).map { feed in
            let holders = honest.filter { $0.store.net.rows.holds(feed) }
            let knowing = holders.filter { $0.store.net.proofs[feed] != nil }
            return holders.isEmpty ? 1 : Double(knowing.count) / Double(holders.count)
        }.min()
    }

    private func storedBytes(_ host: Host) -> Int {
        var bytes = 0
        host.store.forEachEntry { entry in
            switch entry {
            case .record(let stored): bytes += stored.record.encoded.count
            case .tombstone(let tombstone): bytes += tombstone.encodedRetraction.count
            }
        }
        return bytes
    }

    /// The fullest of each kind of map.
    private func sampleMaps(_ honest: [Host]) {
        var names: [String] = []
        var fullest: [Double] = []
        for host in honest.prefix(Self.sampledHosts) {
            guard let census = host.node?.census else { continue }
            for (position, map) in census.enumerated() {
                if position == names.count {
                    names.append(map.name)
                    fullest.append(0)
                }
                fullest[position] = max(
                    fullest[position], Double(map.count) / Double(max(1, map.capacity)))
            }
        }
        for (name, fill) in zip(names, fullest) { note("map_fill", fill, group: name) }
    }
}
