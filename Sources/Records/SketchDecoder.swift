/// Finds what two sets do not share from the symbols of one and the other set itself.
///
/// Bounded by what it was given, whatever that is: it recovers at most as many marks as there are symbols,
/// each at the cost of about 2 ln(symbols) XORs.
public struct SketchDecoder: Sendable {
    public enum State: Hashable, Sendable {
        case needsMore
        /// Every symbol is explained.
        case done
        /// No two sets have these symbols, or the check words failed.
        case inconsistent
    }

    private var local: SketchEncoder
    /// How many marks they said to have.
    public let remoteCount: UInt64
    private var symbols: [SketchSymbol] = []
    private var found: [(mark: FrontierMark, sign: Int64, check: UInt32, places: SketchPlaces)] = []
    public private(set) var state = State.needsMore

    public init(_ local: SketchEncoder, remoteCount: UInt64) {
        self.local = local
        self.remoteCount = remoteCount
    }

    public var salt: UInt64 { local.salt }
    public var symbolCount: Int { symbols.count }
    public var localMarks: [FrontierMark] { local.marks }
    /// Marks that they have and we do not.
    public var theirs: [FrontierMark] { found.filter { $0.sign > 0 }.map(\.mark) }
    /// Marks that we have and they do not.
    public var ours: [FrontierMark] { found.filter { $0.sign < 0 }.map(\.mark) }

    /// Takes the next symbols of the other set, in their order.
    public mutating func take(_ remote: [SketchSymbol]) {
        guard state == .needsMore, !remote.isEmpty else { return }
        let start = symbols.count
        local.extend(to: start + remote.count)
        for (offset, symbol) in remote.enumerated() {
            var difference = symbol
            difference.subtract(local.symbols[start + offset])
            symbols.append(difference)
        }
        for position in found.indices { remove(position) }
        var suspects = Array(start..<symbols.count)
        peel(&suspects)
    }

    /// Roughly how many marks differ, from how far the counts stray from what equal sets of these sizes would
    /// show; the standard deviation is about sqrt(2 / symbols) of it.
    public var estimatedDifference: Int {
        let surplus = Double(Int64(clamping: remoteCount) - Int64(local.marks.count))
        var strayed = 0.0
        var expected = 0.0
        for (index, symbol) in symbols.enumerated().dropFirst() {
            let density = 1 / (1 + Double(index) / 2)
            let excess = Double(symbol.count) - surplus * density
            strayed += excess * excess
            expected += density * (1 - density)
        }
        guard expected > 0 else { return Int(abs(surplus)) }
        return Int(min(max(strayed / expected, abs(surplus)), 1e9)) + found.count
    }

    // MARK: Helpers

    private mutating func peel(_ suspects: inout [Int]) {
        while let index = suspects.popLast() {
            let symbol = symbols[index]
            guard symbol.count == 1 || symbol.count == -1 else { continue }
            let hash = SketchHash.of(symbol.sum, salt: local.salt)
            let check = UInt32(truncatingIfNeeded: hash >> 32)
            guard check == symbol.check else { continue }
            guard found.count < symbols.count else {
                state = .inconsistent
                return
            }
            found.append((symbol.sum, symbol.count, check, SketchPlaces(hash: hash)))
            remove(found.count - 1) { suspects.append($0) }
        }
        // Every mark is in symbol 0: once it is empty, all are found.
        if symbols[0].isEmpty {
            state = symbols.allSatisfy(\.isEmpty) ? .done : .inconsistent
        }
    }

    /// Takes a found mark out of the symbols that it is in and that there are.
    private mutating func remove(_ position: Int, _ touched: (Int) -> Void = { _ in }) {
        let (mark, sign, check, _) = found[position]
        while found[position].places.index < UInt64(symbols.count) {
            let index = Int(found[position].places.index)
            symbols[index].add(mark, check: check, sign: -sign)
            touched(index)
            found[position].places.advance()
        }
    }
}
