import Foundation
import Primitives
import Testing
import Transport

@Suite("Links", .serialized)
struct LinkTests {
    @Test("frames pass both ways, and each side knows the other's key")
    func echo() throws {
        let server = try Node.listening()
        let dialler = try linked(to: server)
        let inbound = try #require(server.link(to: dialler.key))
        let outbound = try #require(dialler.ups.first)
        #expect(
            dialler.events.contains {
                if case .up(_, server.key, .outbound, _) = $0 { true } else { false }
            })
        let large = [UInt8](repeating: 7, count: server.endpoint.limits.maximumFrameBytes)
        for size in [1, 2, 222, 223, 65_536] {
            #expect(dialler.endpoint.send(frame: Array(large.prefix(size)), to: outbound) == .sent)
        }
        #expect(converge([server, dialler]) { server.frames.count == 6 })
        #expect(server.frames.map(\.count) == [1, 1, 2, 222, 223, 65_536])
        #expect(server.endpoint.send(frame: large, to: inbound) == .sent)
        #expect(converge([server, dialler]) { dialler.frames == [large] })
        #expect(server.endpoint.counters.framesReceived == 6)
    }

    @Test("a wrong server key is reported, and no link comes up")
    func wrongServerKey() throws {
        let server = try Node.listening()
        let dialler = try Node()
        let other = try CurveKeys.generate().publicKey
        let link = try dialler.endpoint.dial(address: server.address, key: other)
        #expect(converge([server, dialler]) { !dialler.events.isEmpty })
        #expect(dialler.events == [.dialFailed(link, .brokenOff)])
        #expect(server.events.isEmpty)
    }

    @Test("an address where nobody listens is reported, and dialled until somebody does")
    func unreachable() throws {
        let server = try Node.listening()
        let dialler = try Node()
        let (address, keys) = (server.address, server.keys)
        server.endpoint.close()
        let link = try dialler.endpoint.dial(address: address, key: keys.publicKey)
        #expect(converge([dialler]) { dialler.events == [.dialFailed(link, .unreachable)] })
        let later = try Node(keys: keys, listening: address)
        #expect(converge([later, dialler]) { dialler.ups == [link] })
    }

    @Test("a listener that starts again is down, then up with the same link")
    func reconnect() throws {
        let server = try Node.listening()
        let dialler = try linked(to: server)
        let link = try #require(dialler.ups.first)
        let (address, keys) = (server.address, server.keys)
        server.endpoint.close()
        #expect(converge([dialler]) { dialler.downs == [link: .closed] })
        #expect(dialler.endpoint.send(frame: [1], to: link) == .gone)
        let again = try Node(keys: keys, listening: address)
        #expect(converge([again, dialler]) { dialler.ups == [link, link] })
    }

    @Test("disconnecting one inbound peer leaves the others")
    func disconnect() throws {
        let server = try Node.listening()
        let first = try linked(to: server)
        let second = try linked(to: server)
        let dropped = try #require(server.link(to: first.key))
        let kept = try #require(server.link(to: second.key))
        let nodes = [server, first, second]
        server.endpoint.disconnect(dropped)
        #expect(converge(nodes) { server.downs == [dropped: .disconnected] })
        #expect(converge(nodes) { first.downs.count == 1 && first.ups.count == 2 })
        #expect(server.endpoint.send(frame: [1], to: dropped) == .gone)
        #expect(server.endpoint.send(frame: [2], to: kept) == .sent)
        #expect(converge(nodes) { second.frames == [[2]] })
        #expect(second.downs.isEmpty)
    }

    @Test("hanging up ends the link on both sides, and nothing is dialled again")
    func hangUp() throws {
        let server = try Node.listening()
        let dialler = try linked(to: server)
        let link = try #require(dialler.ups.first)
        let inbound = try #require(server.link(to: dialler.key))
        dialler.endpoint.hangUp(link)
        #expect(converge([server, dialler]) { server.downs == [inbound: .closed] })
        #expect(dialler.downs == [link: .hungUp])
        #expect(
            !converge([server, dialler], withinSeconds: 0.5) {
                server.endpoint.counters.accepted > 1
            })
    }

    @Test("a banned key loses its link and is refused at the next handshake")
    func ban() throws {
        let server = try Node.listening()
        let dialler = try linked(to: server)
        let link = try #require(dialler.ups.first)
        let inbound = try #require(server.link(to: dialler.key))
        server.endpoint.ban(dialler.key)
        #expect(
            converge([server, dialler]) { dialler.events.contains(.dialFailed(link, .refused)) })
        #expect(server.downs == [inbound: .refused(.banned)])
        #expect(server.ups.count == 1)
        server.endpoint.unban(dialler.key)
        #expect(converge([server, dialler]) { dialler.ups.count == 2 })
    }

    @Test("a key that connects again replaces its older link")
    func replaced() throws {
        let server = try Node.listening()
        let keys = try CurveKeys.generate()
        var diallers: [Node] = []
        for _ in 0..<2 {
            // Far apart in their attempts, so that the replaced one does not come back at once.
            let limits = quickLimits { $0.reconnectMilliseconds = 60_000 }
            let dialler = try Node(keys: keys, limits: limits)
            let link = try dialler.endpoint.dial(address: server.address, key: server.key)
            diallers.append(dialler)
            #expect(converge([server] + diallers) { dialler.ups == [link] })
            #expect(dialler.endpoint.send(frame: [0], to: link) == .sent)
            let count = diallers.count
            #expect(converge([server] + diallers) { server.ups.count == count })
        }
        #expect(server.downs == [server.ups[0]: .refused(.replaced)])
        #expect(converge([server] + diallers) { diallers[0].downs.count == 1 })
        #expect(server.endpoint.send(frame: [1], to: server.ups[1]) == .sent)
        #expect(converge([server] + diallers) { diallers[1].frames == [[1]] })
    }

    @Test("links stop at the cap, and one that leaves makes room")
    func linkCap() throws {
        let server = try Node.listening(
            quickLimits {
                $0.connections = 2
                $0.handshakeMilliseconds = 500
            })
        let first = try linked(to: server)
        let second = try linked(to: server)
        let third = try Node(limits: quickLimits { $0.handshakeMilliseconds = 500 })
        let link = try third.endpoint.dial(address: server.address, key: server.key)
        let nodes = [server, first, second, third]
        // Which of the two depends on whether the listener's libzmq finds its ZAP answer at once.
        #expect(converge(nodes) { !third.events.isEmpty })
        #expect(
            third.events == [.dialFailed(link, .timedOut)]
                || third.events == [.dialFailed(link, .brokenOff)])
        #expect(server.ups.count == 2)
        first.endpoint.close()
        #expect(converge([server, second, third]) { third.ups == [link] })
    }

    @Test("dialling stops at the cap with an error that says so")
    func dialCap() throws {
        let node = try Node(limits: quickLimits { $0.outboundLinks = 1 })
        let key = try CurveKeys.generate().publicKey
        _ = try node.endpoint.dial(address: "tcp://127.0.0.1:9", key: key)
        let error = #expect(throws: TransportError.self) {
            try node.endpoint.dial(address: "tcp://127.0.0.1:9", key: key)
        }
        #expect(error?.code == .tooManyLinks)
    }

    @Test("a peer that reads nothing costs no more than the queue of its link")
    func slowReader() throws {
        let server = try Node.listening()
        let reader = try linked(to: server)
        let other = try linked(to: server)
        let slow = try #require(server.link(to: reader.key))
        let frame = [UInt8](repeating: 1, count: 60_000)
        var isFull = false
        // The reader is not turned: its own queue, both kernel buffers and ours fill up.
        for _ in 0..<2_000 where !isFull {
            isFull = server.endpoint.send(frame: frame, to: slow) == .full
            if isFull {
                // What the kernel still takes is not yet the end.
                isFull = !converge([server, other], withinSeconds: 0.3) {
                    server.endpoint.send(frame: frame, to: slow) == .sent
                }
            }
        }
        #expect(isFull)
        #expect(server.endpoint.queuedBytes <= server.endpoint.limits.outboundQueueBytesPerLink)
        #expect(server.endpoint.queuedBytes > server.endpoint.limits.outboundQueueBytesPerLink / 2)
        let kept = try #require(server.link(to: other.key))
        #expect(server.endpoint.send(frame: [3], to: kept) == .sent)
        #expect(converge([server, other]) { other.frames == [[3]] })
        reader.endpoint.close()
        #expect(converge([server, other]) { server.endpoint.queuedBytes == 0 })
    }

    @Test("the outbound queues together stop at their cap")
    func queueTotal() throws {
        let server = try Node.listening(quickLimits { $0.outboundQueueBytesTotal = 100_000 })
        let reader = try linked(to: server)
        let link = try #require(server.link(to: reader.key))
        var outcomes: Set<SendOutcome> = []
        for _ in 0..<200 {
            outcomes.insert(
                server.endpoint.send(frame: [UInt8](repeating: 0, count: 60_000), to: link))
            #expect(server.endpoint.queuedBytes <= 100_000)
        }
        #expect(outcomes == [.sent, .full])
        #expect(
            server.endpoint.send(frame: [UInt8](repeating: 0, count: 65_537), to: link) == .tooLarge
        )
    }
}
