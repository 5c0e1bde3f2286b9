import Cryptography
import Foundation
import NodeCore
import Primitives
import Ranking
import Records
import Storage
import Transport

/// Requests about the node itself.
extension NodeLoop {
    func statusDocument() -> StatusDocument {
        let now = Clock.wall()
        let frontier = node.frontierDigest
        return StatusDocument(
            name: configuration.node.name, version: Vouchbird.version,
            author: identity.author.publicKey.text, feed: identity.device.publicKey.text,
            nodeKey: identity.node.publicKey.hex, network: configuration.node.network,
            listen: listening, processId: ProcessInfo.processInfo.processIdentifier,
            startedAt: startedAt.text,
            uptimeSeconds: Double(now.milliseconds(since: startedAt)) / 1000, links: links(),
            records: records(), trust: trustSummary(), recommendations: recommendations(),
            store: storeSummary(),
            frontier: StatusDocument.Frontier(
                feeds: frontier.feeds, digest: Hex.encode(frontier.digest.bytes)),
            clockSkewMilliseconds: node.clockSkewMilliseconds(at: Clock.now()), maps: maps(),
            warnings: warnings())
    }

    private func links() -> StatusDocument.Links {
        let ready = node.linkSummaries.filter(\.isReady)
        let traffic = endpoint.traffic
        return StatusDocument.Links(
            connected: ready.count, inbound: ready.filter { $0.direction == .inbound }.count,
            outbound: ready.filter { $0.direction == .outbound }.count,
            configured: peers.peers.count, receivedBytes: traffic.received,
            sentBytes: traffic.sent)
    }

    private func records() -> StatusDocument.Records {
        StatusDocument.Records(
            own: node.frontier(of: identity.device.publicKey), known: node.recordCount,
            feeds: node.feedCount, forkedFeeds: node.forkedFeedCount,
            verdicts: Dictionary(
                node.counts.named.map { ($0.name, $0.count) }, uniquingKeysWith: { $1 }))
    }

    private func trustSummary() -> StatusDocument.Trust {
        let summary = ranker.summary
        let reachable = summary?.reachable ?? 0
        return StatusDocument.Trust(
            direct: trustEdges().count, reachable: reachable,
            unreachable: max(0, (summary?.authors ?? 0) - reachable - 1))
    }

    private func recommendations() -> StatusDocument.Recommendations {
        let summary = ranker.summary
        return StatusDocument.Recommendations(
            engine: ranker.engine.rawValue, ready: summary?.ready ?? 0,
            computedAt: summary?.computedAt.text, rankMilliseconds: summary?.milliseconds,
            isStale: node.isRankingStale)
    }

    private func storeSummary() -> StatusDocument.Store {
        let sizes = store.sizes
        return StatusDocument.Store(
            state: node.storeFailure?.rawValue ?? "ok", ownBytes: sizes.ownBytes,
            netBytes: sizes.netBytes,
            budgetBytes: UInt64(configuration.store.budgetMebibytes) << 20)
    }

    private func maps() -> [StatusDocument.Map] {
        (node.census + endpoint.census).map {
            StatusDocument.Map(name: $0.name, count: $0.count, cap: $0.capacity)
        }
    }

    func warnings() -> [String] {
        var out = notices.sentences
        if let obstacle = node.publishObstacle { out.append(obstacle.sentence) }
        if let failure = node.storeFailure { out.append(Notice.storeFailed(failure).sentence) }
        if let skew = node.clockSkewMilliseconds(at: Clock.now()), abs(skew) > 70_000 {
            // Bitcoin warns at 70 s as well: a typical clock without NTP drifts that far in months.
            out.append(
                "our clock is \(abs(skew) / 1000) s \(skew < 0 ? "ahead of" : "behind") most peers': "
                    + "fix it with NTP")
        }
        out += store.notices
        return out
    }

    func identityDocument() -> IdentityDocument {
        IdentityDocument(
            name: configuration.node.name, author: identity.author.publicKey.text,
            words: FingerprintWords.of(identity.author.publicKey),
            feed: identity.device.publicKey.text, nodeKey: identity.node.publicKey.hex)
    }

    func historyDocument(after offset: UInt64, limit: Int) -> HistoryDocument {
        var entries = node.ownLog.entries.map(historyEntry)
        entries += node.privateLog.entries.map { entry in
            HistoryDocument.Entry(
                kind: entry.kind.rawValue, item: entry.item.description,
                title: node.title(of: entry.item)?.description, author: nil,
                weight: entry.weight.value, time: entry.time.text, isPrivate: true, sequence: nil,
                isRetracted: false)
        }
        // RFC 3339 in one zone and one form sorts as text.
        entries.sort { ($1.time, $1.sequence ?? 0) < ($0.time, $0.sequence ?? 0) }
        let start = Int(min(offset, UInt64(entries.count)))
        let end = min(start + max(1, min(limit, 1000)), entries.count)
        return HistoryDocument(
            items: Array(entries[start..<end]),
            nextCursor: end < entries.count ? UInt64(end) : nil)
    }

    private func historyEntry(_ entry: OwnLog.Entry) -> HistoryDocument.Entry {
        var kind = "other"
        var weight: Double?
        var author: PublicKey?
        switch entry.payload {
        case .play(_, let value):
            kind = "play"
            weight = value.value
        case .like(_, let value):
            kind = "like"
            weight = value.value
        case .rate(_, let value):
            kind = "rate"
            weight = value.value
        case .trust(let target, let value):
            kind = "trust"
            weight = value.value
            author = target
        case .item: kind = "title"
        case .retract: kind = "retract"
        case .delegate: kind = "delegate"
        case .rotate: kind = "rotate"
        case .revoke: kind = "revoke"
        case .checkpoint: kind = "checkpoint"
        case .unknown: break
        }
        let item = entry.payload.itemID
        return HistoryDocument.Entry(
            kind: kind, item: item?.description,
            title: item.flatMap { node.title(of: $0)?.description }, author: author?.text,
            weight: weight, time: entry.time.text, isPrivate: false, sequence: entry.sequence,
            isRetracted: entry.isRetracted)
    }
}

/// Facts about this program.
public enum Vouchbird {
    public static let version = "0.1.0"
}
