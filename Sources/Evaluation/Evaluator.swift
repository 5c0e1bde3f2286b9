internal import Ranking

/// Runs methods on one data set and measures what they recommend.
public struct Evaluator: Sendable {
    public let data: EvaluationData
    /// Lengths K, ascending.
    public let lengths: [Int]
    public let threads: Int
    private let catalogue: Catalogue
    private let diversity: Diversity

    /// What is heard while a method works.
    public enum Progress: Sendable {
        case learning(MethodName)
        /// So many more users have their list.
        case listed(MethodName, Int)
    }

    /// Requires at least one length, each at least 1.
    public init(
        _ data: EvaluationData, lengths: [Int], extent: Catalogue.Extent = .train, threads: Int
    ) {
        self.data = data
        self.lengths = lengths.sorted()
        self.threads = threads
        catalogue = Catalogue(data, extent: extent)
        diversity = Diversity(data)
    }

    /// The lists of a method for all scored users and how many seconds they took; nil when cancelled.
    ///
    /// Throws `.usage` when the method cannot run on this data.
    public func lists(
        _ method: MethodName, _ settings: MethodSettings, progress: (Progress) -> Void = { _ in }
    ) async throws(EvaluationFailure) -> (lists: RankedLists, seconds: Double)? {
        let start = ContinuousClock.now
        progress(.learning(method))
        guard let recommender = try await learn(method, settings) else { return nil }
        let users = data.scoredUsers
        let count = lengths.last ?? 1
        let listed = await Parallel.map(
            users.count, threads: threads, progress: { progress(.listed(method, $0)) }
        ) { recommender.recommend(users[$0], count: count) }
        guard let listed else { return nil }
        var lists = [[UInt32]](repeating: [], count: data.users.count)
        for (user, list) in zip(users, listed) { lists[user] = list }
        return (RankedLists(lists), (ContinuousClock.now - start) / .seconds(1))
    }

    /// What lists are worth, one report per length.
    public func reports(_ name: String, _ lists: RankedLists, seconds: Double) -> [MethodReport] {
        let clean = CleanLists(lists, data, length: lengths.last ?? 1)
        return lengths.map { k in
            MethodReport(
                method: name, k: k, clean: clean, data: data, catalogue: catalogue,
                diversity: diversity, seconds: seconds)
        }
    }

    private func learn(
        _ method: MethodName, _ settings: MethodSettings
    ) async throws(EvaluationFailure) -> (any Recommender)? {
        let train = data.train
        switch method {
        case .popularity: return Popularity(train)
        case .itemknn: return await ItemKNN.fit(train, settings.itemKNN, threads: threads)
        case .userknn: return UserKNN(train, settings.userKNN)
        case .p3alpha: return await WalkLinks.fit(train, settings.p3alpha, threads: threads)
        case .rp3beta: return await WalkLinks.fit(train, settings.rp3beta, threads: threads)
        case .ease: return try Ease(train, settings.ease)
        case .ials: return await ImplicitALS.fit(train, settings.ials, threads: threads)
        case .salsa: return engine(.salsa, settings)
        case .web3recommend: return engine(.web3recommend, settings)
        case .tsalsa: return engine(.tsalsa, settings)
        case .taste: return engine(.taste, settings)
        case .discover:
            return try DiscoverMethod(
                data, parameters: settings.ranking, transform: settings.transform,
                strangers: settings.strangers, seed: settings.seed)
        case .tasteOpen: return engine(.taste, settings, trust: .everyone)
        }
    }

    private func engine(
        _ engine: EngineName, _ settings: MethodSettings, trust: EngineMethod.Trust = .explicit
    ) -> EngineMethod {
        EngineMethod(
            engine, data, parameters: settings.ranking, transform: settings.transform, trust: trust)
    }
}
