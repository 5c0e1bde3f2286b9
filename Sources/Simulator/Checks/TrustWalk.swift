import NodeCore
import Primitives
import Records

/// The oracle's own trust graph of one host, read from its disk, and the chance of a walk to enter a region.
///
/// T1 and T2 of the ranking's specification bound what a region gets by that chance alone.
struct TrustWalk {
    private var numbers: [PublicKey: Int] = [:]
    private var edges: [[Int: Double]] = []

    /// Reads every TRUST record that a host holds. Frozen feeds say nothing.
    init(_ host: Host) {
        var found: [(from: PublicKey, to: PublicKey, weight: Double)] = []
        host.store.forEachEntry { entry in
            guard let stored = Self.record(entry) else { return }
            guard host.store.net.proofs[entry.feed] == nil else { return }
            if case .trust(let target, let weight) = stored.record.body.payload {
                found.append((entry.feed, target, weight.value))
            }
        }
        for edge in found where edge.from != edge.to {
            let from = number(edge.from)
            let to = number(edge.to)
            edges[from][to] = edge.weight > 0 ? edge.weight : nil
        }
    }

    /// The chance that a walk from `ego`, which stops at each author with chance `alpha`, ever enters the region.
    mutating func entry(from ego: PublicKey, into region: Set<PublicKey>, alpha: Double) -> Double {
        let start = number(ego)
        var isInside = [Bool](repeating: false, count: edges.count)
        for (key, number) in numbers.sorted(by: { $0.value < $1.value }) {
            isInside[number] = region.contains(key)
        }
        var mass = [Double](repeating: 0, count: edges.count)
        mass[start] = 1
        var entered = 0.0
        for _ in 0..<200 {
            var next = [Double](repeating: 0, count: edges.count)
            for from in edges.indices where mass[from] > 0 {
                let row = edges[from].sorted { $0.key < $1.key }
                let total = row.reduce(0) { $0 + $1.value }
                for (to, weight) in row {
                    let part = mass[from] * (1 - alpha) * weight / total
                    if isInside[to] { entered += part } else { next[to] += part }
                }
            }
            mass = next
        }
        return entered
    }

    private static func record(_ entry: StoredEntry) -> StoredRecord? {
        if case .record(let stored) = entry { stored } else { nil }
    }

    private mutating func number(_ key: PublicKey) -> Int {
        if let number = numbers[key] { return number }
        numbers[key] = edges.count
        edges.append([:])
        return edges.count - 1
    }
}
