import Primitives
import Records

/// What a run costs and delivers. Honest hosts only, except where it says so.
struct Metrics {
    private(set) var framesSent: UInt64 = 0
    private(set) var bytesSent: UInt64 = 0
    private(set) var recordsReceived: UInt64 = 0
    private(set) var deliveries: UInt64 = 0
    /// Milliseconds from the commit of a record by its honest author to its commit elsewhere; the slots are
    /// logarithmic. What a record itself says of its time is the word of an adversary, or of a clock that jumped.
    private var delaySlots = [UInt64](repeating: 0, count: 256)
    private var timedDeliveries: UInt64 = 0
    private var publishedAt: [RecordID: UInt64] = [:]
    private var strikes = [UInt64](repeating: 0, count: Fault.Kind.allCases.count)
    var published: UInt64 = 0
    var refused: UInt64 = 0
    var lostFrames: UInt64 = 0
    /// Attempts to dial who is behind NAT.
    var vainDials: UInt64 = 0
    var failedOperations: UInt64 = 0
    var provenForks = 0
    /// Largest trust of the Byzantine region beside the ego's own, at the end, and the most that T2 allows there.
    var regionMass = 0.0
    var regionBound = 0.0
    /// What hostile authors have on the disk that holds most of it, as a part of its budget.
    var regionBytes = 0.0
    var rows: [MetricRow] = []

    mutating func sent(_ bytes: [UInt8]) {
        framesSent += 1
        bytesSent += UInt64(bytes.count)
    }

    mutating func received(_ bytes: [UInt8]) {
        guard bytes.first == 10 || bytes.first == 23 else { return }
        recordsReceived += UInt64(WireView.placeCount(in: bytes))
    }

    mutating func committed(_ record: Record, isOwn: Bool, now: UInt64) {
        if isOwn {
            // Own records that come back after a loss were published before.
            if publishedAt[record.id] == nil { publishedAt[record.id] = now }
        } else if let published = publishedAt[record.id] {
            delivered(after: now - min(now, published))
        } else {
            deliveries += 1
        }
    }

    /// A node committed an honest author's record this long after its author did.
    mutating func delivered(after milliseconds: UInt64) {
        deliveries += 1
        timedDeliveries += 1
        delaySlots[Self.slot(of: milliseconds)] += 1
    }

    /// The warm-up is over: what it cost does not count.
    mutating func restartTraffic() {
        framesSent = 0
        bytesSent = 0
        recordsReceived = 0
        deliveries = 0
        timedDeliveries = 0
        published = 0
        delaySlots = [UInt64](repeating: 0, count: delaySlots.count)
    }

    mutating func struck(_ kind: Fault.Kind) { strikes[Self.index(kind)] += 1 }
    func fired(_ kind: Fault.Kind) -> UInt64 { strikes[Self.index(kind)] }

    /// The delay below which a share of the deliveries of honest authors' records lies, within 9 %.
    func delayMilliseconds(_ share: Double) -> UInt64 {
        let wanted = UInt64(Double(timedDeliveries) * share)
        var seen: UInt64 = 0
        for (slot, count) in delaySlots.enumerated() {
            seen += count
            if seen >= wanted, seen > 0 { return Self.upperEnd(of: slot) }
        }
        return 0
    }

    /// Every figure with its name, in one order.
    var named: [(name: String, value: Double)] {
        [
            ("published", Double(published)), ("refused", Double(refused)),
            ("deliveries", Double(deliveries)), ("frames_sent", Double(framesSent)),
            ("bytes_sent", Double(bytesSent)), ("records_received", Double(recordsReceived)),
            ("copies_per_delivery", ratio(recordsReceived)),
            ("bytes_per_delivery", ratio(bytesSent)),
        ] + delays + [
            ("lost_frames", Double(lostFrames)), ("vain_dials", Double(vainDials)),
            ("failed_store_operations", Double(failedOperations)),
            ("proven_forks", Double(provenForks)), ("region_mass", regionMass),
            ("region_mass_bound", regionBound), ("region_bytes", regionBytes),
        ] + Fault.Kind.allCases.map { ("fault.\($0.rawValue)", Double(fired($0))) }
    }

    /// The distribution of delays: a row for each slot that holds any, its upper end as group.
    func delayDistribution(tick: UInt64) -> [MetricRow] {
        var rows: [MetricRow] = []
        var seen: UInt64 = 0
        for (slot, count) in delaySlots.enumerated() where count > 0 {
            seen += count
            rows.append(
                MetricRow(
                    tick: tick, metric: "delay_cdf", group: "\(Self.upperEnd(of: slot))",
                    value: Double(seen) / Double(timedDeliveries)))
        }
        return rows
    }

    /// The curve of delivery.
    var delays: [(name: String, value: Double)] {
        [10, 50, 90, 99].map { percent in
            (
                "delay_p\(percent)_milliseconds",
                Double(delayMilliseconds(Double(percent) / 100))
            )
        }
    }

    private func ratio(_ count: UInt64) -> Double {
        deliveries == 0 ? 0 : Double(count) / Double(deliveries)
    }

    /// Eight slots an octave.
    private static func slot(of delay: UInt64) -> Int {
        guard delay >= 8 else { return Int(delay) }
        let octave = 63 - delay.leadingZeroBitCount
        let part = Int(delay >> UInt64(octave - 3)) & 7
        return min(255, (octave - 2) * 8 + part)
    }

    private static func upperEnd(of slot: Int) -> UInt64 {
        guard slot >= 8 else { return UInt64(slot) }
        let octave = slot / 8 + 2
        return UInt64(8 + slot % 8 + 1) << UInt64(octave - 3)
    }

    private static func index(_ kind: Fault.Kind) -> Int {
        Fault.Kind.allCases.firstIndex(of: kind) ?? 0
    }
}

/// One figure at one instant of a run: a row of metrics.tsv.
public struct MetricRow: Hashable, Sendable {
    /// Virtual seconds.
    public let tick: UInt64
    public let metric: String
    public let group: String
    public let value: Double

    public init(tick: UInt64, metric: String, group: String, value: Double) {
        self.tick = tick
        self.metric = metric
        self.group = group
        self.value = value
    }
}
