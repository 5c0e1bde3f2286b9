public import Primitives

extension InteractionGraph {
    /// The graph at an instant as engines read it, with every author that has or is the goal of an edge,
    /// and the ego. Weights follow `parameters.weighting`.
    ///
    /// Authors are sorted by key and items by identifier: the order of arrival cannot show.
    /// O(edges log edges).
    public func snapshot(
        ego: PublicKey, at now: Instant, parameters: RankingParameters = RankingParameters()
    ) -> GraphSnapshot {
        let keys = vertexKeys(with: ego)
        let (itemIDs, places) = sortedItems()
        var trust = CompressedRows(rowCapacity: keys.count)
        var interactions = CompressedRows(rowCapacity: keys.count, entryCapacity: interactionCount)
        for key in keys {
            guard let slot = authors.slot(of: key) else {
                trust.append([])
                interactions.append([])
                continue
            }
            let entry = authors.values[slot]
            trust.append(
                entry.trusted.compactMap { edge in
                    keys.sortedPosition(of: edge.key).map { (UInt32($0), edge.weight) }
                })
            interactions.append(row(entry, places: places, now: now, parameters.weighting))
        }
        return GraphSnapshot(
            trust: trust, interactions: interactions, itemCount: itemIDs.count,
            ego: keys.sortedPosition(of: ego).map { AuthorIndex(position: $0) }, authorKeys: keys,
            itemIDs: itemIDs)
    }

    private func vertexKeys(with ego: PublicKey) -> [PublicKey] {
        var keys = authors.keys
        keys.append(ego)
        for entry in authors.values {
            for edge in entry.trusted { keys.append(edge.key) }
        }
        keys.sort()
        var distinct: [PublicKey] = []
        for key in keys where distinct.last != key { distinct.append(key) }
        return distinct
    }

    /// The items in use, ascending, and the place of each registry number among them.
    private func sortedItems() -> (items: [ItemID], places: [UInt32]) {
        let numbers = (0..<items.numberLimit).filter { items.isUsed($0) }
            .sorted { items[UInt32($0)] < items[UInt32($1)] }
        var places = [UInt32](repeating: 0, count: items.numberLimit)
        for (place, number) in numbers.enumerated() { places[number] = UInt32(place) }
        return (numbers.map { items[UInt32($0)] }, places)
    }

    /// A weight whose decay underflows stays as the smallest there is: the author still has the item.
    private func row(
        _ entry: AuthorEntry, places: [UInt32], now: Instant, _ weighting: Weighting
    ) -> [(column: UInt32, weight: Double)] {
        var row: [(column: UInt32, weight: Double)] = []
        row.reserveCapacity(entry.holdings.count)
        for (place, number) in entry.holdings.keys.enumerated() {
            let holding = entry.holdings.values[place]
            let weight = weighting.effectiveWeight(holding.weight, time: holding.time, now: now)
            row.append((places[Int(number)], max(weight, .leastNonzeroMagnitude)))
        }
        row.sort { $0.column < $1.column }
        return row
    }
}
