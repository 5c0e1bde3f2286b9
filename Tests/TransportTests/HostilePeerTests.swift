import Foundation
import Primitives
import Testing
import Transport

@Suite("Hostile peers", .serialized)
struct HostilePeerTests {
    @Test(
        "a client without CURVE is refused",
        .enabled(if: hasPython, "python3 with PyNaCl and pyzmq is not here"))
    func nullClient() throws {
        let server = try Node.listening()
        let client = try launch("null", server)
        defer { client.terminate() }
        #expect(
            converge([server]) {
                server.endpoint.counters.accepted > 0
                    && server.endpoint.census.first { $0.name == "connections" }?.count == 0
            })
        #expect(converge([server]) { !client.isRunning })
        #expect(server.events.isEmpty)
    }

    @Test("a stolen public key is refused: its secret is missing")
    func stolenKey() throws {
        let server = try Node.listening()
        let victim = try CurveKeys.generate().publicKey
        let secret = [UInt8](repeating: 0x42, count: 32)
        let thief = try Node(keys: CurveKeys(publicKey: victim) { secret })
        let link = try thief.endpoint.dial(address: server.address, key: server.key)
        #expect(converge([server, thief]) { !thief.events.isEmpty })
        #expect(thief.events == [.dialFailed(link, .brokenOff)])
        #expect(server.events.isEmpty)
    }

    @Test(
        "a message of two frames ends the link of its sender only",
        .enabled(if: hasPython, "python3 with PyNaCl and pyzmq is not here"))
    func multipart() throws {
        let server = try Node.listening()
        let honest = try linked(to: server)
        let client = try launch("multipart", server)
        defer { client.terminate() }
        let nodes = [server, honest]
        #expect(converge(nodes) { server.endpoint.counters.count(of: .multipart) > 0 })
        #expect(converge(nodes) { !client.isRunning })
        #expect(server.ups.count == 1 && server.downs.isEmpty)
        try expectServed(honest, by: server)
    }

    @Test(
        "an oversized frame ends the link of its sender only", arguments: [65_537, 65_600, 600_000])
    func oversized(_ count: Int) throws {
        let server = try Node.listening()
        let honest = try linked(to: server)
        let hostile = try linked(to: server, limits: quickLimits { $0.maximumFrameBytes = 2 << 20 })
        let link = try #require(server.link(to: hostile.key))
        let outbound = try #require(hostile.ups.first)
        let frame = [UInt8](repeating: 0, count: count)
        #expect(hostile.endpoint.send(frame: frame, to: outbound) == .sent)
        #expect(converge([server, honest, hostile]) { isDown(server, link) })
        #expect(server.frames.allSatisfy { $0.count <= 65_536 })
        // Beyond the small slack libzmq ends the connection before it allocates the frame.
        let reason: DownReason = count == 65_537 ? .refused(.oversized) : .closed
        #expect(server.downs[link] == reason)
        try expectServed(honest, by: server)
    }

    @Test("a listener that floods is dropped by its dialler, and reported")
    func hostileListener() throws {
        let hostile = try Node.listening(quickLimits { $0.maximumFrameBytes = 1 << 17 })
        let dialler = try linked(to: hostile)
        let link = try #require(hostile.link(to: dialler.key))
        let outbound = try #require(dialler.ups.first)
        _ = hostile.endpoint.send(frame: [UInt8](repeating: 0, count: 65_540), to: link)
        #expect(converge([hostile, dialler]) { isDown(dialler, outbound) })
        #expect(dialler.downs[outbound] == .refused(.oversized))
    }

    @Test("connections that say nothing are ended at the deadline")
    func silent() throws {
        let server = try Node.listening(quickLimits { $0.handshakeMilliseconds = 200 })
        let dialler = try Node()
        // Links, and does not speak.
        let link = try dialler.endpoint.dial(address: server.address, key: server.key)
        #expect(converge([server, dialler]) { dialler.downs[link] == .closed })
        #expect(server.endpoint.counters.count(of: .silent) > 0)
        #expect(server.events.isEmpty)
    }

    private func expectServed(_ honest: Node, by server: Node) throws {
        let link = try #require(server.link(to: honest.key))
        let outbound = try #require(honest.ups.first)
        server.forget()
        honest.forget()
        #expect(honest.endpoint.send(frame: [1], to: outbound) == .sent)
        #expect(converge([server, honest]) { server.frames == [[1]] })
        #expect(server.endpoint.send(frame: [2], to: link) == .sent)
        #expect(converge([server, honest]) { honest.frames == [[2]] })
    }

    private func launch(_ mode: String, _ server: Node) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [ownAttack, mode, server.port, server.key.hex, "3"]
        process.standardOutput = Pipe()
        try process.run()
        return process
    }
}
