import Primitives

/// Where the authors and items of a block of interactions are likely to be found: read step by step for all
/// of them, so that their waits for memory overlap instead of adding up.
///
/// A slot that is named is the author's, a number only likely the item's: whoever uses it compares identifiers, and
/// searches where they differ or nothing is named. They hold until something leaves the graph.
struct BlockLookUp {
    /// As many waits as a core has under way, and little enough for its first cache.
    static let blockCount = 64
    private static let none = UInt32.max

    private var authorHashes: [64 of Int] = .init(repeating: 0)
    private var itemHashes: [64 of UInt32] = .init(repeating: 0)
    private var words: [64 of UInt64] = .init(repeating: 0)
    private var slots: [64 of UInt32] = .init(repeating: 0)
    private var numbers: [64 of UInt32] = .init(repeating: 0)
    private var ends: [64 of UInt32] = .init(repeating: 0)
    private let keys = HashKeys.ofProcess

    /// Looks at a block of at most `blockCount` interactions. Each loop reads what the one before made known.
    mutating func look(
        at block: Span<Interaction>, _ authors: AuthorTable, _ items: ItemRegistry
    ) {
        for place in block.indices {
            authorHashes[place] = block[place].author.raw.hashValue(under: keys)
            ends[place] = block[place].item.end
        }
        for place in block.indices {
            itemHashes[place] = items.hash(block[place].item.bytes.span)
            slots[place] = authors.likelySlot(authorHashes[place]).map { UInt32($0) } ?? Self.none
        }
        for place in block.indices { words[place] = items.word(atHomeOf: itemHashes[place]) }
        for place in block.indices {
            numbers[place] =
                items.likelyNumber(itemHashes[place], from: words[place]) ?? Self.none
            if slots[place] != Self.none,
                !authors.holds(block[place].author, at: Int(slots[place]))
            {
                slots[place] = Self.none
            }
        }
        for place in block.indices where numbers[place] != Self.none {
            if items.ids.end(at: Int(numbers[place])) != ends[place] {
                numbers[place] = Self.none
            }
        }
    }

    /// The slot of an interaction's author, where the search for it begins with it.
    func slot(at place: Int) -> Int? { slots[place] == Self.none ? nil : Int(slots[place]) }

    /// What is likely to be the number of an interaction's item.
    func number(at place: Int) -> UInt32? { numbers[place] == Self.none ? nil : numbers[place] }

    /// The hash of an interaction's item.
    func itemHash(at place: Int) -> UInt32 { itemHashes[place] }
}
