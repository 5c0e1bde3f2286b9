public import Primitives

/// A feed by the first eight bytes of its key, for two nodes that both hold it. Whoever holds two feeds of one tag
/// takes it for the one that it held first: who makes such keys hurts himself alone, and aiming at another's costs 2^64 tries.
public struct FeedTag: Hashable, Comparable, Sendable {
    public let raw: UInt64
    public init(raw: UInt64) { self.raw = raw }
    public init(_ feed: PublicKey) { raw = feed.raw.prefix64 }
    public static func < (left: Self, right: Self) -> Bool { left.raw < right.raw }
}

/// IHAVE: the sender holds a feed so far and does not push it on this link.
public struct Announcement: Hashable, Sendable {
    public var tag: FeedTag
    /// Highest contiguous sequence held.
    public var sequence: UInt64
    /// First two bytes of that record's id: unequal at equal sequence means a fork.
    public var headMark: UInt16

    public init(tag: FeedTag, sequence: UInt64, headMark: UInt16) {
        self.tag = tag
        self.sequence = sequence
        self.headMark = headMark
    }
}

extension Frame {
    static func write(_ announcements: [Announcement], to writer: inout ByteWriter) {
        writer.byte(FrameType.announce)
        writer.varint(announcements.count)
        for entry in announcements {
            writer.word(entry.tag.raw, bytes: 8)
            writer.varint(entry.sequence)
            writer.word(UInt64(entry.headMark), bytes: 2)
        }
    }

    static func write(_ tags: [FeedTag], as type: UInt8, to writer: inout ByteWriter) {
        writer.byte(type)
        writer.varint(tags.count)
        for tag in tags { writer.word(tag.raw, bytes: 8) }
    }
}

extension ByteReader {
    mutating func announcements() throws(DecodingFailure) -> [Announcement] {
        let count = try count("announcements", cap: WireLimits.tagsPerFrame)
        var entries: [Announcement] = []
        entries.reserveCapacity(count)
        for _ in 0..<count {
            let tag = FeedTag(raw: try word("tag", bytes: 8))
            if let last = entries.last, last.tag >= tag { throw failure("tag", .notCanonical) }
            let sequence = try sequence("sequence")
            let mark = UInt16(truncatingIfNeeded: try word("head", bytes: 2))
            entries.append(Announcement(tag: tag, sequence: sequence, headMark: mark))
        }
        return entries
    }

    mutating func feedTags() throws(DecodingFailure) -> [FeedTag] {
        let count = try count("tags", cap: WireLimits.tagsPerFrame)
        var tags: [FeedTag] = []
        tags.reserveCapacity(count)
        for _ in 0..<count {
            let tag = FeedTag(raw: try word("tag", bytes: 8))
            if let last = tags.last, last >= tag { throw failure("tag", .notCanonical) }
            tags.append(tag)
        }
        return tags
    }
}
