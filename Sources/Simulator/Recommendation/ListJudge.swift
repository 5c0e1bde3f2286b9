internal import Evaluation
import NodeCore
import Primitives
import Ranking
import Records

/// Ranks what one node holds, by our engines and by undefended ones, and says what its user would see.
///
/// It reads the records on the node's disk by itself and asks the core for nothing.
struct ListJudge {
    /// Ours, then the baselines.
    enum Method: String, CaseIterable {
        case tsalsa
        case taste
        case web3recommend
        case salsa
        case popularity

        var isOurs: Bool { self == .tsalsa || self == .taste }
        var engine: EngineName? { EngineName(rawValue: rawValue) }
        /// The walk divides plays by an author's sum itself (docs/research/web3recommend.md).
        var transform: WeightTransform { self == .web3recommend ? .raw : .log1p }
    }

    /// What one list holds.
    struct Verdict {
        /// Spam items among the first 20.
        var spam = 0.0
        /// Held-out items among the first 20, over all of them.
        var recall = 0.0
        /// 1 when there is any.
        var hit = 0.0
        /// Spam's part of all scores: the reputation that the attackers gained (arXiv 2307.01411).
        var spamShare = 0.0
    }

    static let length = 20

    private let data: EvaluationData
    private let ego: Int
    private let walks: Int

    /// Nil when the host's user has said nothing yet. `names` of the authors that exist.
    init?(
        _ host: Host, names: [PublicKey: String], ego: String, held: Set<String>,
        spam: Set<String>, walks: Int
    ) {
        var rows: [InteractionTable.Row] = []
        var weights: [PublicKey: [PublicKey: Double]] = [:]
        host.store.forEachEntry { entry in
            guard case .record(let stored) = entry, host.store.net.proofs[entry.feed] == nil,
                let author = names[entry.feed]
            else { return }
            let payload = stored.record.body.payload
            if case .trust(let target, let weight) = payload {
                weights[entry.feed, default: [:]][target] = weight.value
            } else if case let (item, weight)? = Self.statement(payload) {
                rows.append(.init(user: author, item: item.description, weight: weight.value))
            }
        }
        let trust = weights.flatMap { source, row in
            row.compactMap { target, weight -> TrustPair? in
                guard weight > 0, let from = names[source], let to = names[target] else {
                    return nil
                }
                return TrustPair(source: from, target: to, weight: weight)
            }
        }
        data = EvaluationData(
            train: InteractionTable(rows).merged(isRated: false),
            test: InteractionTable(held.sorted().map { .init(user: ego, item: $0) }),
            // The order of a dictionary changes from run to run.
            trust: trust.sorted { ($0.source, $0.target) < ($1.source, $1.target) },
            spamItems: spam)
        guard let place = data.users.firstIndex(of: ego), !data.train.row(place).isEmpty else {
            return nil
        }
        self.ego = place
        self.walks = walks
    }

    private static func statement(_ payload: Payload) -> (ItemID, Weight)? {
        switch payload {
        case .play(let item, let weight), .like(let item, let weight), .rate(let item, let weight):
            (item, weight)
        default: nil
        }
    }

    /// `alpha` replaces the restart of the trust walk; nil: as the engine has it.
    func judge(_ method: Method, alpha: Double? = nil) -> Verdict {
        let ranked = method.engine.map { scores($0, method.transform, alpha) } ?? popularity
        let top = ranked.prefix(Self.length)
        let wanted = Set(data.test.row(ego))
        let hits = top.count { wanted.contains($0.item) }
        let all = ranked.reduce(0) { $0 + $1.score }
        let spam = ranked.reduce(0) { data.spamItems.contains(Int($1.item)) ? $0 + $1.score : $0 }
        return Verdict(
            spam: Double(top.count { data.spamItems.contains(Int($0.item)) }),
            recall: wanted.isEmpty ? 0 : Double(hits) / Double(wanted.count),
            hit: hits > 0 ? 1 : 0, spamShare: all > 0 ? spam / all : 0)
    }

    private func scores(_ engine: EngineName, _ transform: WeightTransform, _ alpha: Double?)
        -> [(item: UInt32, score: Double)]
    {
        var parameters = RankingParameters()
        parameters.walks = walks
        if let alpha {
            parameters.alphaTrust = alpha
            parameters.alphaWalk = alpha
        }
        let snapshot = EngineMethod.snapshot(data, transform: transform, trust: .explicit)
        let query = RankingQuery(ego: AuthorIndex(UInt32(ego)), parameters: parameters)
        return engine.engine.rank(snapshot, query).items.map {
            ($0.item.value, max(0, $0.score))
        }
    }

    /// What most authors have, without what the ego has.
    private var popularity: [(item: UInt32, score: Double)] {
        let counts = data.train.columnCounts
        let own = Set(data.train.row(ego))
        return counts.indices.filter { counts[$0] > 0 && !own.contains(UInt32($0)) }
            .sorted { (-counts[$0], $0) < (-counts[$1], $1) }
            .map { (UInt32($0), Double(counts[$0])) }
    }
}
