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
        case votes

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
        /// Spam items among the first 20, by name: under slander, real ones that are still there.
        var shown: Set<String> = []
        /// Spam's part of all scores: the reputation that the attackers gained (arXiv 2307.01411).
        var spamShare = 0.0
    }

    static let length = 20

    private let data: EvaluationData
    private let ego: Int
    private let walks: Int
    /// Authors who speak for an item, less those who speak against it; the newest word of each counts.
    private let votes: [String: Int]

    /// Nil when the host's user has said nothing yet. `names` of the authors that exist.
    init?(
        _ host: Host, names: [PublicKey: String], ego: String, held: Set<String>,
        spam: Set<String>, walks: Int
    ) {
        var rows: [InteractionTable.Row] = []
        var weights: [PublicKey: [PublicKey: Double]] = [:]
        var words: [String: [PublicKey: Bool]] = [:]
        host.store.forEachEntry { entry in
            guard case .record(let stored) = entry, host.store.net.proofs[entry.feed] == nil,
                let author = names[entry.feed]
            else { return }
            let payload = stored.record.body.payload
            if case .trust(let target, let weight) = payload {
                weights[entry.feed, default: [:]][target] = weight.value
            } else if case let (item, weight)? = Self.statement(payload) {
                rows.append(.init(user: author, item: item.description, weight: weight.value))
                words[item.description, default: [:]][entry.feed] = Self.isFor(payload)
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
        votes = words.mapValues { word in word.values.reduce(0) { $0 + ($1 ? 1 : -1) } }
    }

    private static func statement(_ payload: Payload) -> (ItemID, Weight)? {
        switch payload {
        case .play(let item, let weight), .like(let item, let weight), .rate(let item, let weight):
            (item, weight)
        default: nil
        }
    }

    /// As sites count votes: a rating below one is a word against the item, anything else one for it.
    private static func isFor(_ payload: Payload) -> Bool {
        if case .rate(_, let weight) = payload { weight >= .one } else { true }
    }

    /// `alpha` replaces the restart of the trust walk; nil: as the engine has it.
    func judge(_ method: Method, alpha: Double? = nil) -> Verdict {
        let ranked = ranked(method, alpha)
        let top = ranked.prefix(Self.length)
        let wanted = Set(data.test.row(ego))
        let hits = top.count { wanted.contains($0.item) }
        let all = ranked.reduce(0) { $0 + $1.score }
        let spam = ranked.reduce(0) { data.spamItems.contains(Int($1.item)) ? $0 + $1.score : $0 }
        let shown = top.filter { data.spamItems.contains(Int($0.item)) }
        return Verdict(
            spam: Double(shown.count),
            recall: wanted.isEmpty ? 0 : Double(hits) / Double(wanted.count),
            hit: hits > 0 ? 1 : 0, shown: Set(shown.map { data.items[Int($0.item)] }),
            spamShare: all > 0 ? spam / all : 0)
    }

    private func ranked(_ method: Method, _ alpha: Double?) -> [(item: UInt32, score: Double)] {
        if let engine = method.engine { return scores(engine, method.transform, alpha) }
        if method == .votes { return counted { votes[data.items[$0]] ?? 0 } }
        let holders = data.train.columnCounts
        return counted { holders[$0] }
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

    /// What a count over all authors is above zero for, the largest first, without what the ego has.
    private func counted(_ count: (Int) -> Int) -> [(item: UInt32, score: Double)] {
        let own = Set(data.train.row(ego))
        return data.items.indices.filter { count($0) > 0 && !own.contains(UInt32($0)) }
            .sorted { (-count($0), $0) < (-count($1), $1) }
            .map { (UInt32($0), Double(count($0))) }
    }
}
