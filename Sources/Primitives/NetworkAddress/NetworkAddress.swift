/// Where a node can be reached: an internet address and a port.
public struct NetworkAddress: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Bytes of the written form: sixteen of the address, two of the port.
    public static let count = 18

    /// IPv6, or IPv4 mapped into it (RFC 4291, section 2.5.5.2): sixteen bytes as two big-endian words.
    public let high: UInt64
    public let low: UInt64
    public let port: UInt16

    public init(high: UInt64, low: UInt64, port: UInt16) {
        self.high = high
        self.low = low
        self.port = port
    }

    /// An IPv4 address as a big-endian word.
    public init(ipv4 word: UInt32, port: UInt16) {
        self.init(high: 0, low: 0xffff << 32 | UInt64(word), port: port)
    }

    /// Nil unless `bytes` holds exactly 18 bytes.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.count else { return nil }
        let all = Array(bytes)
        let word = { (range: Range<Int>) in all[range].reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        self.init(high: word(0..<8), low: word(8..<16), port: UInt16(word(16..<18)))
    }

    public var bytes: [UInt8] {
        let words = [high, low].flatMap { word in
            stride(from: UInt64(56), through: 0, by: -8).map {
                UInt8(truncatingIfNeeded: word >> $0)
            }
        }
        return words + [UInt8(port >> 8), UInt8(port & 0xff)]
    }

    /// IPv4, possibly mapped into IPv6.
    public var isIPv4: Bool { high == 0 && low >> 32 == 0xffff }

    /// 127.0.0.0/8 or ::1.
    public var isLoopback: Bool { isIPv4 ? low >> 24 & 0xff == 127 : high == 0 && low == 1 }

    /// Whether a node anywhere could be told of it: not loopback, private (RFC 1918, RFC 4193), link-local,
    /// shared (RFC 6598), multicast, unspecified or broadcast, and with a port.
    public var isPublic: Bool {
        guard port != 0, !isLoopback else { return false }
        guard isIPv4 else {
            let top = high >> 48
            return high | low != 0 && top & 0xfe00 != 0xfc00 && top & 0xffc0 != 0xfe80
                && top & 0xff00 != 0xff00
        }
        let (a, b) = (low >> 24 & 0xff, low >> 16 & 0xff)
        let isPrivate =
            a == 10 || (a == 172 && b & 0xf0 == 16) || (a == 192 && b == 168)
            || (a == 169 && b == 254) || (a == 100 && b & 0xc0 == 64)
        return !isPrivate && a != 0 && a < 224
    }

    /// This machine, or a private or link-local address: of use only to nodes of one local net.
    public var isNear: Bool {
        if isLoopback { return true }
        guard isIPv4 else { return high >> 48 & 0xfe00 == 0xfc00 || high >> 48 & 0xffc0 == 0xfe80 }
        let (a, b) = (low >> 24 & 0xff, low >> 16 & 0xff)
        return a == 10 || (a == 172 && b & 0xf0 == 16) || (a == 192 && b == 168)
            || (a == 169 && b == 254) || (a == 100 && b & 0xc0 == 64)
    }

    public func isSameHost(as other: NetworkAddress) -> Bool {
        high == other.high && low == other.low
    }

    /// A group of this one host and port, unequal to every `netgroup`: in a local net each node counts as its own.
    public var ownGroup: Netgroup {
        let host = isIPv4 ? low & 0xffff_ffff : (high ^ high >> 32 ^ low ^ low >> 32) & 0xffff_ffff
        return Netgroup(raw: (isIPv4 ? 0xfffe : 0xfffd) << 48 | host << 16 | UInt64(port))
    }

    /// The group that caps and choices count by: /24 of IPv4, /48 of IPv6 (threats.md, T24). Addresses in
    /// one group are cheap for whoever has one of them.
    public var netgroup: Netgroup {
        Netgroup(raw: isIPv4 ? 0xffff << 48 | low >> 8 & 0xff_ffff : high >> 16)
    }

    /// `192.0.2.1:4600` or `[2001:db8:0:0:0:0:0:1]:4600`.
    public var description: String {
        if isIPv4 {
            let parts = [24, 16, 8, 0].map { String(low >> UInt64($0) & 0xff) }
            return parts.joined(separator: ".") + ":\(port)"
        }
        let groups = [high, low].flatMap { word in
            [48, 32, 16, 0].map { String(word >> UInt64($0) & 0xffff, radix: 16) }
        }
        return "[" + groups.joined(separator: ":") + "]:\(port)"
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.high, left.low, left.port) < (right.high, right.low, right.port)
    }
}

/// A group of network addresses that one party is likely to hold together.
public struct Netgroup: Hashable, Comparable, Sendable {
    public let raw: UInt64
    public init(raw: UInt64) { self.raw = raw }
    public static func < (left: Self, right: Self) -> Bool { left.raw < right.raw }
}
