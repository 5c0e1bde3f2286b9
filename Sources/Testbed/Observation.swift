import Daemon
import Dispatch
import Primitives
import Ranking

/// What each user is told by each engine, and what the proofs say about it.
struct Observation {
    var users: [DemoReport.User] = []
    var shown: Int
    var lists: [DemoReport.List] = []

    private let cast: Cast
    private let spam: Set<String>

    init(cast: Cast, region: SybilRegion, tell: (String) -> Void) throws(TestbedFailure) {
        self.cast = cast
        spam = Set(region.spam.map(\.description))
        shown = cast.shown
        for index in cast.nodes.indices {
            users.append(try look(at: index, region: region))
        }
        tell("asked every node for its list from \(EngineName.allCases.count) engines")
    }

    /// Asks one node everything about its user.
    private mutating func look(
        at index: Int, region: SybilRegion
    ) throws(TestbedFailure) -> DemoReport.User {
        let client = try cast.nodes[index].client()
        try cast.nodes[index].waitUntilFresh()
        var counts: [String: Int] = [:]
        var tops: [EngineName: [String]] = [:]
        for engine in EngineName.allCases {
            let document = try recommend(client, engine: engine)
            counts[engine.rawValue] = document?.items.count { spam.contains($0.item) } ?? 0
            tops[engine] = document?.items.map(\.item) ?? []
            if index == shown { lists.append(list(document, engine: engine)) }
        }
        let asked = DispatchTime.now()
        let answer = try recommend(client, engine: nil)
        let milliseconds = DispatchTime.now().seconds(since: asked) * 1000
        let view = try OutsideView(
            ego: cast.authors[index],
            edges: cast.nodes[index].edges(.trust) + cast.nodes[index].edges(.interactions),
            engine: .tsalsa, at: Clock.wall())
        let authors = region.identities.map(\.author)
        let bound = view.bound(of: authors) ?? 1
        return DemoReport.User(
            name: cast.name(index),
            hopsToVictim: cast.community.hops(from: index)[cast.victim],
            spam: counts, bound: bound, measured: view.share(of: authors),
            admissible: view.admissible(region.spam, top: Demo.Bars.top, mass: bound),
            isReproduced: view.top(Demo.Bars.top).map(\.description) == tops[.tsalsa],
            answerMilliseconds: milliseconds, rankMilliseconds: answer?.rankMilliseconds ?? 0)
    }

    /// Nil when the node has nothing to recommend.
    private func recommend(
        _ client: NodeClient, engine: EngineName?
    ) throws(TestbedFailure) -> RecommendDocument? {
        let request = Request.recommend(
            RecommendOptions(count: Demo.Bars.top, engine: engine?.rawValue, reasons: 3))
        do {
            return try client.request(request, as: RecommendDocument.self)
        } catch {
            guard error.refusal?.code == .nothingToShow else { throw error }
            return nil
        }
    }

    private func list(_ document: RecommendDocument?, engine: EngineName) -> DemoReport.List {
        let items = (document?.items ?? []).prefix(Demo.Bars.shown).map { item in
            DemoReport.List.Item(
                rank: item.rank, item: item.item,
                title: item.title ?? cast.community.titles[item.item],
                isSpam: spam.contains(item.item),
                reasons: item.reasons.map { reason in
                    DemoReport.List.Reason(
                        name: cast.name(ofAuthor: reason.author), fraction: reason.fraction,
                        path: reason.path.map { cast.name(ofAuthor: $0.author) })
                })
        }
        return DemoReport.List(engine: engine.rawValue, items: Array(items))
    }
}
