import Primitives
import Ranking
import Records

/// Committed records move the graph: what was done with items block by block, because the graph looks many up
/// in the time of a few; all else at once, after what came before it.
extension Node {
    /// Lets one committed record move the graph. What it did with an item waits in `block`, which `take` is to be
    /// called with at the end, and before anything else looks at the graph or changes it.
    mutating func apply(
        _ stored: StoredRecord, author: PublicKey, _ block: inout [Interaction], _ now: Moment
    ) {
        let body = stored.record.body
        switch body.payload {
        case .play(let item, let weight):
            block.append(noted(author, item, .play, weight, body.time, stored.firstSeen))
        case .like(let item, let weight):
            block.append(noted(author, item, .like, weight, body.time, stored.firstSeen))
        case .rate(let item, let weight):
            block.append(noted(author, item, .rate, weight, body.time, stored.firstSeen))
        case .trust(let target, let weight):
            // A key that gave way has said the last that it says of trust.
            if succession.successor(of: author) == nil {
                take(&block)
                graph.setTrust(from: author, to: target, weight: weight.value)
            }
        case .item(let item, let title): titles.note(title, of: item, by: author)
        case .retract, .delegate, .rotate, .checkpoint, .revoke, .unknown: return
        }
        ranking.graphChanged(now, configuration)
    }

    /// Gives the graph what waits for it, in its order.
    mutating func take(_ block: inout [Interaction]) {
        guard !block.isEmpty else { return }
        graph.add(block)
        block.removeAll(keepingCapacity: true)
    }

    /// What an author did with an item, noted in the ledger.
    mutating func noted(
        _ author: PublicKey, _ item: ItemID, _ kind: Interaction.Kind, _ weight: Weight,
        _ time: Instant, _ firstSeen: Instant
    ) -> Interaction {
        // Of others only our own clock counts; the ego knows best when it found something, which matters
        // for an imported history.
        let found = author == configuration.author ? min(time, firstSeen) : firstSeen
        ledger.note(author, item, seen: found)
        return Interaction(
            author: author, item: item, kind: kind, weight: weight.value, time: time,
            firstSeen: firstSeen)
    }
}
