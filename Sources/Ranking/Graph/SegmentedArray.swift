import Primitives

/// An array in blocks of a fixed size, so that a write while somebody holds a copy copies one block and
/// not everything: the copy is a snapshot that costs one reference a block.
///
/// Reading and writing an element and appending are O(1); after a copy the first write to a block is
/// O(`blockCount`).
struct SegmentedArray<Element> {
    /// A power of two: 64 rows of an author's edges or 64 identifiers are a few pages.
    private static var shift: Int { 6 }
    static var blockCount: Int { 1 << shift }

    private var blocks: [[Element]] = []
    private(set) var count = 0

    var indices: Range<Int> { 0..<count }

    subscript(index: Int) -> Element {
        _read { yield blocks[index >> Self.shift][index & (Self.blockCount - 1)] }
        _modify { yield &blocks[index >> Self.shift][index & (Self.blockCount - 1)] }
    }

    mutating func append(_ element: Element) {
        if count >> Self.shift == blocks.count {
            blocks.append([])
            blocks[blocks.count - 1].reserveCapacity(Self.blockCount)
        }
        blocks[count >> Self.shift].append(element)
        count += 1
    }

    mutating func removeLast() -> Element {
        count -= 1
        let element = blocks[count >> Self.shift].removeLast()
        if count & (Self.blockCount - 1) == 0 { blocks.removeLast() }
        return element
    }

    /// Calls `body` on every element in order, block by block.
    func forEach(_ body: (Int, Element) -> Void) {
        var index = 0
        for block in blocks {
            for element in block {
                body(index, element)
                index += 1
            }
        }
    }
}

extension SegmentedArray<ItemID> {
    /// The `end` of the identifier at an index.
    @inline(__always)
    func end(at index: Int) -> UInt32 {
        let blocks = blocks.span
        let block = blocks[index >> Self.shift].span
        return block[index & (Self.blockCount - 1)].end
    }

    /// Whether the identifier at an index is made of these bytes: compared where they lie, because a copy
    /// would count references.
    @inline(__always)
    func holds(_ bytes: Span<UInt8>, at index: Int) -> Bool {
        let blocks = blocks.span
        let block = blocks[index >> Self.shift].span
        let own = block[index & (Self.blockCount - 1)].bytes.span
        guard own.count == bytes.count else { return false }
        return own.isEqual(to: bytes)
    }
}

extension ItemID {
    /// The length and the last byte in one number: what tells two identifiers apart most often, and lies at both ends
    /// of what is read to compare them.
    @inline(__always)
    var end: UInt32 {
        let bytes = bytes.span
        return UInt32(truncatingIfNeeded: bytes.count) << 8 | UInt32(bytes[bytes.count - 1])
    }
}

extension SegmentedArray: Sendable where Element: Sendable {}
