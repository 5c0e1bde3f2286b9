import Glibc

/// The internet address of the other end of a connection.
public struct PeerAddress: Hashable, Sendable, CustomStringConvertible {
    /// IPv6, or IPv4 mapped into it: the sixteen bytes as two big-endian words.
    let high: UInt64
    let low: UInt64
    public let port: UInt16

    static let unknown = PeerAddress(high: 0, low: 0, port: 0)

    init(high: UInt64, low: UInt64, port: UInt16) {
        self.high = high
        self.low = low
        self.port = port
    }

    /// The other end of a connected socket; `unknown` when it is gone or of another family.
    init(peerOf descriptor: Int32) {
        var bytes = [UInt8](repeating: 0, count: 28)
        var length = socklen_t(bytes.count)
        let status = unsafe bytes.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { return Int32(-1) }
            return unsafe getpeername(
                descriptor, base.assumingMemoryBound(to: sockaddr.self), &length)
        }
        let family = Int32(bytes[0]) | Int32(bytes[1]) << 8
        let port = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        switch (status, family) {
        case (0, AF_INET):
            self.init(high: 0, low: 0xffff << 32 | Self.word(bytes[4..<8]), port: port)
        case (0, AF_INET6):
            self.init(high: Self.word(bytes[8..<16]), low: Self.word(bytes[16..<24]), port: port)
        default:
            self = .unknown
        }
    }

    /// IPv4, possibly mapped into IPv6.
    var isIPv4: Bool { high == 0 && low >> 32 == 0xffff }

    /// 127.0.0.0/8 or ::1.
    public var isLoopback: Bool { isIPv4 ? low >> 24 & 0xff == 127 : high == 0 && low == 1 }

    /// The network group that caps count by: /24 of IPv4, /48 of IPv6.
    public var netgroup: UInt64 { isIPv4 ? 0xffff << 48 | low >> 8 & 0xff_ffff : high >> 16 }

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

    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
