public import Primitives

/// The content of an `InteractionGraph` at one moment: it shares the graph's segments, so that taking it
/// costs a reference a segment, and the graph's next writes copy only the segments that they touch.
///
/// It is `Sendable`: the expensive part of a snapshot can run on another thread while the writer goes on.
public struct FrozenGraph: Sendable {
    let keys: SegmentedArray<PublicKey>
    let entries: SegmentedArray<AuthorEntry>
    let items: SegmentedArray<ItemID>
    let interactionCount: Int

    /// The graph at an instant as engines read it, with every author that has or is the goal of an edge,
    /// and the ego. Weights follow `parameters.weighting`.
    ///
    /// Authors are sorted by key and items by identifier: the order of arrival cannot show.
    /// O(edges log authors + items log items).
    public func snapshot(
        ego: PublicKey, at now: Instant, parameters: RankingParameters = RankingParameters()
    ) -> GraphSnapshot {
        let vertices = VertexOrder(self, ego: ego)
        let order = ItemOrder(self)
        let (interactions, holders) = interactionRows(
            vertices, order, EdgeWeights(parameters.weighting, now: now))
        return GraphSnapshot(
            trust: trustRows(vertices), interactions: interactions, holders: holders,
            itemCount: order.ids.count,
            ego: vertices.position(of: ego).map { AuthorIndex(position: $0) },
            authorKeys: vertices.keys, itemIDs: order.ids)
    }

    private func trustRows(_ vertices: VertexOrder) -> CompressedRows {
        var rows = CompressedRows(rowCapacity: vertices.keys.count)
        var row: [(column: UInt32, weight: Double)] = []
        for slot in vertices.slots {
            row.removeAll(keepingCapacity: true)
            if let slot {
                for edge in entries[slot].trusted {
                    guard let place = vertices.position(of: edge.key) else { continue }
                    row.append((UInt32(place), edge.weight))
                }
            }
            rows.append(row)
        }
        return rows
    }

    /// Edges are dealt from authors to items and back: both directions come out ascending, without a
    /// sort.
    private func interactionRows(
        _ vertices: VertexOrder, _ order: ItemOrder, _ weighting: EdgeWeights
    ) -> (rows: CompressedRows, holders: TransposedRows) {
        var offsets: [UInt32] = [0]
        offsets.reserveCapacity(vertices.slots.count + 1)
        for slot in vertices.slots {
            let count = slot.map { entries[$0].holdings.count } ?? 0
            offsets.append(offsets[offsets.count - 1] + UInt32(count))
        }
        var next = order.offsets
        var holders = [UInt32](repeating: 0, count: interactionCount)
        var dealt = [Double](repeating: 0, count: interactionCount)
        for (row, slot) in vertices.slots.enumerated() {
            guard let slot else { continue }
            let holdings = entries[slot].holdings
            for place in 0..<holdings.count {
                let item = Int(order.places[Int(holdings.number(at: place))])
                let (weight, time) = holdings.value(at: place)
                let at = Int(next[item])
                next[item] += 1
                holders[at] = UInt32(truncatingIfNeeded: row)
                dealt[at] = weighting.weight(weight, time: time)
            }
        }
        var places = offsets
        var columns = [UInt32](repeating: 0, count: interactionCount)
        var weights = [Double](repeating: 0, count: interactionCount)
        for item in 0..<order.ids.count {
            for at in Int(order.offsets[item])..<Int(order.offsets[item + 1]) {
                let row = Int(holders[at])
                let place = Int(places[row])
                places[row] += 1
                columns[place] = UInt32(truncatingIfNeeded: item)
                weights[place] = dealt[at]
            }
        }
        return (
            CompressedRows(offsets: offsets, columns: columns, weights: weights),
            TransposedRows(
                offsets: order.offsets, rows: holders, rowCount: vertices.slots.count)
        )
    }
}

/// The vertices of a snapshot: authors, whom they trust, and the ego, ascending by key.
private struct VertexOrder {
    private(set) var keys: [PublicKey] = []
    /// The slot of each vertex's entry; nil for those without edges of their own.
    private(set) var slots: [Int?] = []
    /// The first eight bytes of each key: a search reads a fourth of the memory.
    private var prefixes: [UInt64] = []

    init(_ graph: FrozenGraph, ego: PublicKey) {
        var own: [(key: PublicKey, slot: Int?)] = []
        own.reserveCapacity(graph.keys.count + 1)
        graph.keys.forEach { slot, key in own.append((key, slot)) }
        own.sort { $0.key < $1.key }
        adopt(own)
        var others: [PublicKey] = position(of: ego) == nil ? [ego] : []
        graph.entries.forEach { _, entry in
            for edge in entry.trusted where position(of: edge.key) == nil {
                others.append(edge.key)
            }
        }
        guard !others.isEmpty else { return }
        others.sort()
        for (place, key) in others.enumerated() where place == 0 || others[place - 1] != key {
            own.append((key, nil))
        }
        own.sort { $0.key < $1.key }
        adopt(own)
    }

    private mutating func adopt(_ vertices: [(key: PublicKey, slot: Int?)]) {
        keys = vertices.map(\.key)
        slots = vertices.map(\.slot)
        prefixes = keys.map(\.raw.prefix64)
    }

    /// O(log vertices).
    func position(of key: PublicKey) -> Int? {
        let prefix = key.raw.prefix64
        let prefixes = prefixes.span
        var low = 0
        var length = prefixes.count
        while length > 0 {
            let half = length / 2
            let isBelow = prefixes[low + half] < prefix
            low = isBelow ? low + half + 1 : low
            length = isBelow ? length - half - 1 : half
        }
        guard low < keys.count, prefixes[low] == prefix else { return nil }
        if keys[low] == key { return low }
        // Two keys of one prefix: somebody searched for them.
        return keys.sortedPosition(of: key)
    }
}

/// The items in use, ascending, and where each stands.
private struct ItemOrder {
    private(set) var ids: [ItemID] = []
    /// By registry number: the item's place; meaningless for numbers that are not in use.
    private(set) var places: [UInt32]
    /// By place: the first of the item's holders, and the number of edges at the end.
    private(set) var offsets: [UInt32] = [0]

    private struct Candidate {
        var first: UInt64
        var second: UInt64
        var number: UInt32
    }

    init(_ graph: FrozenGraph) {
        var counts = [UInt32](repeating: 0, count: graph.items.count)
        graph.entries.forEach { _, entry in
            for place in 0..<entry.holdings.count {
                counts[Int(entry.holdings.number(at: place))] += 1
            }
        }
        places = [UInt32](repeating: 0, count: counts.count)
        let used = counts.indices.filter { counts[$0] > 0 }
        let skipped = Self.commonPrefix(used, graph.items)
        var candidates = used.map { number in
            let bytes = graph.items[number].bytes
            return Candidate(
                first: Self.word(bytes, from: skipped), second: Self.word(bytes, from: skipped + 8),
                number: UInt32(number))
        }
        candidates.sort { left, right in
            if left.first != right.first { return left.first < right.first }
            if left.second != right.second { return left.second < right.second }
            return graph.items[Int(left.number)] < graph.items[Int(right.number)]
        }
        ids.reserveCapacity(candidates.count)
        offsets.reserveCapacity(candidates.count + 1)
        for (place, candidate) in candidates.enumerated() {
            let number = Int(candidate.number)
            places[number] = UInt32(place)
            ids.append(graph.items[number])
            offsets.append(offsets[place] + counts[number])
        }
    }

    /// How many bytes all identifiers have in common: most carry the name of one catalogue.
    private static func commonPrefix(_ used: [Int], _ items: SegmentedArray<ItemID>) -> Int {
        guard let first = used.first.map({ items[$0].bytes }) else { return 0 }
        var common = first.count
        for number in used {
            let bytes = items[number].bytes
            common = min(common, bytes.count)
            var equal = 0
            while equal < common, bytes[equal] == first[equal] { equal += 1 }
            common = equal
        }
        return common
    }

    /// Eight bytes as a number that orders as they do; what is missing counts as 0, which no byte of an
    /// identifier is.
    private static func word(_ bytes: [UInt8], from start: Int) -> UInt64 {
        var word: UInt64 = 0
        for place in start..<start + 8 {
            word = word << 8 | (place < bytes.count ? UInt64(bytes[place]) : 0)
        }
        return word
    }
}

/// The weight of an edge at one instant, small whole numbers from a table: most weights are numbers of
/// plays.
private struct EdgeWeights {
    private let weighting: Weighting
    private let now: Instant
    private var table: [Double] = []

    init(_ weighting: Weighting, now: Instant) {
        self.weighting = weighting
        self.now = now
        guard weighting.halfLifeMilliseconds == nil else { return }
        table = (0..<256).map { weighting.effectiveWeight(Double($0), time: now, now: now) }
    }

    /// A weight whose decay underflows stays as the smallest there is: the author still has the item.
    func weight(_ weight: Double, time: Instant) -> Double {
        if weight < Double(table.count), weight == weight.rounded(.down) {
            return table[Int(weight)]
        }
        return max(
            weighting.effectiveWeight(weight, time: time, now: now), .leastNonzeroMagnitude)
    }
}

extension InteractionGraph {
    /// The content at this moment, for a reader that may be on another thread. O(segments).
    public func frozen() -> FrozenGraph {
        FrozenGraph(
            keys: authors.keys, entries: authors.entries, items: items.ids,
            interactionCount: interactionCount)
    }

    /// The graph at an instant as engines read it: see `FrozenGraph.snapshot`.
    public func snapshot(
        ego: PublicKey, at now: Instant, parameters: RankingParameters = RankingParameters()
    ) -> GraphSnapshot {
        frozen().snapshot(ego: ego, at: now, parameters: parameters)
    }
}
