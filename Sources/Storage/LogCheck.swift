import Foundation

/// Looks at a write-ahead log before SQLite does, and tells damage from a torn end.
///
/// SQLite takes frames up to the first whose checksum is wrong. That is right for what a power cut left of a commit that was
/// under way, and wrong for a bit that flipped in a commit that was synchronised. Each checksum continues the one before, which
/// stands in its frame's header: so the frames behind a wrong one can still be checked (sqlite.org/fileformat2.html, section 4).
struct LogCheck {
    private static let headerBytes = 32
    private static let frameHeaderBytes = 24

    private let bytes: [UInt8]
    private let isBigEndian: Bool
    private let pageBytes: Int

    /// Whether commits stand behind a wrong frame: a transaction that ended, and the beginning of a later one, which began
    /// when the first was durable. O(bytes). A file that is not there is whole; so is one whose last commit alone is damaged.
    static func isDamaged(_ path: String) -> Bool {
        guard let data = FileManager.default.contents(atPath: path) else { return false }
        let bytes = [UInt8](data)
        // A header is in one sector: there whole, or not at all.
        guard bytes.count >= headerBytes, bytes[..<headerBytes].contains(where: { $0 != 0 })
        else { return false }
        guard let log = LogCheck(bytes) else { return true }
        return log.goesOnBehindDamage()
    }

    /// Nil where the header is not what was written.
    private init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        let magic = Self.word(bytes, 0)
        guard magic & ~1 == 0x377f_0682 else { return nil }
        isBigEndian = magic & 1 == 1
        pageBytes = Int(Self.word(bytes, 8))
        guard pageBytes >= 512, pageBytes <= 65_536, pageBytes % 8 == 0 else { return nil }
        let sum = checksum((0, 0), 0..<24)
        guard sum == (Self.word(bytes, 24), Self.word(bytes, 28)) else { return nil }
    }

    private func goesOnBehindDamage() -> Bool {
        let size = Self.frameHeaderBytes + pageBytes
        var seed = (Self.word(bytes, 24), Self.word(bytes, 28))
        var isBroken = false
        var hasEnded = false
        for start in stride(from: Self.headerBytes, through: bytes.count - size, by: size) {
            let isOfThisLog =
                Self.word(bytes, start + 8) == Self.word(bytes, 16)
                && Self.word(bytes, start + 12) == Self.word(bytes, 20)
            let head = checksum(seed, start..<start + 8)
            let sum = checksum(head, start + Self.frameHeaderBytes..<start + size)
            seed = (Self.word(bytes, start + 16), Self.word(bytes, start + 20))
            let follows = isOfThisLog && sum == seed
            if isBroken, hasEnded, follows { return true }
            let isFirst = !follows && !isBroken
            if !follows { isBroken = true }
            let isCommit = Self.word(bytes, start + 4) != 0
            if isBroken, isCommit, follows || (isFirst && isOfThisLog) { hasEnded = true }
        }
        return false
    }

    private func checksum(_ seed: (UInt32, UInt32), _ range: Range<Int>) -> (UInt32, UInt32) {
        var (first, second) = seed
        for place in stride(from: range.lowerBound, to: range.upperBound, by: 8) {
            first &+= number(place) &+ second
            second &+= number(place + 4) &+ first
        }
        return (first, second)
    }

    /// In the byte order of the checksums.
    private func number(_ place: Int) -> UInt32 {
        let word = Self.word(bytes, place)
        return isBigEndian ? word : word.byteSwapped
    }

    private static func word(_ bytes: [UInt8], _ place: Int) -> UInt32 {
        UInt32(bytes[place]) << 24 | UInt32(bytes[place + 1]) << 16
            | UInt32(bytes[place + 2]) << 8 | UInt32(bytes[place + 3])
    }
}
