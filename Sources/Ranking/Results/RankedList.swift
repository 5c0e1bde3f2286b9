/// The recommendations of a result, best first: made as they are looked at, because of tens of thousands
/// a reader wants few.
public struct RankedList: RandomAccessCollection, Hashable, Sendable {
    let order: [ItemIndex]
    let scores: [Double]
    let shares: [Double]
    let popularity: [Double]
    let concentration: [Double]
    let factors: [Double]
    let supporters: [UInt32]
    /// At this concentration an item is of a single voice; nil where the network is not young.
    let singleVoiceFrom: Double?

    public var startIndex: Int { 0 }
    public var endIndex: Int { order.count }

    public subscript(place: Int) -> RankedItem {
        let item = order[place]
        let at = item.position
        return RankedItem(
            item: item, rank: place + 1, score: scores[at], share: shares[at],
            popularity: popularity[at], concentration: concentration[at], factor: factors[at],
            supporters: Int(supporters[at]), tier: tier(at))
    }

    private func tier(_ item: Int) -> RankedItem.Tier {
        guard let singleVoiceFrom else { return .supported }
        return concentration[item] >= singleVoiceFrom ? .singleVoice : .supported
    }

    public static func == (left: Self, right: Self) -> Bool { left.elementsEqual(right) }

    public func hash(into hasher: inout Hasher) {
        for ranked in self { hasher.combine(ranked) }
    }
}
