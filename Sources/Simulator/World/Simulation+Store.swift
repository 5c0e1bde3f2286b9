import NodeCore
import Primitives
import Ranking
import Records

/// Disks and rankings: what nodes asked of them, carried out in order, answered later.
extension Simulation {
    func enqueue(_ operation: Host.StoreOperation, _ host: Host) {
        let milliseconds =
            switch operation {
            case .commitOwn: scenario.ownCommitMilliseconds
            case .commit: scenario.netCommitMilliseconds
            case .readRange, .readFeeds: 1
            }
        host.storeFreeAt = max(host.storeFreeAt, now) + UInt64(milliseconds)
        host.operations.append(operation)
        queue.push(.store(host: host.index, life: host.life), at: host.storeFreeAt)
    }

    func storeReady(_ host: Host, _ life: Int) {
        guard host.life == life, !host.operations.isEmpty else { return }
        let operation = host.operations.removeFirst()
        let isOwn: Bool? =
            switch operation {
            case .commitOwn: true
            case .commit: false
            default: nil
            }
        if let isOwn, host.armed == (isOwn ? .beforeOwnCommit : .beforeNetCommit) {
            guard planDeath(host) else { return kill(host) }
        }
        let input = carryOut(operation, host)
        if diedInside(host) { return }
        if let isOwn, host.armed == (isOwn ? .afterOwnCommit : .afterNetCommit) {
            kill(host)
            return
        }
        let answer = Event.answer(host: host.index, life: life, input)
        schedule(answer, after: UInt64(scenario.answerMilliseconds))
    }

    private func carryOut(_ operation: Host.StoreOperation, _ host: Host) -> Input {
        if let files = host.files { return carryOut(operation, host, files) }
        let fault = host.diskFault.flatMap { $0.until > now ? $0.failure : nil }
        if fault != nil { metrics.failedOperations += 1 }
        switch operation {
        case .commitOwn(let id, let records, let tombstones):
            return .stored(
                id,
                write(host, fault) { host in
                    let failure = host.store.commitOwn(records, tombstones)
                    if failure == nil { self.committed(records, isOwn: true, fault, host) }
                    return failure
                })
        case .commit(let id, let batch):
            noteEvictions(batch, host)
            return .stored(
                id,
                write(host, fault) { host in
                    let failure = host.store.commit(batch)
                    if failure == nil {
                        self.committed(batch.records, isOwn: false, fault, host)
                    }
                    return failure
                })
        case .readRange(let id, let request, let bytes):
            if fault == .ioError { return .rangeRead(id, []) }
            let entries = host.store.range(
                request.feed, request.first, request.last, maximumBytes: bytes)
            return .rangeRead(id, entries)
        case .readFeeds(let id, let feeds):
            if fault == .ioError { return .feedsRead(id, [], fault) }
            return .feedsRead(
                id, feeds.flatMap { host.store.range($0, 1, .max, maximumBytes: .max) }, nil)
        }
    }

    func noteEvictions(_ batch: StoreBatch, _ host: Host) {
        for feed in batch.removedFeeds {
            // A suffix that takes the place of an older part is no eviction.
            let isReplaced = batch.records.contains {
                $0.record.body.feed == feed && $0.record.body.sequence > 1
            }
            if !isReplaced { oracle.evicts(feed, host, now) }
        }
    }

    /// A full disk writes nothing; a broken one may have written, and says nothing about it.
    private func write(
        _ host: Host, _ fault: StoreFailure?, _ work: (Host) -> StoreFailure?
    ) -> StoreFailure? {
        switch fault {
        case nil:
            let failure = work(host)
            // What a broken disk wrote in silence its node cannot know.
            if failure == .conflict, !host.mayHoldUnknown { oracle.conflicted(host, now) }
            return failure
        case .ioError:
            if diskRandom.below(2) == 0 {
                host.mayHoldUnknown = true
                _ = work(host)
            } else {
                host.missedCommits = true
            }
            return fault
        default:
            host.missedCommits = true
            return fault
        }
    }

    func committed(
        _ records: [StoredRecord], isOwn: Bool, _ fault: StoreFailure?, _ host: Host
    ) {
        guard host.isHonest else { return }
        oracle.commits(records, isOwn: isOwn, isKnown: fault == nil, host, now)
        for stored in records {
            metrics.committed(stored.record, isOwn: isOwn, now: now)
        }
    }

    // MARK: Ranking

    func rank(_ id: EffectID, _ job: RankingJob, _ host: Host) {
        let ranking = job.prepared()
        let (snapshot, query) = (ranking.snapshot, ranking.query)
        let trust: [Double]
        if scenario.rankingAnswer == "engine" {
            trust = EngineName.taste.engine.rank(snapshot, query).trust
        } else {
            let parameters = query.parameters
            trust =
                TrustFlow(
                    snapshot, ego: query.ego, alpha: parameters.alphaTrust,
                    epsilon: parameters.epsilon
                ).trust
        }
        var reached: [AuthorTrust] = []
        for (position, value) in trust.enumerated() where value > 0 {
            reached.append(AuthorTrust(author: snapshot.authorKeys[position], trust: value))
        }
        schedule(.answer(host: host.index, life: host.life, .ranked(id, reached)), after: 20)
    }
}
