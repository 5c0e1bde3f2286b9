internal import Primitives
public import Ranking

/// MeritRank's experiments (Nasrulin, Ishmaev & Pouwelse, arXiv 2207.09950): the gain of Sybils against
/// each decay and their number, by topology.
///
/// One attack is an ego, an attacker that no single vertex cuts off from it and that an exact trust
/// walk visits at least `minimumVisits` times, and a region behind it. Every figure is a mean over
/// the same attacks.
public struct MeritRankExperiment: Sendable {
    public struct Settings: Hashable, Sendable {
        public var alphas = [0.01, 0.05, 0.1, 0.15, 0.3, 0.5, 0.7, 0.9]
        public var betas = [0, 0.1, 0.3, 0.5, 0.7, 0.9, 1]
        public var gammas = [0, 0.05, 0.1, 0.3, 0.5, 1]
        public var sybils = [1, 2, 5, 10, 20, 50, 100, 200]
        /// Where Sybils are not what is varied, and as published.
        public var fixedSybils = 50
        /// Where alpha is not what is varied.
        public var fixedAlpha = RankingParameters().alphaTrust
        /// The published runs that can be compared.
        public var publishedAlpha = 0.01
        /// Of the attacker's trust, what it gives to its Sybils. On the published shape a visit of the
        /// attacker brings about 1.96 times this share in visits of Sybils (alpha 0.01), and the
        /// published gain is 1.55.
        public var share = 0.8
        public var attacks = 20
        public var walks = 10_000
        public var minimumVisits = 0.02
        /// The Sybils come at this epoch of so many.
        public var attackEpoch = 20
        public var epochs = 50
        public var seed: UInt64 = 1

        public init() {}
    }

    public let network: TrustNetwork
    public let settings: Settings
    /// Fewer than asked for where the network does not hold them.
    public let pairs: [(ego: AuthorIndex, attacker: AuthorIndex)]

    public init(_ network: TrustNetwork, _ settings: Settings = Settings()) {
        self.network = network
        self.settings = settings
        pairs = Self.pairs(network, settings)
    }

    /// Every sweep. Calls `progress` with what was done and what there is to do.
    public func run(progress: (Int, Int) -> Void = { _, _ in }) -> [GainRow] {
        let sweeps = SybilShape.allCases.flatMap { shape in
            [
                { self.published(shape) }, { self.byAlpha(shape) }, { self.byBeta(shape) },
                { self.bySybils(shape) }, { self.byGamma(shape) },
            ]
        }
        var rows: [GainRow] = []
        for (place, sweep) in sweeps.enumerated() {
            progress(place, sweeps.count)
            rows += sweep()
        }
        progress(sweeps.count, sweeps.count)
        return rows
    }

    private func published(_ shape: SybilShape) -> [GainRow] {
        rows(.published, shape, alpha: settings.publishedAlpha, betas: [0, 0.5, 0.9, 1])
    }

    private func byAlpha(_ shape: SybilShape) -> [GainRow] {
        settings.alphas.flatMap { rows(.alpha, shape, alpha: $0, betas: [0]) }
    }

    private func byBeta(_ shape: SybilShape) -> [GainRow] {
        rows(.beta, shape, alpha: settings.fixedAlpha, betas: settings.betas)
    }

    private func bySybils(_ shape: SybilShape) -> [GainRow] {
        settings.sybils.flatMap { sybils in
            rows(.sybils, shape, alpha: settings.fixedAlpha, betas: [0], sybils: sybils)
                + exact(shape, sybils: sybils)
        }
    }

    /// One sweep over beta: all of it is read from the same walks.
    private func rows(
        _ sweep: GainRow.Sweep, _ shape: SybilShape, alpha: Double, betas: [Double],
        sybils: Int? = nil
    ) -> [GainRow] {
        let sybils = sybils ?? settings.fixedSybils
        let gains = pairs.indices.map { attack in
            gain(attack, attacked(attack, shape, sybils), alpha: alpha, seed: settings.seed)
        }
        return RankingParameters.MeritEstimator.allCases.flatMap { estimator in
            betas.map { beta in
                GainRow(
                    network: network.name, sweep: sweep, shape: shape,
                    measure: estimator == .hits ? .hits : .visits, alpha: alpha, beta: beta,
                    gamma: nil, sybils: sybils,
                    gains: Sample(gains.map { $0.value(estimator, beta: beta) }))
            }
        }
    }

    /// The same without sampling: exact visits, and the bound that T1 puts on them.
    private func exact(_ shape: SybilShape, sybils: Int) -> [GainRow] {
        let alpha = settings.fixedAlpha
        let found = pairs.indices.map { attack in
            let snapshot = attacked(attack, shape, sybils).snapshot
            let (ego, attacker) = pairs[attack]
            let region = network.userCount..<network.userCount + sybils
            let visits = TrustFlow(snapshot, ego: ego, alpha: alpha, epsilon: 1e-9).visits
            let entry = TrustFlow.entryProbability(
                snapshot, ego: ego, into: region.map { AuthorIndex(UInt32($0)) }, alpha: alpha,
                epsilon: 1e-9)
            let own = visits[attacker.position]
            return (gain: visits[region].reduce(0, +) / own, bound: entry / alpha / own)
        }
        func row(_ measure: GainRow.Measure, _ values: [Double]) -> GainRow {
            GainRow(
                network: network.name, sweep: .sybils, shape: shape, measure: measure,
                alpha: alpha, beta: 0, gamma: nil, sybils: sybils, gains: Sample(values))
        }
        return [row(.exactVisits, found.map(\.gain)), row(.bound, found.map(\.bound))]
    }

    /// Reputation that fades from epoch to epoch; Sybils come in the middle.
    private func byGamma(_ shape: SybilShape) -> [GainRow] {
        let sybils = settings.fixedSybils
        let region = network.userCount..<network.userCount + sybils
        var values = [[Double]](repeating: [], count: settings.gammas.count)
        for attack in pairs.indices {
            let after = attacked(attack, shape, sybils)
            var before = network
            before.userCount = after.userCount
            var past = settings.gammas.map {
                EpochReputation(authorCount: after.userCount, gamma: $0)
            }
            for epoch in 0..<settings.epochs {
                let earned = gain(
                    attack, epoch < settings.attackEpoch ? before : after,
                    alpha: settings.fixedAlpha, seed: settings.seed &+ UInt64(epoch) &* 1_000_003
                ).scores(.hits, beta: 0)
                for place in past.indices { past[place].close(earned) }
            }
            for place in past.indices {
                let scores = past[place].scores
                let own = scores[pairs[attack].attacker.position]
                values[place].append(own > 0 ? scores[region].reduce(0, +) / own : 0)
            }
        }
        return settings.gammas.indices.map { place in
            GainRow(
                network: network.name, sweep: .gamma, shape: shape, measure: .hits,
                alpha: settings.fixedAlpha, beta: 0, gamma: settings.gammas[place],
                sybils: sybils, gains: Sample(values[place]))
        }
    }

    private func attacked(_ attack: Int, _ shape: SybilShape, _ sybils: Int) -> TrustNetwork {
        network.attacked(
            by: pairs[attack].attacker, sybils: sybils, shape: shape, share: settings.share)
    }

    private func gain(
        _ attack: Int, _ network: TrustNetwork, alpha: Double, seed: UInt64
    ) -> SybilGain {
        var parameters = RankingParameters()
        (parameters.alphaTrust, parameters.walks) = (alpha, settings.walks)
        parameters.seed = seed &+ UInt64(attack)
        let merit = MeritStanding(network.snapshot, ego: pairs[attack].ego, parameters)
        return SybilGain(
            merit, attacker: pairs[attack].attacker,
            sybils: self.network.userCount..<network.userCount)
    }

    private static func pairs(
        _ network: TrustNetwork, _ settings: Settings
    ) -> [(ego: AuthorIndex, attacker: AuthorIndex)] {
        let snapshot = network.snapshot
        var random = SeededRandom(seed: settings.seed, stream: "attacks")
        var users = (0..<network.userCount).map { AuthorIndex(UInt32($0)) }
        random.shuffle(&users)
        var pairs: [(ego: AuthorIndex, attacker: AuthorIndex)] = []
        for ego in users where pairs.count < settings.attacks {
            guard !snapshot.trusted(by: ego).isEmpty else { continue }
            let dominators = TrustDominators(snapshot, ego: ego)
            let visits = TrustFlow(
                snapshot, ego: ego, alpha: settings.fixedAlpha, epsilon: 1e-9
            ).visits
            let able = (0..<network.userCount).filter { user in
                user != ego.position && visits[user] >= settings.minimumVisits
                    && dominators.immediate[user] == ego
            }
            guard !able.isEmpty else { continue }
            pairs.append((ego, AuthorIndex(UInt32(able[random.below(able.count)]))))
        }
        return pairs
    }
}
