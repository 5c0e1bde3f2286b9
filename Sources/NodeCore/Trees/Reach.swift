/// How far a peer has one feed, and who pushes it to whom. There is one for each feed on each link, so it is small:
/// nobody holds 2^32 records of a feed, and who claims more is taken to claim that many.
struct Reach: Sendable {
    /// It said or showed that it holds the feed so far.
    var known: UInt32 = 0
    /// We pushed or announced the feed to it so far.
    var offered: UInt32 = 0
    /// It showed that it holds nothing of the feed before this place; 0: unknown.
    var begins: UInt32 = 0
    /// It asked us to announce the feed, not to push it.
    var isPruned = false
    /// We asked it so.
    var hasPruned = false
}
