import NodeCore
import Primitives
import Ranking
import Synchronization

/// The ranking worker: makes a snapshot of each job, keeps the latest and what the engines said of it.
///
/// The configured engine runs with every snapshot; the others when somebody asks.
final class Ranker: Sendable {
    /// A result of one engine on the latest snapshot.
    struct Answered: Sendable {
        let result: RankingResult
        /// The whole snapshot: an engine may leave out what it does not hear.
        let snapshot: GraphSnapshot
        let computedAt: Instant
        let milliseconds: Double
    }

    /// What the status page says without waiting for this thread.
    struct Summary: Sendable {
        var computedAt: Instant
        /// Snapshot and ranking.
        var milliseconds: Double
        var ready: Int
        var reachable: Int
        var authors: Int
    }

    private struct Latest {
        let ranking: PreparedRanking
        let computedAt: Instant
        var answers: [String: Answered] = [:]
    }

    let engine: EngineName
    private let worker = Worker(name: "rank")
    private let latest = Mutex<Latest?>(nil)
    private let lastSummary = Mutex<Summary?>(nil)

    init(engine: EngineName) { self.engine = engine }

    var summary: Summary? { lastSummary.withLock { $0 } }

    /// Makes a new snapshot and ranks it with the configured engine, then tells the ego's trust in every author.
    func rank(
        _ job: RankingJob, at now: Instant,
        completion: @escaping @Sendable ([AuthorTrust]) -> Void
    ) {
        worker.submit { [self] in
            let start = ContinuousClock.now
            let ranking = job.prepared()
            let answered = compute(engine, seed: nil, ranking, at: now)
            var fresh = Latest(ranking: ranking, computedAt: now)
            fresh.answers[Self.key(engine, nil)] = answered
            latest.withLock { $0 = fresh }
            let trust = Self.trust(of: answered.result)
            lastSummary.withLock {
                $0 = Summary(
                    computedAt: now, milliseconds: start.elapsedMilliseconds,
                    ready: answered.result.items.count, reachable: max(0, trust.count - 1),
                    authors: ranking.snapshot.authorCount)
            }
            completion(trust)
        }
    }

    /// Gives `body` the result of an engine on the latest snapshot; nil before the first.
    func ask(
        _ engine: EngineName?, seed: UInt64?, body: @escaping @Sendable (Answered?) -> Void
    ) {
        worker.submit { [self] in body(answer(engine ?? self.engine, seed)) }
    }

    func stop() { worker.stop() }

    private func answer(_ engine: EngineName, _ seed: UInt64?) -> Answered? {
        guard let current = latest.withLock({ $0 }) else { return nil }
        let key = Self.key(engine, seed)
        if let known = current.answers[key] { return known }
        let answered = compute(engine, seed: seed, current.ranking, at: current.computedAt)
        latest.withLock { state in
            // Seeds come from outside: keep few results, whatever is asked for.
            if state?.answers.count ?? 0 < 16 { state?.answers[key] = answered }
        }
        return answered
    }

    private func compute(
        _ engine: EngineName, seed: UInt64?, _ ranking: PreparedRanking, at now: Instant
    ) -> Answered {
        let start = ContinuousClock.now
        var query = ranking.query(for: engine)
        if let seed { query.parameters.seed = seed }
        let result = engine.engine.rank(ranking.snapshot, query)
        return Answered(
            result: result, snapshot: ranking.snapshot, computedAt: now,
            milliseconds: start.elapsedMilliseconds)
    }

    private static func key(_ engine: EngineName, _ seed: UInt64?) -> String {
        engine.rawValue + (seed.map { "#\($0)" } ?? "")
    }

    private static func trust(of result: RankingResult) -> [AuthorTrust] {
        result.trust.enumerated().compactMap { position, trust in
            guard trust > 0,
                let key = result.snapshot.key(of: AuthorIndex(UInt32(position)))
            else { return nil }
            return AuthorTrust(author: key, trust: trust)
        }
    }
}

extension ContinuousClock.Instant {
    /// Milliseconds from here to now.
    var elapsedMilliseconds: Double {
        let elapsed = (ContinuousClock.now - self).components
        return Double(elapsed.seconds) * 1e3 + Double(elapsed.attoseconds) * 1e-15
    }
}
