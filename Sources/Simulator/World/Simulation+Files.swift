import FaultDisks
import NodeCore
import Primitives
import Records
import Storage

/// Hosts whose disk is the real store: what it does is held against the memory store, which has its promises and no
/// more.
extension Simulation {
    /// A daemon that could not open its files is started again after this long.
    private static let reopenMilliseconds: UInt64 = 5_000

    func makeFiles(_ host: Host) {
        let scratch = scratch ?? Scratch()
        self.scratch = scratch
        let configured = StorageLimits().budgetBytes
        host.files = FileStore(
            root: scratch.path + "/\(host.index)",
            owner: StoreOwner(feed: host.publicKey, author: host.publicKey, network: network),
            budgetBytes: scenario.storeKibibytes > 0
                ? UInt64(scenario.storeKibibytes) << 10 : configured,
            scheme: scheme, random: SeededRandom(seed: seed, stream: "files \(host.index)"))
    }

    // MARK: Starting

    /// Opens the files as the host's daemon does; false when they could not be, and are tried again.
    func openFiles(_ host: Host) -> Bool {
        guard let files = host.files else { return true }
        mendInTime(host, files)
        do throws(StorageError) {
            let (found, hasSetNetAside) = try files.open()
            take(found, hasSetNetAside: hasSetNetAside, host, files)
            return true
        } catch {
            files.die()
            metrics.failedOperations += 1
            if error.code == .corrupt, host.isDamaged, let backup = host.ownBackup {
                // The person who reads the message does what it says.
                files.restoreOwn()
                setBack(host, to: backup)
            } else {
                oracle.check(
                    isFaulty(host), "files-refused", host, now,
                    "on a disk without a fault: \(error)")
            }
            schedule(.restart(host: host.index), after: Self.reopenMilliseconds)
            return false
        }
    }

    /// What was found is held against what should be there, and is what the host has from now on.
    private func take(
        _ found: MemoryStore, hasSetNetAside: Bool, _ host: Host, _ files: FileStore
    ) {
        checkNothingIsNew(found, host)
        let expected = host.store
        host.store = found
        // The last write of a commit may be on the platter although the power failed in it.
        let late = (host.unansweredBatch?.records ?? []).filter {
            let body = $0.record.body
            return expected.entry(body.feed, body.sequence) == nil
                && found.entry(body.feed, body.sequence)?.id == $0.record.id
        }
        if !late.isEmpty { committed(late, isOwn: false, .ioError, host) }
        compareOwn(expected, host)
        compareNet(expected, hasSetNetAside, host, files)
        let isShort = found.own.last(host.publicKey) < expected.own.last(host.publicKey)
        oracle.lostTail(host)
        noteLost(expected, host)
        // The newest part of a log whose bits flipped is not there, and nothing says so.
        if isShort, host.isDamaged { oracle.restoredFromOldCopy(host, lost: expected) }
        if host.hasLostPower { files.settle(netPrint: found.net.rows.print) }
        files.note(netPrint: found.net.rows.print)
        host.unanswered = nil
        host.unansweredBatch = nil
        host.hasLostPower = false
    }

    /// Whatever happened to the files: nothing is believed that was not committed.
    private func checkNothingIsNew(_ found: MemoryStore, _ host: Host) {
        found.forEachEntry { entry in
            guard case .record(let stored) = entry else { return }
            oracle.check(
                host.everWritten.contains(stored.record.id), "damage-believed", host, now,
                "the files hold a record that was not committed to them")
        }
    }

    /// The own feed is what was committed, with or without what was under way.
    private func compareOwn(_ expected: MemoryStore, _ host: Host) {
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
    private func compareNet(
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

    /// The host has its own feed as it was, and what others said as it is.
    private func setBack(_ host: Host, to own: FeedRows) {
        let lost = host.store
        host.store.replaceOwn(own)
        host.unanswered = nil
        oracle.lostTail(host)
        oracle.restoredFromOldCopy(host, lost: lost)
        noteLost(lost, host)
    }

    /// What no honest disk holds any more nobody can tell its author, who may sign the place anew.
    private func noteLost(_ before: MemoryStore, _ host: Host) {
        before.forEachEntry { entry in
            guard host.store.entry(entry.feed, entry.sequence)?.id != entry.id else { return }
            let isHeld = hosts.contains {
                $0.isHonest && $0.store.entry(entry.feed, entry.sequence)?.id == entry.id
            }
            if !isHeld { oracle.forgets(Oracle.Place(feed: entry.feed, sequence: entry.sequence)) }
        }
    }

    // MARK: Operations

    func carryOut(
        _ operation: Host.StoreOperation, _ host: Host, _ files: FileStore
    ) -> Input {
        mendInTime(host, files)
        switch operation {
        case .commitOwn(let id, let records, let tombstones):
            return .stored(id, commitOwn(records, tombstones, host, files))
        case .commit(let id, let batch):
            return .stored(id, commit(batch, host, files))
        case .readRange(let id, let request, let bytes):
            do throws(StorageError) {
                let entries = try files.range(
                    request.feed, request.first, request.last, maximumBytes: bytes)
                return .rangeRead(id, entries)
            } catch {
                noteDamage(error, host)
                return .rangeRead(id, [])
            }
        case .readFeeds(let id, let feeds):
            do throws(StorageError) {
                return .feedsRead(id, try files.feeds(feeds), nil)
            } catch {
                noteDamage(error, host)
                return .feedsRead(id, [], error.failure)
            }
        }
    }

    private func commitOwn(
        _ records: [StoredRecord], _ tombstones: [Tombstone], _ host: Host, _ files: FileStore
    ) -> StoreFailure? {
        host.everWritten.formUnion(records.map(\.record.id))
        let refused = host.unanswered != nil
        if let error = files.commitOwn(records, tombstones) {
            if error.code != .conflict { host.unanswered = (records, tombstones) }
            // What builds on what was refused is refused too.
            let isExpected = error.code == .conflict && refused
            return failure(error, host, isExpected: isExpected)
        }
        let modelled = host.store.commitOwn(records, tombstones)
        oracle.check(
            modelled == nil || host.isDamaged, "store-differs", host, now,
            "own.db took what contradicts it")
        host.unanswered = nil
        committed(records, isOwn: true, nil, host)
        return nil
    }

    private func commit(_ batch: StoreBatch, _ host: Host, _ files: FileStore) -> StoreFailure? {
        noteEvictions(batch, host)
        host.everWritten.formUnion(batch.records.map(\.record.id))
        if let error = files.commit(batch) {
            // Many places go in several transactions.
            if !batch.removedFeeds.isEmpty || !batch.trims.isEmpty { host.mayHoldUnknown = true }
            var other = host.store
            if other.commit(batch) == nil { files.note(netPrint: other.net.rows.print) }
            host.unansweredBatch = batch
            return failure(error, host)
        }
        host.unansweredBatch = nil
        let modelled = host.store.commit(batch)
        oracle.check(
            modelled == nil || host.isDamaged, "store-differs", host, now,
            "net.db took what contradicts it")
        files.note(netPrint: host.store.net.rows.print)
        committed(batch.records, isOwn: false, nil, host)
        return nil
    }

    private func failure(_ error: StorageError, _ host: Host, isExpected: Bool = false)
        -> StoreFailure
    {
        metrics.failedOperations += 1
        if error.code == .conflict, !host.isDamaged, !isExpected { oracle.conflicted(host, now) }
        // Of a process that died meanwhile nothing follows.
        let isRefusal = error.code != .conflict || host.isDamaged
        if isRefusal, host.files?.disk.isOff == false { host.missedCommits = true }
        noteDamage(error, host)
        return error.failure
    }

    /// As the daemon does: a damaged net.db is set aside, and the node begins again without it.
    private func noteDamage(_ error: StorageError, _ host: Host) {
        guard error.isNetDamage, let files = host.files else { return }
        oracle.check(
            host.isDamaged, "files-refused", host, now, "on a disk without a fault: \(error)")
        try? files.replaceNet()
        let before = host.store
        host.store.loseNet()
        oracle.lostTail(host)
        noteLost(before, host)
        kill(host, isCrash: false)
    }

    // MARK: Faults

    func weaken(_ host: Host, _ failure: StoreFailure, _ fault: Fault) {
        host.diskFault = (failure, now + fault.lasts)
        host.files?.disk.weaken(failure == .full ? .full : .ioError, seed: fault.draw)
    }

    private func isFaulty(_ host: Host) -> Bool { host.diskFault.map { $0.until > now } ?? false }

    /// A disk has no clock: it hears with the next operation that its fault is over.
    private func mendInTime(_ host: Host, _ files: FileStore) {
        if !isFaulty(host) { files.disk.weaken(nil, seed: 0) }
    }

    /// Half of the cuts come now, half inside the next operation of the disk, or five seconds later without one.
    func cutPower(_ fault: Fault, _ host: Host, _ files: FileStore) {
        let isSecond = fault.draw == .max
        if !isSecond, fault.draw & 1 == 1 {
            files.disk.plan(.powerCut, after: 1 + Int((fault.draw >> 8) % 24))
            host.plannedCut = fault
            plan.append(
                Fault(kind: .powerCut, host: host.index, draw: .max, lasts: fault.lasts))
            schedule(.fault(plan.count - 1), after: 5_000)
        } else if !isSecond || host.plannedCut != nil {
            losePower(host, files, lasts: fault.lasts)
        }
    }

    private func losePower(_ host: Host, _ files: FileStore, lasts: UInt64) {
        files.losePower()
        host.hasLostPower = true
        stop(host, noticedWithin: Self.heartbeatMilliseconds)
        schedule(.restart(host: host.index), after: lasts)
        note(.powerCut)
    }

    /// A kill that waited for a commit comes inside it. False where it is to come before.
    func planDeath(_ host: Host) -> Bool {
        guard let operation = host.armedOperation, let files = host.files else { return false }
        files.disk.plan(.death, after: operation)
        host.isDyingInside = true
        return true
    }

    /// Whether the process died in the operation that was just carried out; of one that had fewer steps than it was to
    /// take, it dies after it.
    func diedInside(_ host: Host) -> Bool {
        guard host.isRunning, let files = host.files else { return !host.isRunning }
        if files.disk.isOff, let cut = host.plannedCut {
            losePower(host, files, lasts: cut.lasts)
        } else if files.disk.isOff || host.isDyingInside {
            kill(host)
        } else {
            return false
        }
        return true
    }

    /// Bits flip in one of the files of a host that has just copied its own.db; half of the time its process dies with that.
    func flipBits(_ fault: Fault, _ host: Host) {
        guard host.isRunning, let files = host.files, files.backUpOwn() else {
            plan.append(fault)
            schedule(.fault(plan.count - 1), after: 1_000)
            return
        }
        host.ownBackup = host.store.own
        host.isDamaged = true
        var random = SeededRandom(seed: fault.draw)
        files.flipBits(&random)
        if random.below(2) == 0 { kill(host, isCrash: false) }
        note(.bitFlip)
    }

    // MARK: The end

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
