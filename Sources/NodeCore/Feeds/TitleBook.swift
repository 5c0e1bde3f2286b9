public import Primitives
public import Records

/// What authors say items are called: a few candidates an item, the most trusted shown.
struct TitleBook: Sendable {
    struct Candidate: Sendable {
        let author: PublicKey
        var title: Title
    }

    private let perItem: Int
    private var candidates: BoundedTable<ItemID, [Candidate]>

    init(limits: CoreLimits) {
        perItem = limits.titlesPerItem
        candidates = BoundedTable(capacity: limits.titles)
    }

    var count: Int { candidates.count }
    var capacity: Int { candidates.capacity }

    /// Keeps what an author calls an item; a full list drops its oldest candidate.
    mutating func note(_ title: Title, of item: ItemID, by author: PublicKey) {
        var list = candidates[item] ?? []
        if let position = list.firstIndex(where: { $0.author == author }) {
            list[position].title = title
        } else {
            if list.count == perItem { list.removeFirst() }
            list.append(Candidate(author: author, title: title))
        }
        candidates.set(item, list)
    }

    /// The title by the author whom `trust` puts highest; nil when nobody trusted names the item.
    func title(of item: ItemID, trust: (PublicKey) -> Double) -> Title? {
        var best: (trust: Double, title: Title)?
        for candidate in candidates[item] ?? [] {
            let value = trust(candidate.author)
            if value > best?.trust ?? 0 { best = (value, candidate.title) }
        }
        return best?.title
    }
}

extension Node {
    /// What the item is called by the ego, else by whoever the ego trusts most; nil when nobody reachable says.
    public func title(of item: ItemID) -> Title? {
        titles.title(of: item) { author in
            author == configuration.author ? 2 : trust[author] ?? 0
        }
    }
}
