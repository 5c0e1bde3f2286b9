import CZeroMQ
import Glibc
public import Primitives

/// Says and hears where the nodes of a local net are: small datagrams to one multicast group.
///
/// Nothing that is heard is ever answered, so nobody can be made to send to anybody. Datagrams above the pace are
/// left to the kernel, whose buffer of 64 KiB drops them.
final class Beacon {
    /// 239.255/16 is for the site itself (RFC 2365); a time to live of 1 keeps it inside the local net.
    static let group: UInt32 = 0xefff_7662
    static let port: UInt16 = 27_171
    /// Interfaces that are used.
    static let interfaceCap = 8

    let descriptor: Int32
    private var bucket: (tokens: Int, refilledMilliseconds: UInt64)
    private let limits: TransportLimits
    private var buffer: [UInt8]

    init(_ limits: TransportLimits, nowMilliseconds now: UInt64) throws(TransportError) {
        self.limits = limits
        bucket = (limits.datagramsPerSecond, now)
        buffer = [UInt8](repeating: 0, count: limits.datagramBytes + 1)
        descriptor = vb_beacon_open(Self.port)
        if descriptor < 0 { throw systemError("open UDP port \(Self.port)", errno) }
    }

    deinit { Glibc.close(descriptor) }

    /// Own addresses on local nets: private ones, link-local ones and loopback.
    static var nearAddresses: [NetworkAddress] {
        var words = [UInt32](repeating: 0, count: 4 * interfaceCap)
        let count = unsafe vb_own_addresses(&words, Int32(words.count))
        return Array(
            words.prefix(Int(count)).map { NetworkAddress(ipv4: $0, port: 0) }.filter(\.isNear)
                .prefix(interfaceCap))
    }

    /// Joins the group on the interface of an own address and sends there. False when either fails: the interface
    /// is gone, or knows no multicast.
    func send(_ datagram: [UInt8], from address: NetworkAddress) -> Bool {
        let own = UInt32(truncatingIfNeeded: address.low)
        guard vb_beacon_join(descriptor, Self.group, own) == 0 else { return false }
        return unsafe vb_beacon_send(
            descriptor, own, Self.group, Self.port, datagram, datagram.count) == 0
    }

    /// Whether the pace allows another datagram: otherwise the descriptor is left out of the poll set.
    func isWilling(nowMilliseconds now: UInt64) -> Bool {
        let passed = now - min(now, bucket.refilledMilliseconds)
        if passed >= 1_000 { bucket = (limits.datagramsPerSecond, now) }
        return bucket.tokens > 0
    }

    /// When it is willing again; nil when it is.
    var nextMilliseconds: UInt64? {
        bucket.tokens > 0 ? nil : bucket.refilledMilliseconds + 1_000
    }

    /// Datagrams that came, within the pace; those that are too long are left out.
    func drain(_ take: ([UInt8], NetworkAddress) -> Void) {
        while bucket.tokens > 0 {
            var from: UInt32 = 0
            let count = unsafe vb_beacon_receive(descriptor, &buffer, buffer.count, &from)
            guard count >= 0 else { return }
            bucket.tokens -= 1
            if count <= limits.datagramBytes {
                take(Array(buffer.prefix(count)), NetworkAddress(ipv4: from, port: 0))
            }
        }
    }
}

extension Endpoint {
    /// Begins to hear the datagrams of the local net; `poll` reports them as `.datagram`.
    ///
    /// Throws when the port cannot be had.
    public func openBeacon() throws(TransportError) {
        beacon = try Beacon(limits, nowMilliseconds: Monotonic.milliseconds)
    }

    /// Sends one datagram over each interface of a local net: `make` gets the own address there and may decline.
    /// Returns over how many. Requires at most `limits.datagramBytes` of each.
    @discardableResult
    public func announce(_ make: (NetworkAddress) -> [UInt8]?) -> Int {
        guard let beacon else { return 0 }
        return Beacon.nearAddresses.count { address in
            guard let datagram = make(address) else { return false }
            require(datagram.count <= limits.datagramBytes, "a datagram fits")
            return beacon.send(datagram, from: address)
        }
    }

    func drainBeacon() {
        beacon?.drain { bytes, source in state.events.append(.datagram(bytes, source)) }
    }
}
