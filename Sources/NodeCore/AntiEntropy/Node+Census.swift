public import Primitives
import Ranking
import Records

/// One link, for people to look at.
public struct LinkSummary: Sendable {
    public var link: LinkID
    public var nodeKey: NodeKey
    public var direction: LinkDirection
    public var isReady: Bool
    /// What it sent and no honest peer sends.
    public var rejections: Int
    public var roundTripMilliseconds: UInt64?
}

extension Node {
    /// Every map that a peer can fill, with its cap. None may exceed it.
    public var census: [MapCensus] {
        [
            MapCensus(name: "links", count: links.count, capacity: links.capacity),
            MapCensus(name: "feeds", count: feeds.count, capacity: feeds.capacity),
            MapCensus(
                name: "stranger-feeds", count: pool.strangers, capacity: limits.strangerFeeds),
            MapCensus(name: "pool-feeds", count: pool.members.count, capacity: feeds.capacity),
            MapCensus(name: "wants", count: wantsTotal, capacity: limits.wants),
            MapCensus(name: "sketches", count: sketchCount, capacity: limits.sketches),
            MapCensus(name: "window", count: windowTotal, capacity: limits.windowRecords),
            MapCensus(name: "fetching", count: fetching.count, capacity: fetching.capacity),
            MapCensus(name: "fork-proofs", count: proofs.count, capacity: proofs.capacity),
            MapCensus(
                name: "rotations", count: succession.count, capacity: succession.capacity),
            MapCensus(
                name: "revocations", count: revocations.count, capacity: revocations.capacity),
            MapCensus(name: "authors", count: accounts.count, capacity: accounts.capacity),
            MapCensus(
                name: "signatures", count: signatures.count, capacity: signatures.capacity),
            MapCensus(name: "scores", count: scores.count, capacity: scores.capacity),
            MapCensus(name: "blocks", count: blocks.count, capacity: blocks.capacity),
            MapCensus(name: "awaited", count: awaited.count, capacity: awaited.capacity),
            MapCensus(
                name: "unannounced", count: unannounced.count, capacity: unannounced.capacity),
            MapCensus(name: "declined", count: declined.count, capacity: declined.capacity),
            MapCensus(name: "titles", count: titles.count, capacity: titles.capacity),
            MapCensus(name: "trust", count: trust.count, capacity: trust.capacity),
            MapCensus(
                name: "uncommitted",
                count: gathered.places.count + commits.reduce(0) { $0 + $1.places.count },
                capacity: limits.uncommittedRecords),
            MapCensus(
                name: "reads", count: reads.count, capacity: limits.links * limits.readsPerLink),
        ]
            + (addresses?.census ?? [])
            + ledger.census
            + graph.census.map {
                MapCensus(name: "graph-\($0.name)", count: $0.count, capacity: $0.capacity)
            }
    }

    public var linkSummaries: [LinkSummary] {
        links.keys.enumerated().map { position, link in
            let state = links.values[position]
            return LinkSummary(
                link: link, nodeKey: state.nodeKey, direction: state.direction,
                isReady: state.isReady, rejections: state.rejections,
                roundTripMilliseconds: state.roundTripMilliseconds)
        }
    }

    /// Median of the ready peers' clocks less ours; nil below three peers.
    public func clockSkewMilliseconds(at now: Moment) -> Int64? {
        let offsets = links.values.filter(\.isReady).map(\.clockOffsetMilliseconds).sorted()
        guard offsets.count >= 3 else { return nil }
        return offsets[offsets.count / 2] + Int64(clamping: now.monotonicMilliseconds)
            - Int64(clamping: now.wall.milliseconds)
    }

    /// The nodes behind ready links that said or showed to have all that is held here of a feed, in the order of the links.
    public func holders(of feed: PublicKey) -> [NodeKey] {
        guard let index = feeds.index(of: feed), feeds[index].isHeld else { return [] }
        let frontier = feeds[index].frontier
        return links.values.filter { $0.isReady && $0.isKnown(index, through: frontier) }
            .map(\.nodeKey)
    }

    /// Authors of frozen feeds that are held here, ascending, each once.
    public var forkedAuthors: [PublicKey] {
        var found: [PublicKey] = []
        for feed in proofs.keys {
            if let index = feeds.index(of: feed) { found.append(feeds[index].author) }
        }
        return found.sorted().reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }

    public var feedCount: Int { feeds.count }
    public var forkedFeedCount: Int { proofs.count }

    /// Frontier of one feed; 0 when nothing of it is held.
    public func frontier(of feed: PublicKey) -> UInt64 {
        feeds.index(of: feed).map { feeds[$0].isHeld ? feeds[$0].frontier : 0 } ?? 0
    }

    /// Sequence of the first place that is held of a feed: 1, or a checkpoint's; 0 when nothing of it is held.
    public func firstHeld(of feed: PublicKey) -> UInt64 {
        feeds.index(of: feed).map { feeds[$0].isHeld ? feeds[$0].base + 1 : 0 } ?? 0
    }

    /// Committed records of all feeds, the own feed included.
    public var recordCount: UInt64 {
        var sum: UInt64 = 0
        feeds.forEach { _, feed in sum += feed.frontier - feed.base }
        return sum
    }

    /// Digest of (feed, frontier, head) of every feed that holds something and is not frozen, ascending by feed:
    /// equal on nodes that agree.
    public var frontierDigest: (feeds: Int, digest: Bytes32) {
        var entries: [(PublicKey, UInt64, RecordID)] = []
        feeds.forEach { _, feed in
            if feed.isHeld, !feed.isFrozen {
                entries.append((feed.key, feed.frontier, feed.head))
            }
        }
        entries.sort { $0.0 < $1.0 }
        var writer = ByteWriter(reserving: entries.count * 72)
        for (feed, sequence, head) in entries {
            writer.wrapped(feed)
            writer.varint(sequence)
            writer.wrapped(head)
        }
        return (entries.count, scheme.digest(writer.bytes))
    }
}
