import Foundation
import Glibc
import Primitives
import Testing
import Transport

@Suite("Endpoint", .serialized)
struct EndpointTests {
    @Test("another thread wakes a waiting poll, and many wakes are one event")
    func waker() throws {
        let node = try Node()
        let waker = node.endpoint.waker
        let thread = Thread {
            for _ in 0..<1_000 { waker.wake() }
        }
        let start = ContinuousClock.now
        thread.start()
        #expect(node.endpoint.poll(timeoutMilliseconds: 10_000).contains(.woken))
        #expect(ContinuousClock.now - start < .seconds(5))
        while !thread.isFinished { node.turn() }
        node.turn()
        node.forget()
        waker.wake()
        waker.wake()
        node.turn(1_000)
        #expect(node.events == [.woken])
        node.forget()
        node.turn(20)
        #expect(node.events.isEmpty)
    }

    @Test(
        "datagrams of the local net come with their host, within a pace, and long ones not at all",
        .enabled(if: hasMulticast, "this machine forbids multicast on loopback"))
    func beacon() throws {
        let limits = quickLimits { $0.datagramsPerSecond = 5 }
        let (speaker, hearer) = (try Node(), try Node(limits: limits))
        try speaker.endpoint.openBeacon()
        try hearer.endpoint.openBeacon()
        // Before the first announcement nobody has joined the group.
        hearer.endpoint.announce { $0.isLoopback ? [0] : nil }
        let mark = [UInt8](repeating: UInt8.random(in: 1...255), count: 200)
        func heard() -> [NetworkAddress] {
            hearer.events.compactMap {
                if case .datagram(mark, let source) = $0 { source } else { nil }
            }
        }
        for _ in 0..<50 {
            #expect(speaker.endpoint.announce { $0.isLoopback ? mark : nil } == 1)
        }
        #expect(converge([hearer]) { heard().count >= 3 })
        let isNear = heard().allSatisfy(\.isLoopback)
        #expect(isNear)
        let end = ContinuousClock.now + .milliseconds(300)
        while ContinuousClock.now < end { hearer.turn() }
        // Those of this second, and of the next if it began meanwhile.
        #expect(heard().count <= 10)
        hearer.endpoint.close()
        #expect(hearer.endpoint.announce { _ in mark } == 0)
    }

    @Test("where few files may be open there are fewer links, and where too few the node says so")
    func descriptors() async {
        await #expect(processExitsWith: .success) {
            func allow(_ count: rlim_t) {
                var limit = rlimit(rlim_cur: count, rlim_max: count)
                unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            }
            // 64 of the process, 64 for the store, 64 half-open, 4 for each of 64 dialled peers.
            allow(700)
            let endpoint = try Endpoint(keys: CurveKeys.generate())
            #expect(endpoint.limits.connections == 252)
            endpoint.close()
            allow(448)
            let error = #expect(throws: TransportError.self) {
                try Endpoint(keys: CurveKeys.generate())
            }
            #expect(error?.code == .tooFewDescriptors)
        }
    }

    @Test("a port in use is named as such")
    func addressInUse() throws {
        let server = try Node.listening()
        let error = #expect(throws: TransportError.self) {
            try Node(listening: server.address)
        }
        #expect(error?.code == .addressInUse)
        #expect(error?.description.contains(server.address) == true)
    }

    @Test(
        "an address that cannot be is refused with its reason",
        arguments: [
            ("tcp://192.0.2.1:0", TransportError.Code.addressNotAvailable),
            ("tcp://nonsense", .invalidAddress), ("carrier-pigeon://1", .invalidAddress),
        ])
    func badAddress(_ address: String, _ code: TransportError.Code) throws {
        let error = #expect(throws: TransportError.self) { try Node(listening: address) }
        #expect(error?.code == code)
    }

    @Test("closing ends at once, twice, with links and strangers present, and frees the port")
    func close() throws {
        let server = try Node.listening()
        let dialler = try linked(to: server)
        _ = try dialler.endpoint.dial(address: "tcp://192.0.2.1:9", key: server.key)
        let link = try #require(server.ups.first)
        _ = server.endpoint.send(frame: [UInt8](repeating: 0, count: 60_000), to: link)
        let start = ContinuousClock.now
        server.endpoint.close()
        server.endpoint.close()
        dialler.endpoint.close()
        #expect(ContinuousClock.now - start < .seconds(2))
        #expect(server.endpoint.poll(timeoutMilliseconds: 1_000).isEmpty)
        #expect(server.endpoint.send(frame: [1], to: link) == .gone)
        #expect(throws: TransportError.self) { try server.endpoint.listen(on: "tcp://127.0.0.1:0") }
        let again = try Node(listening: server.address)
        #expect(again.address == server.address)
    }

    @Test("the census shows every map within its cap")
    func census() throws {
        let server = try Node.listening()
        let dialler = try linked(to: server)
        server.endpoint.ban(try CurveKeys.generate().publicKey)
        let census = server.endpoint.census
        #expect(census.allSatisfy { $0.count <= $0.capacity })
        for (name, count) in ["connections": 1, "half-open": 0, "inbound links": 1, "bans": 1] {
            #expect(census.first { $0.name == name }?.count == count)
        }
        #expect(dialler.endpoint.census.first { $0.name == "dialled peers" }?.count == 1)
    }

    @Test("bans are remembered up to their cap, the oldest forgotten first")
    func banCap() throws {
        let server = try Node.listening(quickLimits { $0.bans = 1 })
        let dialler = try linked(to: server)
        let link = try #require(dialler.ups.first)
        server.endpoint.ban(dialler.key)
        #expect(
            converge([server, dialler]) { dialler.events.contains(.dialFailed(link, .refused)) })
        server.endpoint.ban(try CurveKeys.generate().publicKey)
        #expect(converge([server, dialler]) { dialler.ups.count == 2 })
    }

    @Test("keys survive their text form, and a secret gives its public key")
    func keys() throws {
        let keys = try CurveKeys.generate()
        #expect(keys.publicKey.z85.utf8.count == 40)
        #expect(NodeKey(z85: keys.publicKey.z85) == keys.publicKey)
        #expect(NodeKey(z85: "short") == nil)
        #expect(throws: TransportError.self) { try CurveKeys(secretKey: [1, 2, 3]) }
        // RFC 7748, section 6.1: Bob's pair.
        let secret = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"
        let pair = try CurveKeys(secretKey: try #require(Hex.decode(secret)))
        let known = "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"
        #expect(pair.publicKey.hex == known)
    }
}

/// Whether a datagram to the group comes back on loopback.
let hasMulticast: Bool = {
    guard let node = try? Node(), (try? node.endpoint.openBeacon()) != nil else { return false }
    node.endpoint.announce { $0.isLoopback ? [7] : nil }
    return converge([node], withinSeconds: 2) {
        node.events.contains { if case .datagram([7], _) = $0 { true } else { false } }
    }
}()
