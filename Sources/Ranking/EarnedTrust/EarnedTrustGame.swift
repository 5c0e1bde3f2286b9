internal import RealModule

import Primitives

/// The prices of claims, and how accounts fare at them.
///
/// Prices are popularity as authors set it, one say each however much one claims. They are set twice: the
/// second time accounts that lost have that much less say, so that claims on things that nobody will ever
/// find cannot make all others look rare.
struct EarnedTrustGame {
    private let claims: ClaimTimes
    private let discoveries: [Discovery]
    private let parameters: EarnedTrustParameters
    private let ego: Int
    /// The number of discoveries before each claim was seen: it takes part from that one on.
    let stage: [UInt32]
    /// The discovery of each item; `undiscovered`, or `settled` for what was discovered too long ago to
    /// be bet on.
    private let found: [Int32]
    private static let undiscovered: Int32 = -1
    private static let settled: Int32 = -2
    /// What of a discovery is left after its age, in (0, 1].
    private let freshness: [Double]
    private var prices: [Double]
    /// The price of everything that is not discovered yet, before each discovery. 0 where nobody but the
    /// ego ever had the item: no bet is made on it.
    private var totals: [Double]

    init(
        _ claims: ClaimTimes, _ discoveries: [Discovery], before settled: ArraySlice<Discovery>,
        ego: AuthorIndex, now: Instant, _ parameters: EarnedTrustParameters
    ) {
        self.claims = claims
        self.discoveries = discoveries
        self.parameters = parameters
        self.ego = ego.position
        stage = claims.seen.map { seen in
            UInt32(truncatingIfNeeded: Self.stage(of: seen, discoveries))
        }
        var found = [Int32](repeating: Self.undiscovered, count: claims.itemCount)
        for (place, discovery) in discoveries.enumerated().reversed() {
            found[discovery.item.position] = Int32(truncatingIfNeeded: place)
        }
        for discovery in settled { found[discovery.item.position] = Self.settled }
        self.found = found
        freshness = discoveries.map { discovery in
            let age = Double(now.milliseconds(since: discovery.found))
            return Double.exp2(-age / Double(parameters.halfLifeMilliseconds))
        }
        prices = []
        totals = []
        setPrices { _ in 1 }
        let accounts = (0..<claims.authorCount).map { account($0).levels.last ?? 0 }
        setPrices { min(1, Double.exp(accounts[$0])) }
    }

    /// The account of one author from the first to the last discovery. O(claims + discoveries).
    func account(_ author: Int) -> EarnedTrustAccount {
        var account = EarnedTrustAccount(levels: [0])
        account.levels.reserveCapacity(discoveries.count + 1)
        let listed = claims.claims(author)
        guard author != ego, !listed.isEmpty else {
            account.levels = [Double](repeating: 0, count: discoveries.count + 1)
            return account
        }
        let (standing, hits) = standing(author)
        // What is not listed is taken to cost what the listed claims cost on average.
        let weight = Double(claims.count(author)) / Double(listed.count)
        let miss = Double.log(1 - parameters.stake)
        var price = 0.0
        var isOpen = false
        var level = 0.0
        for place in discoveries.indices {
            price += standing[place]
            isOpen = isOpen || standing[place] != 0
            if isOpen, totals[place] > 0 {
                var change = miss
                if hits[place] {
                    let part = price * weight / totals[place]
                    change = Double.log(
                        1 - parameters.stake
                            + parameters.stake / min(1, max(parameters.leastPrice, part)))
                    account.wins.append(
                        EarnedTrust.Win(
                            author: UInt32(truncatingIfNeeded: author),
                            discovery: UInt32(truncatingIfNeeded: place),
                            gain: change * freshness[place]))
                }
                level += change * freshness[place]
            }
            account.levels.append(level)
            if hits[place] { price -= prices[discoveries[place].item.position] }
        }
        account.wins.removeAll { $0.gain <= 0 }
        return account
    }

    /// What an author's standing claims cost more from each discovery on, and which discoveries were
    /// among them. An item that was discovered before the claim is none.
    private func standing(_ author: Int) -> (prices: [Double], hits: [Bool]) {
        var standing = [Double](repeating: 0, count: discoveries.count)
        var hits = [Bool](repeating: false, count: discoveries.count)
        for claim in claims.claims(author) {
            let item = Int(claims.items[claim])
            let from = Int(stage[claim])
            guard from < discoveries.count else { continue }
            guard found[item] == Self.undiscovered || from <= Int(found[item]) else { continue }
            standing[from] += prices[item]
            if found[item] >= 0 { hits[Int(found[item])] = true }
        }
        return (standing, hits)
    }

    private mutating func setPrices(_ say: (Int) -> Double) {
        var prices = [Double](repeating: 0, count: claims.itemCount)
        for author in 0..<claims.authorCount where author != ego {
            let count = max(parameters.leastClaims, claims.count(author))
            let part = say(author) / Double(count)
            for claim in claims.claims(author) {
                let item = Int(claims.items[claim])
                if found[item] != Self.settled { prices[item] += part }
            }
        }
        var left = prices.reduce(0, +)
        totals = discoveries.enumerated().map { place, discovery in
            let item = discovery.item.position
            guard Int(found[item]) == place, prices[item] > 0 else { return 0 }
            defer { left = max(0, left - prices[item]) }
            return left
        }
        self.prices = prices
    }

    /// The discoveries at or before an instant: a claim seen in the very moment of a discovery came too
    /// late for it.
    private static func stage(of seen: UInt64, _ discoveries: [Discovery]) -> Int {
        var low = 0
        var high = discoveries.count
        while low < high {
            let middle = (low + high) / 2
            if discoveries[middle].found.milliseconds <= seen {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}
