import Primitives

/// Inputs without end, made by changing given ones.
///
/// Number n of a seed is always the same bytes, so that a search is shared out, stopped, taken up
/// again and repeated by numbers alone.
public struct InputSeries: Sendable {
    private let originals: [[UInt8]]
    private let base: UInt64

    /// Requires originals. The series depends on their order.
    public init(_ originals: [[UInt8]], seed: UInt64) {
        require(!originals.isEmpty, "there is something to change")
        self.originals = originals
        var random = SeededRandom(seed: seed, stream: "inputs")
        base = random.next()
    }

    /// Makes `bytes` the input of that number: each original in turn, one to sixteen changes of it, seldom many.
    public func write(_ number: UInt64, into bytes: inout [UInt8]) {
        var mixer = SeededRandom(seed: base &+ number &* 0x9E37_79B9_7F4A_7C15)
        var random = SeededRandom(seed: mixer.next() ^ number)
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: originals[Int(number % UInt64(originals.count))])
        let kinds = Mutation.allCases
        for _ in 0..<1 << min(random.below(5), random.below(5)) {
            kinds[random.below(kinds.count)].apply(
                to: &bytes, with: originals[random.below(originals.count)], &random)
        }
    }

    public func input(_ number: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        write(number, into: &bytes)
        return bytes
    }
}
