import Foundation
import Logging
import NodeCore
import Primitives
import Ranking
import Records
import Storage

/// Store and ranking effects: carried out on their workers, answered through the mailbox in order.
extension NodeLoop {
    func commitOwn(_ id: EffectID, _ records: [StoredRecord], _ tombstones: [Tombstone]) {
        onStore { store in
            let failure = StoreFailure.of { () throws(StorageError) in
                try store.commitOwn(records: records, tombstones: tombstones)
            }
            return (.stored(id, failure), false)
        }
        if !tombstones.isEmpty { erase() }
    }

    func commit(_ id: EffectID, _ batch: StoreBatch) {
        onStore { store in
            let failure = StoreFailure.of { () throws(StorageError) in try store.commit(batch) }
            return (.stored(id, failure), failure == .corrupt)
        }
    }

    /// Retracted bytes leave the disk with the log that still holds them, and the copy of own.db is made anew
    /// without them.
    private func erase() {
        guard !isErasing else { return }
        isErasing = true
        let store = store
        let path = backupPath
        let mailbox = mailbox
        storeWorker.submit {
            try? store.checkpoint()
            try? store.backUpOwn(to: path, replacing: true)
            mailbox.post { $0.isErasing = false }
        }
    }

    /// A copy of own.db beside it, made anew when it is a day old.
    func backUpDaily() {
        let store = store
        let path = backupPath
        let log = log
        storeWorker.submit {
            let made = try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate]
            let age = (made as? Date).map { -$0.timeIntervalSinceNow } ?? .infinity
            guard age > 86_400 else { return }
            do {
                try store.backUpOwn(to: path, replacing: true)
            } catch {
                log.warning("own.db was not copied", metadata: ["why": "\(error)"])
            }
        }
    }

    func readRange(_ id: EffectID, _ request: RangeRequest, _ maximumBytes: Int) {
        onStore { store in
            do throws(StorageError) {
                let entries = try store.range(
                    feed: request.feed, first: request.first, last: request.last,
                    maximumBytes: maximumBytes)
                return (.rangeRead(id, entries), false)
            } catch {
                // Else peers would be told of records that nobody here can give them.
                return (.rangeRead(id, []), error.isNetDamage)
            }
        }
    }

    func readFeeds(_ id: EffectID, _ feeds: [PublicKey]) {
        onStore { store in
            var entries: [StoredEntry] = []
            do throws(StorageError) {
                for feed in feeds {
                    try store.forEachEntry(of: feed) { entries.append($0) }
                }
                return (.feedsRead(id, entries, nil), false)
            } catch {
                return (.feedsRead(id, [], StoreFailure(error)), error.isNetDamage)
            }
        }
    }

    /// `work` says what the core hears, and whether net.db must be set aside before more can be stored.
    private func onStore(
        _ work: @escaping @Sendable (Store) -> (answer: Input, isNetDamaged: Bool)
    ) {
        let store = store
        let mailbox = mailbox
        storeWorker.submit {
            let (answer, isNetDamaged) = work(store)
            mailbox.post { loop in
                loop.input(answer)
                if isNetDamaged { loop.stop(.netDamaged) }
            }
        }
    }

    func rank(_ id: EffectID, _ job: RankingJob) {
        let mailbox = mailbox
        ranker.rank(job, at: Clock.wall()) { trust in
            mailbox.post { loop in
                loop.input(.ranked(id, trust))
                loop.rankingsDone += 1
                let ready = loop.waitingForRanking.filter { $0.ranking <= loop.rankingsDone }
                loop.waitingForRanking.removeAll { $0.ranking <= loop.rankingsDone }
                for waiting in ready { waiting.ask() }
            }
        }
    }

    /// Asks the ranker for an engine's result that knows what this node knows now, where that is quick to
    /// have; otherwise for the latest there is.
    ///
    /// A ranking that runs may have started before the last change, so the answer waits for the next.
    func whenRanked(
        _ engine: EngineName?, seed: UInt64? = nil,
        body: @escaping @Sendable (Ranker.Answered?) -> Void
    ) {
        let ranker = ranker
        let ask = { ranker.ask(engine, seed: seed, body: body) }
        let last = ranker.summary?.milliseconds ?? 0
        guard node.isRankingStale, last < Self.quickRankingMilliseconds,
            waitingForRanking.count < Self.waitingForRankingCap
        else { return ask() }
        let missing: UInt64 = node.isRankingRunning && node.isRankingDue ? 2 : 1
        waitingForRanking.append((rankingsDone + missing, ask))
        input(.rankingWanted)
    }
}

extension StoreFailure {
    init(_ error: StorageError) { self = error.failure }

    static func of(_ work: () throws(StorageError) -> Void) -> StoreFailure? {
        do {
            try work()
            return nil
        } catch {
            return StoreFailure(error)
        }
    }
}
