import NodeCore
import Records
import Storage

/// What a host's files hold is held against what was committed to them.
extension Simulation {
    /// Whatever happened to the files: nothing is believed that was not committed.
    func checkNothingIsNew(_ found: MemoryStore, _ host: Host) {
        found.forEachEntry { entry in
            guard case .record(let stored) = entry else { return }
            oracle.check(
                host.everWritten.contains(stored.record.id), "damage-believed", host, now,
                "the files hold a record that was not committed to them")
        }
    }

    /// The own feed is what was committed, with or without what was under way.
    func compareOwn(_ expected: MemoryStore, _ host: Host) {
        let found = host.store
        guard found.own.print != expected.own.print else { return }
        var other = expected
        if let unanswered = host.unanswered {
            _ = other.commitOwn(unanswered.records, unanswered.tombstones)
        }
        if let records = host.unanswered?.records, other.own.print == found.own.print {
            committed(records, isOwn: true, .ioError, host)
            return
        }
        let own = host.publicKey
        oracle.check(
            host.isDamaged && found.own.last(own) == found.own.contiguous(own), "own-file-differs",
            host, now,
            "holds \(found.own.last(own)) places, \(expected.own.last(own)) were committed")
    }

    /// What others said is all there, or after a power cut what was there after some commit.
    func compareNet(
        _ expected: MemoryStore, _ hasSetNetAside: Bool, _ host: Host, _ files: FileStore
    ) {
        guard !host.isDamaged else { return }
        let found = host.store
        oracle.check(
            !hasSetNetAside, "net-file-differs", host, now, "net.db was set aside without a fault")
        let print = found.net.rows.print
        let isWhole =
            host.hasLostPower
            ? files.netPrints.contains(print) : print == expected.net.rows.print
        oracle.check(
            isWhole || host.mayHoldUnknown, "net-file-differs", host, now,
            host.hasLostPower
                ? "after a power cut net.db is in a state in which it never was"
                : "net.db is not what was committed")
        for feed in found.net.provenFeeds {
            oracle.check(
                expected.net.proofs[feed] != nil, "net-file-differs", host, now,
                "a fork proof that was not committed")
        }
        oracle.check(
            host.hasLostPower || found.net.proofs.count == expected.net.proofs.count,
            "net-file-differs", host, now, "a fork proof is lost")
    }

    /// What no honest disk holds any more nobody can tell its author, who may sign the place anew.
    func noteLost(_ before: MemoryStore, _ host: Host) {
        before.forEachEntry { entry in
            guard host.store.entry(entry.feed, entry.sequence)?.id != entry.id else { return }
            let isHeld = hosts.contains {
                $0.isHonest && $0.store.entry(entry.feed, entry.sequence)?.id == entry.id
            }
            if !isHeld { oracle.forgets(Oracle.Place(feed: entry.feed, sequence: entry.sequence)) }
        }
    }

    /// At the end the files hold what was committed to them.
    func checkFiles(_ honest: [Host]) {
        for host in honest where host.isRunning && !host.isDamaged {
            guard let files = host.files else { continue }
            do throws(StorageError) {
                let found = try files.contents()
                oracle.check(
                    found.own.print == host.store.own.print, "own-file-differs", host, now,
                    "at the end")
                oracle.check(
                    found.net.rows.print == host.store.net.rows.print || host.mayHoldUnknown,
                    "net-file-differs", host, now, "at the end")
            } catch {
                oracle.check(false, "files-refused", host, now, "at the end: \(error)")
            }
        }
    }
}
