/// How near an author is to the ego: what is held of it, how fast, and what goes first (docs/protocol.md, section 4).
enum Tier: Int, CaseIterable, Comparable, Sendable {
    /// The ego itself, on whatever device.
    case own
    /// Whom the ego trusts in so many words.
    case direct
    /// Whom enough of the ego's trust reaches.
    case near
    /// Whom any of it reaches.
    case reached
    case stranger

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// What the authors of each tier may cost.
public struct TierLimits: Sendable {
    /// Trust from which on an author is near. All trust sums to 1, so no choice of keys makes more than its inverse near.
    public var nearTrust = 0.001
    /// Records of one author that others push to us: sustained and burst (protocol.md, section 4). The own feed is free.
    public var pushed: [Rate] = [
        .unlimited, Rate(perHour: 360, burst: 500), Rate(perHour: 120, burst: 200),
        Rate(perHour: 30, burst: 50), Rate(perHour: 6, burst: 20),
    ]
    /// Places of one author in ranges that we asked for. Each costs a hash and a 64th of a signature: about 12 us with
    /// the store, so a friend's thousand a second are a hundredth of a core; 16,384 at once is most first syncs.
    public var fetched: [Rate] = [
        .unlimited, Rate(perHour: 3_600_000, burst: 16_384),
        Rate(perHour: 1_800_000, burst: 8_192), Rate(perHour: 900_000, burst: 4_096),
        Rate(perHour: 115_200, burst: 512),
    ]
    /// Signatures checked of authors whom trust reaches and the ego does not name: each has its part of the trust flow
    /// of this, so that k keys behind one attack edge divide that edge's part. 500 a second are 2 % of the 26,000 that
    /// one core checks; a second's worth at once is a first sync of a million records.
    public var verifiedByFlow = Rate(perHour: 1_800_000, burst: 26_000)
    /// Signatures checked for all authors of a tier, of the two middle ones beyond their parts of the flow: with a fifth
    /// of all trust behind attack edges they and the strangers stay below 2 % of a core together (T18).
    public var verified: [Rate] = [
        .unlimited, Rate(perHour: 46_800_000, burst: 13_000), Rate(perHour: 216_000, burst: 260),
        Rate(perHour: 216_000, burst: 260), Rate(perHour: 864_000, burst: 520),
    ]

    /// The same of strangers while the first ranking is not there yet: whom trust reaches is one of them for so long,
    /// and nobody else draws on the 2 % of a core.
    public var verifiedUnranked = Rate(perHour: 1_872_000, burst: 520)

    /// Signatures checked of all authors whom the ego does not name, out of whatever part or tier they are paid: burst
    /// and sustained rate together are the 520 of 2 % of a core in any second, also when keys without end come after a
    /// long rest (T18). Half of the burst is not for strangers, so that they keep nobody else out. Whoever is turned
    /// away is asked again, so it delays and loses nothing.
    public var verifiedTogether = Rate(perHour: 1_497_600, burst: 104)
    /// What does not count in that, once after a start: the second of a core that a first sync takes, or a network whose
    /// nodes all begin at once. Over the time in which it may be spent these are 43 a second.
    public var verifiedAtStart = 26_000
    public var startMilliseconds: UInt64 = 600_000

    public init() {}

    /// Nothing but the caps of `CoreLimits`: for measurements, and tests of something else.
    public static var open: TierLimits {
        var limits = TierLimits()
        limits.pushed = limits.pushed.map { _ in .unlimited }
        limits.fetched = limits.pushed
        limits.verified = limits.pushed
        limits.verifiedByFlow = .unlimited
        limits.verifiedUnranked = .unlimited
        limits.verifiedTogether = .unlimited
        return limits
    }
}
