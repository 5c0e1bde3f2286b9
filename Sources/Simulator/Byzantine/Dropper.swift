import Primitives
import Records

/// Hears of records from one link a feed, announces them to all others at once, and delivers none: whoever waits for it
/// waits in vain. It holds nothing but the newest place of each feed, so that thousands of them are cheap.
struct Dropper: ByzantineProgram {
    private var newest: [FeedTag: (sequence: UInt64, mark: UInt16)] = [:]
    private var fresh: Set<FeedTag> = []
    private var source: [FeedTag: LinkID] = [:]

    private static let feeds = 1_000

    var capabilities: UInt64 { Hello.trees }

    mutating func receive(_ frame: Frame, on link: LinkID, _ world: inout ByzantineWorld) {
        switch frame {
        case .push(let records):
            for bytes in records {
                guard let record = try? Record(decoding: bytes[...], scheme: world.scheme) else {
                    continue
                }
                hear(
                    FeedTag(record.body.feed), record.body.sequence,
                    UInt16(truncatingIfNeeded: record.id.raw.prefix64 >> 48), link, &world)
            }
        case .rangeRequest(let request):
            world.send(
                .rangeResponse(RangeResponse(feed: request.feed, chain: nil)), on: link)
        default: break
        }
    }

    mutating func tick(_ world: inout ByzantineWorld) {
        guard !fresh.isEmpty else { return }
        let entries = fresh.sorted().prefix(WireLimits.tagsPerFrame).compactMap { tag in
            newest[tag].map {
                Announcement(tag: tag, sequence: $0.sequence, headMark: $0.mark)
            }
        }
        fresh = []
        world.sendAll(.announce(entries))
    }

    /// One link a feed may push; the others are told to announce, as any node would tell them.
    private mutating func hear(
        _ tag: FeedTag, _ sequence: UInt64, _ mark: UInt16, _ link: LinkID,
        _ world: inout ByzantineWorld
    ) {
        guard newest[tag] != nil || newest.count < Self.feeds else { return }
        if let first = source[tag], first != link, world.links.contains(first) {
            world.send(.prune([tag]), on: link)
        } else {
            source[tag] = link
        }
        guard sequence > newest[tag]?.sequence ?? 0 else { return }
        newest[tag] = (sequence, mark)
        fresh.insert(tag)
    }
}
