import Primitives

/// What one author of a feed held here has cost; there as long as a feed of it is.
struct AuthorAccount: Sendable {
    /// Feeds that speak for it.
    var feeds = 0
    var pushed = TokenBucket()
    var fetched = TokenBucket()
    /// What its feeds take in the store, as the core charges it.
    var bytes: UInt64 = 0
    /// What they may take by the trust that reaches it.
    var share: UInt64 = 0

    /// What is held beyond the share, if `more` came to it.
    func overflow(with more: UInt64 = 0) -> UInt64 {
        bytes + more > share ? bytes + more - share : 0
    }
}
