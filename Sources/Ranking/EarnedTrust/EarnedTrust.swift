internal import RealModule

public import Primitives

/// What authors earned by having had items before the ego found them.
///
/// Every author has an account that opens with 1 and bets on each discovery of the ego that it will be
/// among its claims, at the odds that popularity alone would give: whose claims together make up a part
/// P of all that is claimed wins 1/P. Who claims everything has P = 1 and never wins anything; what was
/// seen after the discovery is no claim. A claim speaks with what its author's account grew *since the
/// claim was seen*, so spam added to a proven profile starts from nothing
/// (`docs/research/earned-trust.md`).
public struct EarnedTrust: Hashable, Sendable {
    /// The strongest claim of each author, in [0, 1]: its voice before the pool is shared out.
    public let strengths: [Double]
    /// Earliest first: those that counted.
    public let discoveries: [Discovery]
    /// Authors with a strength, ascending, and where their claims begin in `items`.
    let earners: [UInt32]
    let offsets: [Int]
    let items: [UInt32]
    /// Strength of each claim of an earner.
    let claimStrengths: [Double]
    /// The claims of earners that won, by earner and discovery.
    let wins: [Win]

    /// One discovery that an account won.
    struct Win: Hashable, Sendable {
        var author: UInt32
        var discovery: UInt32
        /// Logarithm of what it multiplied the account by, after decay.
        var gain: Double
    }

    /// Requires parameters without a `problem`. Claims of the ego earn nothing. The result depends on the
    /// sets of claims and discoveries alone. O(claims log discoveries + authors x discoveries).
    public init(
        _ claims: ClaimTimes, discoveries all: [Discovery], ego: AuthorIndex, now: Instant,
        parameters: EarnedTrustParameters = EarnedTrustParameters()
    ) {
        require(parameters.problem == nil, parameters.problem?.description ?? "")
        let known = all.filter { $0.item.position < claims.itemCount }.sorted()
        let discoveries = Array(known.suffix(parameters.discoveries))
        self.discoveries = discoveries
        let game = EarnedTrustGame(
            claims, discoveries, before: known.dropLast(discoveries.count), ego: ego, now: now,
            parameters)
        var strengths = [Double](repeating: 0, count: claims.authorCount)
        var earners: [UInt32] = []
        var offsets = [0]
        var items: [UInt32] = []
        var claimStrengths: [Double] = []
        var wins: [Win] = []
        for author in 0..<claims.authorCount where author != ego.position {
            let account = game.account(author)
            let share = min(
                1, Double(parameters.wholeClaims) / Double(max(1, claims.count(author))))
            let spoken = claims.claims(author).map {
                share * account.strength(game.stage[$0], parameters)
            }
            guard let strongest = spoken.max(), strongest > 0 else { continue }
            strengths[author] = strongest
            earners.append(UInt32(truncatingIfNeeded: author))
            items += claims.items[claims.claims(author)]
            claimStrengths += spoken
            offsets.append(items.count)
            wins += account.wins
        }
        self.strengths = strengths
        self.earners = earners
        self.offsets = offsets
        self.items = items
        self.claimStrengths = claimStrengths
        self.wins = wins
    }

    /// The discoveries that raised an author's account, the largest gain first; the gain is the factor
    /// less 1, after decay. O(wins).
    public func reasons(for author: AuthorIndex) -> [(discovery: Discovery, gain: Double)] {
        wins.filter { $0.author == author.value }
            .sorted { (-$0.gain, $0.discovery) < (-$1.gain, $1.discovery) }
            .map { (discoveries[Int($0.discovery)], Double.exp($0.gain) - 1) }
    }

    /// The claims of an earner with their strengths, items ascending; empty for others.
    func claims(of author: Int) -> Range<Int> {
        var low = 0
        var high = earners.count
        while low < high {
            let middle = (low + high) / 2
            if Int(earners[middle]) < author { low = middle + 1 } else { high = middle }
        }
        guard low < earners.count, Int(earners[low]) == author else { return 0..<0 }
        return offsets[low]..<offsets[low + 1]
    }
}

/// One author's account over all discoveries.
struct EarnedTrustAccount {
    /// Logarithm of the account before each discovery and after the last one; starts at 0.
    var levels: [Double]
    var wins: [EarnedTrust.Win] = []

    /// What a claim says that was seen before discovery number `stage`: growth since, beyond luck.
    func strength(_ stage: UInt32, _ parameters: EarnedTrustParameters) -> Double {
        let growth = (levels.last ?? 0) - levels[Int(stage)]
        // Above that growth the strength is 1 anyway, and exp could overflow.
        guard growth < 700 else { return 1 }
        return min(1, max(0, Double.exp(growth) - 1 - parameters.luck))
    }
}
