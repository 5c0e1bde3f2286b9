import Primitives

/// What one author of a feed held here has cost; there as long as a feed of it is.
struct AuthorAccount: Sendable {
    /// Feeds that speak for it.
    var feeds = 0
    var pushed = TokenBucket()
    var fetched = TokenBucket()
}
