import Primitives

/// How many strangers' handshakes a listener lets itself be put to (threats.md, T41).
///
/// A handshake of CURVE costs the listener most of a millisecond, and libzmq does it before anybody here is asked. So
/// what is too much is refused before the connection exists, by its first packet: above the rate a share of all
/// newcomers is let in, chosen by chance, so that no order of arrival helps. Whose address had a link before is let in
/// beside that, at a rate of its own, and a network group that sends more than its part is left out for a while. A value:
/// the clock is handed in.
struct HandshakeRate {
    /// What the listener is to let in; nil: everybody.
    struct Ration: Hashable {
        /// Of newcomers, in 0 ... 1.
        var share: Double
        /// Let in whatever the share is. Port 0.
        var known: [NetworkAddress]
        /// An address of each network group that is left out.
        var refused: [NetworkAddress]
    }

    private struct Known {
        /// How long it was linked at the most, in milliseconds; sixteenfold for whom this node dialled.
        var weight: UInt64
        /// Connections since the last second began.
        var recent = 0
        var excludedUntil: UInt64 = 0
    }

    private let limits: TransportLimits
    private var known: BoundedTable<NetworkAddress, Known>
    /// Connections of each network group since the last second began, with one address of it.
    private var recent: BoundedTable<Netgroup, (address: NetworkAddress, count: Int)>
    private var refused: BoundedTable<Netgroup, (address: NetworkAddress, until: UInt64)>
    /// Handshakes and connections of known addresses since the last decision.
    private var spent = 0
    private var knownAccepts = 0
    /// Handshakes that may come at once.
    private var tokens: Double
    /// Handshakes that are offered in a second, as far as can be told; nil while everybody is let in.
    private var offered: Double?
    private var share = 1.0
    private var decidedAt: UInt64 = 0
    private var secondBegan: UInt64 = 0

    init(limits: TransportLimits) {
        self.limits = limits
        known = BoundedTable(capacity: limits.knownAddresses)
        recent = BoundedTable(capacity: 4 * limits.refusedNetgroups)
        refused = BoundedTable(capacity: limits.refusedNetgroups)
        tokens = Double(limits.handshakeBurst)
    }

    // MARK: Inputs

    /// Arithmetic was done for so many newcomers.
    mutating func spend(_ count: Int) { spent += count }

    /// A connection came in.
    mutating func accepted(_ address: NetworkAddress, nowMilliseconds now: UInt64) {
        let host = NetworkAddress(high: address.high, low: address.low, port: 0)
        if let slot = known.slot(of: host), known[slot: slot].excludedUntil <= now {
            knownAccepts += 1
            known[slot: slot].recent += 1
            guard known[slot: slot].recent > limits.handshakesPerKnownAddress else { return }
            known[slot: slot].excludedUntil = now + UInt64(limits.refusalMilliseconds)
        } else if !address.isLoopback {
            let count = recent[address.netgroup]?.count ?? 0
            recent.set(address.netgroup, (host, count + 1))
        }
    }

    /// An address is or was linked for so long.
    mutating func note(_ address: NetworkAddress, linkedMilliseconds age: UInt64, isDialled: Bool) {
        guard address != .unknown else { return }
        let host = NetworkAddress(high: address.high, low: address.low, port: 0)
        // Whom this node dials was chosen by it. No more than that: it dials many for a moment, to see whether they are there.
        let weight = isDialled ? 16 * age : age
        if let slot = known.slot(of: host) {
            known[slot: slot].weight = max(known[slot: slot].weight, weight)
            return
        }
        if known.isFull,
            let least = known.keys.indices.min(by: {
                known[slot: $0].weight < known[slot: $1].weight
            }), known[slot: least].weight < weight
        {
            known.remove(known.keys[least])
        }
        known.set(host, Known(weight: weight))
    }

    /// What is let in from now on; nil where nothing changes.
    mutating func decide(nowMilliseconds now: UInt64) -> Ration?? {
        guard now >= decidedAt + UInt64(limits.rationMilliseconds) else { return nil }
        let seconds = Double(min(now - decidedAt, 1_000)) / 1_000
        decidedAt = now
        let strangers = Double(max(0, spent - knownAccepts))
        (spent, knownAccepts) = (0, 0)
        let target = Double(limits.handshakesPerSecond)
        tokens = min(Double(limits.handshakeBurst), tokens + target * seconds - strangers)
        let rate = strangers / seconds / share
        if let before = offered {
            let smooth = (3 * before + rate) / 4
            offered = smooth <= target && tokens > 0 ? nil : smooth
        } else if tokens < 0 {
            offered = max(rate, 2 * target)
        } else {
            beginSecond(now)
            return nil
        }
        refuseCrowds(now)
        beginSecond(now)
        guard let offered else {
            share = 1
            return .some(nil)
        }
        // What is owed is paid back over a second.
        share = max(Self.leastShare, min(1, max(0, target + min(0, tokens)) / offered))
        return Ration(
            share: share,
            known: known.keys.indices.filter { known[slot: $0].excludedUntil <= now }.map {
                known.keys[$0]
            },
            refused: refused.values.map(\.address))
    }

    // MARK: Queries

    /// When `decide` has something to say; nil while everybody is let in.
    var nextMilliseconds: UInt64? {
        offered == nil ? nil : decidedAt + UInt64(limits.rationMilliseconds)
    }

    // MARK: Helpers

    /// Of 5,000 a second one in three seconds: so that the end of a flood is seen.
    private static let leastShare = 1.0 / 16_384

    private mutating func refuseCrowds(_ now: UInt64) {
        for group in refused.keys where (refused[group]?.until ?? 0) <= now {
            refused.remove(group)
        }
        for (slot, group) in recent.keys.enumerated() {
            let (address, count) = recent.values[slot]
            guard count > limits.handshakesPerNetgroup else { continue }
            refused.set(group, (address, now + UInt64(limits.refusalMilliseconds)))
        }
    }

    private mutating func beginSecond(_ now: UInt64) {
        guard now >= secondBegan + 1_000 else { return }
        secondBegan = now
        recent = BoundedTable(capacity: recent.capacity)
        for slot in known.keys.indices { known[slot: slot].recent = 0 }
    }
}
