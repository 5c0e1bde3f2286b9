import Primitives
import Testing

@Suite("Bytes eight at a time")
struct SpanWordsTests {
    @Test("bytes are equal to themselves and not to what differs in one", arguments: 0..<40)
    func equality(_ count: Int) {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: 7 * $0) }
        let copy = bytes.map { $0 }
        let keys = HashKeys.ofProcess
        #expect(isEqual(bytes, copy))
        let hash = keys.hash(bytes.span)
        for place in bytes.indices {
            var other = bytes
            other[place] ^= 1
            let otherHash = keys.hash(other.span)
            #expect(!isEqual(bytes, other), "byte \(place) of \(count)")
            #expect(otherHash != hash, "byte \(place) of \(count)")
        }
    }

    private func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.span.isEqual(to: right.span)
    }
}
