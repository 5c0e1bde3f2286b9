/// When the core must look at a link although nothing arrives: monotonic milliseconds, `.max` for never.
///
/// All in one value without a reference, because every turn of a node looks at those of all its links.
struct LinkTimers: Sendable {
    /// The peer's greeting is late; nothing else counts before it.
    var hello: UInt64
    var ping: UInt64
    /// The next round of anti-entropy.
    var frontier = UInt64.max
    /// The wants are looked at even if the peer says nothing: others may have failed to send what they were asked for.
    var scan = UInt64.max
    /// A range that it owes is late; no other is due earlier.
    var ranges = UInt64.max
    /// It may be asked for ranges again, after it left some unanswered.
    var askAgain = UInt64.max
    /// The sketch that is under way is over.
    var sketch = UInt64.max

    init(hello: UInt64, ping: UInt64) {
        self.hello = hello
        self.ping = ping
    }

    var next: UInt64 {
        if hello != .max { return hello }
        return min(min(ping, frontier, scan), min(ranges, askAgain, sketch))
    }
}
