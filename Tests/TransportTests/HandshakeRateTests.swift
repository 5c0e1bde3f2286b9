import Foundation
import Glibc
import Primitives
import Testing

@testable import Transport

/// T41 of the threats: more handshakes than a node can afford.
@Suite("T41: handshakes without end")
struct HandshakeRateTests {
    /// A listener under the rule: who comes, and who is let in by chance.
    private struct Listener {
        var rate = HandshakeRate(limits: TransportLimits())
        var ration: HandshakeRate.Ration?
        var random: SeededRandom
        var milliseconds: UInt64 = 1_000
        /// Handshakes that strangers got in each second.
        var seconds: [Int] = []
        var longestFilter = 0

        init(seed: UInt64) { random = SeededRandom(seed: seed, stream: "handshakes") }

        /// `perSecond` connects from addresses that `source` draws; each handshake is over 20 ms after its connect.
        mutating func pass(
            seconds count: Int, perSecond: Int, source: (inout SeededRandom) -> UInt32
        ) {
            for _ in 0..<count {
                var done = 0
                var waiting = [0, 0]
                for _ in 0..<100 {
                    var taken = 0
                    for _ in 0..<(perSecond / 100) {
                        let address = NetworkAddress(ipv4: source(&random), port: 9)
                        guard letsIn(address) else { continue }
                        rate.accepted(address, nowMilliseconds: milliseconds)
                        taken += 1
                    }
                    waiting.append(taken)
                    let finished = waiting.removeFirst()
                    rate.spend(finished)
                    done += finished
                    milliseconds += 10
                    decide()
                }
                seconds.append(done)
            }
        }

        mutating func decide() {
            guard let decision = rate.decide(nowMilliseconds: milliseconds) else { return }
            ration = decision
            longestFilter = max(
                longestFilter, decision.map { ListenerFilter.program($0).count } ?? 0)
        }

        mutating func letsIn(_ address: NetworkAddress) -> Bool {
            guard let ration else { return true }
            if ration.known.contains(where: { $0.isSameHost(as: address) }) { return true }
            if ration.refused.contains(where: { $0.netgroup == address.netgroup }) { return false }
            return random.unit() < ration.share
        }
    }

    private static let friend = NetworkAddress(ipv4: 0xc000_0201, port: 4_600)

    @Test(
        "T41: of 5,000 handshakes a second from everywhere 200 are done, and who was linked before always gets in",
        arguments: [1, 2, 3])
    func flood(seed: UInt64) {
        var listener = Listener(seed: seed)
        listener.rate.note(Self.friend, linkedMilliseconds: 60_000, isDialled: false)
        listener.pass(seconds: 2, perSecond: 100) { UInt32(truncatingIfNeeded: $0.next()) }
        #expect(listener.ration == nil)
        #expect(listener.seconds.allSatisfy { $0 >= 90 })
        listener.seconds = []
        listener.pass(seconds: 20, perSecond: 5_000) { UInt32(truncatingIfNeeded: $0.next()) }
        // The burst, and what comes until the first decisions.
        #expect(listener.seconds[0] <= 1_000, "seed \(seed)")
        let rest = listener.seconds.dropFirst(2)
        #expect(rest.allSatisfy { $0 <= 400 }, "seed \(seed)")
        #expect(rest.reduce(0, +) <= 240 * rest.count, "seed \(seed)")
        #expect(rest.reduce(0, +) >= 120 * rest.count, "seed \(seed)")
        let isFriendIn = listener.letsIn(Self.friend)
        #expect(isFriendIn, "seed \(seed)")
        // When it is over everybody is let in again.
        listener.pass(seconds: 3, perSecond: 0) { _ in 0 }
        #expect(listener.ration == nil)
    }

    @Test("T41: a network group that floods is left out, and other newcomers get in as before")
    func crowd() throws {
        var listener = Listener(seed: 5)
        var count: UInt32 = 0
        // Three groups of documentation addresses.
        listener.pass(seconds: 4, perSecond: 5_000) {
            count += 1
            return [0xc633_6400, 0xcb00_7100, 0xc000_0200][Int(count % 3)]
                | UInt32($0.below(256))
        }
        // Nobody else came, so all that is left out are the crowds.
        for _ in 0..<40 {
            listener.milliseconds += 50
            listener.decide()
        }
        listener.pass(seconds: 1, perSecond: 5_000) { 0xc633_6400 | UInt32($0.below(256)) }
        let ration = try #require(listener.ration ?? nil)
        #expect(ration.refused.contains { $0.netgroup == Netgroup(raw: 0xffff << 48 | 0xc6_3364) })
    }

    @Test("T41: an address that had a link and floods is known no longer for a while")
    func betrayal() throws {
        var listener = Listener(seed: 7)
        listener.rate.note(Self.friend, linkedMilliseconds: 60_000, isDialled: true)
        listener.pass(seconds: 3, perSecond: 5_000) { _ in 0xc000_0201 }
        #expect(listener.ration?.known.isEmpty == true)
        #expect(listener.seconds.dropFirst().allSatisfy { $0 <= 400 })
    }

    @Test("T41: known addresses are those of the longest links, of dialled ones most of all")
    func known() throws {
        let limits = TransportLimits()
        var rate = HandshakeRate(limits: limits)
        func host(_ number: UInt32) -> NetworkAddress { NetworkAddress(ipv4: number, port: 0) }
        rate.note(host(1), linkedMilliseconds: 100, isDialled: true)
        rate.note(host(2), linkedMilliseconds: 5_000, isDialled: false)
        for number in 0..<200 {
            rate.note(host(UInt32(1_000 + number)), linkedMilliseconds: 1_000, isDialled: false)
        }
        rate.spend(1_000)
        let decision = rate.decide(nowMilliseconds: 10_000)
        let ration = try #require(decision ?? nil)
        #expect(ration.known.count == limits.knownAddresses)
        #expect(ration.known.contains(host(1)) && ration.known.contains(host(2)))
    }

    @Test("T41: the kernel turns away first packets of groups that are left out, and nobody else's")
    func filter() throws {
        let listener = LoopbackSocket(isBlocking: false)
        let port = listener.listens(backlog: 16)
        try #require(port > 0)
        defer { listener.close() }
        var filter = ListenerFilter()
        filter.add(listener.descriptor)
        func host(_ last: UInt32) -> NetworkAddress {
            NetworkAddress(ipv4: 0x7f09_0900 | last, port: 0)
        }
        func connects(from address: NetworkAddress) -> Bool {
            let socket = LoopbackSocket(isBlocking: false)
            defer { socket.close() }
            return socket.binds(to: UInt32(address.low & 0xffff_ffff))
                && socket.connects(to: port, withinMilliseconds: 300)
        }
        let six = NetworkAddress(high: 0x2001_0db8 << 32, low: 1, port: 0)
        let ration = HandshakeRate.Ration(
            share: 0, known: [six, host(7)],
            refused: [six, NetworkAddress(ipv4: 0x7f08_0801, port: 0)])
        let isApplied = filter.apply(ration)
        #expect(isApplied)
        #expect(connects(from: host(7)))
        #expect(!connects(from: host(8)))
        let drops = filter.takeDrops()
        #expect(drops >= 1)
        var open = ration
        open.share = 1
        filter.apply(open)
        #expect(connects(from: host(8)))
        #expect(!connects(from: NetworkAddress(ipv4: 0x7f08_0820, port: 0)))
        filter.apply(nil)
        #expect(connects(from: NetworkAddress(ipv4: 0x7f08_0820, port: 0)))
    }

    @Test(
        "T41: while too many handshakes come, a peer from before links at once and newcomers wait")
    func endToEnd() throws {
        let server = try Node.listening(
            quickLimits {
                $0.handshakesPerSecond = 1
                $0.handshakeBurst = 4
            })
        let friend = try linked(to: server)
        friend.endpoint.close()
        #expect(converge([server]) { !server.downs.isEmpty })
        var strangers: [Node] = []
        for _ in 0..<12 {
            let stranger = try Node()
            _ = try stranger.endpoint.dial(
                address: "tcp://127.9.9.9:0;127.0.0.1:\(server.port)", key: server.key)
            strangers.append(stranger)
        }
        let isRationed = converge([server] + strangers) {
            server.endpoint.counters.count(of: .rationed) > 0
        }
        #expect(isRationed)
        #expect(server.endpoint.counters.count(of: .notRationed) == 0)
        server.forget()
        let again = try Node(keys: friend.keys)
        let link = try again.endpoint.dial(
            address: "tcp://127.0.0.1:\(server.port)", key: server.key)
        #expect(
            converge([server, again] + strangers) {
                _ = again.endpoint.send(frame: [1], to: link)
                return server.link(to: friend.key) != nil
            })
    }
}
