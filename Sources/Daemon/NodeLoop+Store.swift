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
            return .stored(id, failure)
        }
    }

    func commit(_ id: EffectID, _ batch: StoreBatch) {
        onStore { store in
            .stored(id, StoreFailure.of { () throws(StorageError) in try store.commit(batch) })
        }
    }

    func readRange(_ id: EffectID, _ request: RangeRequest, _ maximumBytes: Int) {
        onStore { store in
            let entries = try? store.range(
                feed: request.feed, first: request.first, last: request.last,
                maximumBytes: maximumBytes)
            return .rangeRead(id, entries ?? [])
        }
    }

    func readFeeds(_ id: EffectID, _ feeds: [PublicKey]) {
        onStore { store in
            var entries: [StoredEntry] = []
            do throws(StorageError) {
                for feed in feeds {
                    try store.forEachEntry(of: feed) { entries.append($0) }
                }
                return .feedsRead(id, entries, nil)
            } catch {
                return .feedsRead(id, [], StoreFailure(error))
            }
        }
    }

    private func onStore(_ work: @escaping @Sendable (Store) -> Input) {
        let store = store
        let mailbox = mailbox
        storeWorker.submit {
            let input = work(store)
            mailbox.post { $0.input(input) }
        }
    }

    func rank(_ id: EffectID, _ job: RankingJob) {
        let mailbox = mailbox
        ranker.rank(job, at: Clock.wall()) { trust in
            mailbox.post { $0.input(.ranked(id, trust)) }
        }
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
