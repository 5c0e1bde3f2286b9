import Glibc
import Primitives

extension NetworkAddress {
    /// No address at all: in no group of anybody's.
    static let unknown = NetworkAddress(high: 0, low: 0, port: 0)

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
        case (0, AF_INET): self.init(ipv4: UInt32(Self.word(bytes[4..<8])), port: port)
        case (0, AF_INET6):
            self.init(high: Self.word(bytes[8..<16]), low: Self.word(bytes[16..<24]), port: port)
        default: self = .unknown
        }
    }

    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
