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

    /// The host has its own feed as it was, and what others said as it is.
    private func setBack(_ host: Host, to own: FeedRows) {
        let lost = host.store
        host.store.replaceOwn(own)
        host.unanswered = nil
        oracle.lostTail(host)
        oracle.restoredFromOldCopy(host, lost: lost)
        noteLost(lost, host)
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
}
