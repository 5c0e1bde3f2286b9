import NodeCore
import Primitives
import Records

/// Safety: what each event may and may not do.
extension Oracle {
    /// What a node counted before an input.
    struct Before {
        let verdicts: UInt64
        let window: Int
        let reads: Int
    }

    mutating func before(_ input: Input, _ host: Host) -> Before? {
        guard isFull, host.isHonest, case .frame(_, let bytes) = input, bytes.first == 10,
            let node = host.node
        else { return nil }
        return Self.counts(node)
    }

    /// received = accepted + ignored + rejected, with what waits in a window or for a disk.
    mutating func after(_ input: Input, _ before: Before?, _ host: Host, _ now: UInt64) {
        guard let before, let node = host.node, case .frame(_, let bytes) = input else { return }
        guard let records = WireView.records(in: bytes) else { return }
        let after = Self.counts(node)
        let verdicts = Int(after.verdicts) - Int(before.verdicts)
        let waiting = after.window - before.window
        let reads = after.reads - before.reads
        let open = records.count - verdicts - waiting
        check(
            records.count > 256 || (open >= 0 && open <= max(0, reads)), "counts-do-not-add-up",
            host, now,
            "\(records.count) records: \(verdicts) verdicts, \(waiting) more wait, "
                + "\(reads) more reads")
    }

    private static func counts(_ node: Node) -> Before {
        var window = 0
        var reads = 0
        for map in node.census {
            if map.name == "window" { window = map.count }
            if map.name == "reads" { reads = map.count }
        }
        return Before(
            verdicts: node.counts.named.reduce(0) { $0 + $1.count }, window: window, reads: reads)
    }

    /// No map is fuller than its cap, and nobody honest lost points for what a third party made. `peer`: who is at the
    /// other end of a link.
    mutating func afterTurn(_ host: Host, _ now: UInt64, peer: (LinkID) -> Host) {
        guard isFull, host.isHonest, let node = host.node else { return }
        for map in node.census {
            check(
                map.count <= map.capacity, "census-over-cap", host, now,
                "\(map.name): \(map.count) of \(map.capacity)")
        }
        for summary in node.linkSummaries where summary.rejections > 0 {
            let sender = peer(summary.link)
            check(
                !sender.isHonest, "honest-peer-blamed", host, now,
                "host \(sender.index) has \(summary.rejections) rejections")
        }
    }

    mutating func commits(
        _ records: [StoredRecord], isOwn: Bool, isKnown: Bool, _ host: Host, _ now: UInt64
    ) {
        guard isFull else { return }
        for stored in records {
            guard let view = RecordView(stored.record) else {
                check(false, "stored-unreadable", host, now, "a record that cannot be read")
                continue
            }
            committed[host.index].insert(Self.placePrint(view))
            if isOwn { signs(view, host) }
            if !isOwn, isKnown, owners[view.feed] != nil {
                let place = Place(feed: view.feed, sequence: view.sequence)
                let known = exposed.updateValue(view.print, forKey: place)
                check(
                    known == nil || known == view.print || isExcused(view.feed), "self-fork",
                    host, now,
                    "two bodies of sequence \(view.sequence) are stored")
            }
            check(
                view.signature == nil
                    ? isFollowed(stored.record, host) : view.isSigned(network, scheme),
                "stored-unsigned", host, now, "feed \(view.feed), sequence \(view.sequence)")
            check(
                stored.record.encoded.count <= 1024, "stored-too-long", host, now,
                "\(stored.record.encoded.count) bytes")
            check(
                // The own feed keeps its order when the clock jumps back.
                isOwn || view.time <= host.highestWall.milliseconds + 600_000, "stored-from-future",
                host,
                now, "\(view.time - min(view.time, host.highestWall.milliseconds)) ms ahead")
            check(
                isOwn == (view.feed == host.publicKey), "stored-in-wrong-file", host, now,
                "sequence \(view.sequence), own commit: \(isOwn)")
            guard view.sequence > 1 else { continue }
            let before = host.store.entry(view.feed, view.sequence - 1)
            check(
                before != nil || view.isCheckpoint(of: scenario) || host.missedCommits,
                "stored-from-the-middle", host, now,
                "feed \(view.feed) begins with kind \(view.kind) at \(view.sequence)")
            check(
                before == nil || before?.id == view.previous, "stored-broken-chain", host, now,
                "feed \(view.feed), sequence \(view.sequence)")
        }
    }

    /// Whether the next place names a record without a signature: the one that vouches comes in the same commit,
    /// and each place between is looked at in its turn.
    private func isFollowed(_ record: Record, _ host: Host) -> Bool {
        switch host.store.entry(record.body.feed, record.body.sequence + 1) {
        case .record(let next)?: RecordView(next.record)?.previous == record.id
        case .tombstone(let tombstone)?:
            RecordView(tombstone.encodedRetraction[...])?
                .retracts(tombstone.sequence, tombstone.id, after: record.id) ?? false
        case nil: false
        }
    }

    /// Nothing leaves a node that its store does not hold.
    mutating func sends(_ bytes: [UInt8], _ host: Host, _ now: UInt64) {
        guard isFull, host.isHonest else { return }
        if let entries = WireView.frontier(in: bytes) {
            for entry in entries {
                let held = host.store.contiguous(entry.feed)
                check(
                    entry.sequence <= held, "frontier-before-commit", host, now,
                    "told \(entry.sequence), stored \(held)")
            }
        } else if let (one, other) = WireView.proof(in: bytes, scheme) {
            check(
                one.first == other.first && one.firstPrint != other.firstPrint
                    && one.isVouched(network, scheme) && other.isVouched(network, scheme),
                "proof-of-nothing", host, now, "feed \(one.feed)")
        } else if bytes.first == 30 {
            check(false, "proof-unreadable", host, now, "a fork proof that cannot be read")
        } else if let chain = WireView.chain(in: bytes, scheme) {
            check(
                chain.isVouched(network, scheme), "chain-unsigned", host, now,
                "feed \(chain.feed) from \(chain.first)")
            checkSent(chain.records, host, now)
        } else if let records = WireView.records(in: bytes) {
            checkSent(records.compactMap { RecordView($0) }, host, now)
        }
    }

    private mutating func checkSent(_ records: [RecordView], _ host: Host, _ now: UInt64) {
        for view in records {
            check(
                committed[host.index].contains(Self.placePrint(view)), "forwarded-uncommitted",
                host, now, "feed \(view.feed), sequence \(view.sequence)")
        }
    }

    /// A key signs one body for one place, whoever carries it.
    mutating func arrives(_ bytes: [UInt8], _ host: Host, _ now: UInt64) {
        guard isFull else { return }
        let (network, scheme) = (network, scheme)
        if let chain = WireView.chain(in: bytes, scheme) {
            arrive(chain.records, host, now) { _ in chain.isVouched(network, scheme) }
        } else if let records = WireView.records(in: bytes) {
            arrive(records.compactMap { RecordView($0) }, host, now) {
                $0.isSigned(network, scheme)
            }
        }
    }

    private mutating func arrive(
        _ records: [RecordView], _ host: Host, _ now: UInt64, isSigned: (RecordView) -> Bool
    ) {
        for view in records {
            guard let owner = owners[view.feed] else { continue }
            let place = Place(feed: view.feed, sequence: view.sequence)
            guard let known = exposed[place], known != view.print, !isExcused(view.feed) else {
                continue
            }
            check(
                !isSigned(view), "self-fork", host, now,
                "host \(owner) signed two bodies for sequence \(view.sequence)")
        }
    }
}
