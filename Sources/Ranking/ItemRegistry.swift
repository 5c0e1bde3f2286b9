import Primitives

/// Small numbers for item identifiers, so that an edge holds four bytes instead of text.
///
/// A number stays with its item while somebody has the item and is given away again after that; the
/// registry is bounded by the edges that use it. All operations are O(1).
struct ItemRegistry: Sendable {
    private var numbers: [ItemID: UInt32] = [:]
    private var items: [ItemID] = []
    private var uses: [UInt32] = []
    private var free: [UInt32] = []

    var count: Int { numbers.count }

    func number(of item: ItemID) -> UInt32? { numbers[item] }

    /// The item behind a number that is in use.
    subscript(number: UInt32) -> ItemID { items[Int(number)] }

    /// The upper end of the numbers in use.
    var numberLimit: Int { items.count }

    func isUsed(_ number: Int) -> Bool { uses[number] > 0 }

    /// Counts one more edge to an item.
    mutating func retain(_ item: ItemID) -> UInt32 {
        if let number = numbers[item] {
            uses[Int(number)] += 1
            return number
        }
        let number: UInt32
        if let reused = free.popLast() {
            number = reused
            items[Int(number)] = item
            uses[Int(number)] = 1
        } else {
            number = UInt32(items.count)
            items.append(item)
            uses.append(1)
        }
        numbers[item] = number
        return number
    }

    /// Counts one edge less; the last one frees the number.
    mutating func release(_ number: UInt32) {
        require(uses[Int(number)] > 0, "an item is released as often as it was retained")
        uses[Int(number)] -= 1
        guard uses[Int(number)] == 0 else { return }
        numbers[items[Int(number)]] = nil
        free.append(number)
    }
}
