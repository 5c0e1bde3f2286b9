/// How earned trust is heard: a bounded pool of voices beside those of explicit trust.
extension EarnedTrust {
    /// The voice of each author from what it earned, sharing out the pool: `pool` of what the voices of
    /// explicit trust count as together (`trusted`), or `poolWithoutTrust` where there are none. Each at
    /// most 1, all together at most the pool, whatever the number of identities.
    ///
    /// Authors without items in the snapshot, as blocked ones are, take nothing from the pool.
    func voices(
        beside trusted: Double, in snapshot: GraphSnapshot, _ parameters: EarnedTrustParameters
    ) -> [Double] {
        let claimed = strengths.indices.map { author -> Double in
            snapshot.interactions.entries(author).isEmpty ? 0 : strengths[author]
        }
        let pool = trusted > 0 ? trusted * parameters.pool : parameters.poolWithoutTrust
        let total = claimed.reduce(0, +)
        let scale = total > pool ? pool / total : 1
        return claimed.map { $0 * scale }
    }

    /// The snapshot as it sounds when every claim of an earner counts by its own strength: a claim that
    /// rests on trust alone keeps its weight, one that nothing speaks for is left out.
    ///
    /// `explicit` and `earned` are voices, one per author. O(edges).
    func heard(
        in snapshot: GraphSnapshot, explicit: [Double], earned: [Double]
    ) -> GraphSnapshot {
        let rows = snapshot.interactions
        var heard = CompressedRows(rowCapacity: rows.rowCount, entryCapacity: rows.entryCount)
        for author in 0..<rows.rowCount {
            var row = rows.entries(author).map {
                (column: rows.columns[$0], weight: rows.weights[$0])
            }
            if earned[author] > 0 {
                weaken(&row, of: author, explicit: explicit[author], earned: earned[author])
            }
            heard.append(row)
        }
        return GraphSnapshot(
            trust: snapshot.trust, interactions: heard, itemCount: snapshot.itemCount,
            ego: snapshot.ego, authorKeys: snapshot.authorKeys, itemIDs: snapshot.itemIDs)
    }

    /// The group of each author for the connectivity decay: whoever no trust path reaches stands behind
    /// one vertex, the pool, and is one voice with all others there.
    func groups(_ groups: [AuthorIndex?], earned: [Double]) -> [AuthorIndex?] {
        guard let pool = earned.indices.first(where: { earned[$0] > 0 && groups[$0] == nil })
        else { return groups }
        return groups.indices.map { author in
            groups[author] ?? (earned[author] > 0 ? AuthorIndex(position: pool) : nil)
        }
    }

    private func weaken(
        _ row: inout [(column: UInt32, weight: Double)], of author: Int, explicit: Double,
        earned: Double
    ) {
        let claims = claims(of: author)
        var next = claims.lowerBound
        for place in row.indices {
            while next < claims.upperBound, items[next] < row[place].column { next += 1 }
            var strength = 0.0
            if next < claims.upperBound, items[next] == row[place].column {
                strength = claimStrengths[next] / strengths[author]
            }
            row[place].weight *= (explicit + earned * strength) / (explicit + earned)
        }
    }
}
