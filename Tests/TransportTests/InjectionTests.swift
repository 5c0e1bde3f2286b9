import Foundation
import Glibc
import Primitives
import Synchronization
import Testing
import Transport

/// Somebody between a dialler and its listener, who cannot read what is sent but counts its frames.
private final class WireTap: Sendable {
    enum Act: String, CaseIterable, Sendable { case flip, duplicate, swap, drop }

    let port: UInt16
    private let listener: LoopbackSocket
    private let target: UInt16
    private let act: Act
    /// Which of the dialler's encrypted messages is touched, from 1.
    private let position: Int
    private let hasActed = Atomic(false)

    init(to target: UInt16, _ act: Act, at position: Int) throws {
        self.target = target
        self.act = act
        self.position = position
        listener = LoopbackSocket()
        port = listener.listens(backlog: 8)
        try #require(port > 0)
        Thread.detachNewThread { self.serve() }
    }

    func close() { shutdown(listener.descriptor, Int32(SHUT_RDWR)) }

    private func serve() {
        while true {
            let client = accept(listener.descriptor, nil, nil)
            guard client >= 0 else { break }
            let upstream = LoopbackSocket()
            let server = upstream.descriptor
            guard upstream.connects(to: target) else {
                Glibc.close(client)
                upstream.close()
                continue
            }
            let open = Atomic(2)
            for (from, to, isWatched) in [(client, server, true), (server, client, false)] {
                Thread.detachNewThread {
                    if isWatched { self.carryFrames(from, to) } else { Self.carry(from, to) }
                    shutdown(from, Int32(SHUT_RDWR))
                    shutdown(to, Int32(SHUT_RDWR))
                    if open.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 {
                        Glibc.close(from)
                        Glibc.close(to)
                    }
                }
            }
        }
        listener.close()
    }

    private static func carry(_ from: Int32, _ to: Int32) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe read(from, &buffer, buffer.count)
            guard count > 0, send(Array(buffer[..<count]), to) else { return }
        }
    }

    private static func send(_ bytes: [UInt8], _ to: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let part = Array(bytes[sent...])
            let count = unsafe Glibc.send(to, part, part.count, Int32(MSG_NOSIGNAL))
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    private static func take(_ count: Int, _ from: Int32) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var part = [UInt8](repeating: 0, count: count - bytes.count)
            let read = unsafe Glibc.read(from, &part, part.count)
            guard read > 0 else { return nil }
            bytes += part[..<read]
        }
        return bytes
    }

    /// One ZMTP frame with its head (rfc.zeromq.org/spec/23).
    private static func frame(_ from: Int32) -> [UInt8]? {
        guard let flags = take(1, from) else { return nil }
        guard let size = take(flags[0] & 2 == 0 ? 1 : 8, from) else { return nil }
        let count = size.reduce(0) { $0 << 8 | Int($1) }
        return take(count, from).map { flags + size + $0 }
    }

    /// The dialler's greeting, its commands, and its messages, of which one on the first connection is touched.
    private func carryFrames(_ from: Int32, _ to: Int32) {
        // Its first bytes must go on before the rest comes.
        for _ in 0..<64 { guard let byte = Self.take(1, from), Self.send(byte, to) else { return } }
        var messages = 0
        var held: [UInt8]?
        while var frame = Self.frame(from) {
            var copies = 1
            if frame[0] & 4 == 0, !hasActed.load(ordering: .relaxed) {
                messages += 1
                if messages == position {
                    if act == .swap {
                        held = frame
                        continue
                    }
                    hasActed.store(true, ordering: .relaxed)
                    switch act {
                    case .flip: frame[frame.count - 1] ^= 1
                    case .duplicate: copies = 2
                    case .drop: copies = 0
                    case .swap: break
                    }
                }
            }
            for _ in 0..<copies { guard Self.send(frame, to) else { return } }
            if let late = held {
                held = nil
                hasActed.store(true, ordering: .relaxed)
                guard Self.send(late, to) else { return }
            }
        }
    }
}

@Suite("T40: on the wire")
struct InjectionTests {
    @Test(
        "T40: a frame that was altered, repeated or overtaken ends the connection, and nothing of it is taken",
        arguments: WireTap.Act.allCases)
    fileprivate func touched(_ act: WireTap.Act) throws {
        let server = try Node.listening()
        // The greeting of this test is the first message, [4] the fifth.
        let tap = try WireTap(to: try #require(UInt16(server.port)), act, at: 5)
        defer { tap.close() }
        let dialler = try Node(limits: quickLimits { $0.reconnectMilliseconds = 60_000 })
        let link = try dialler.endpoint.dial(
            address: "tcp://127.0.0.1:\(tap.port)", key: server.key)
        #expect(converge([server, dialler]) { dialler.ups == [link] })
        for number in 0..<9 as Range<UInt8> {
            #expect(dialler.endpoint.send(frame: [number], to: link) == .sent)
        }
        let inbound = { server.link(to: dialler.key) }
        if act == .drop {
            // A frame that never comes is a frame that was lost: what it carried is asked for again.
            #expect(converge([server, dialler]) { server.frames.count == 8 })
            #expect(server.frames == [[0], [1], [2], [3], [5], [6], [7], [8]])
            #expect(server.downs.isEmpty)
            return
        }
        #expect(converge([server, dialler]) { isDown(server, inbound()) })
        #expect(converge([server, dialler]) { isDown(dialler, link) })
        let expected: [[UInt8]] =
            switch act {
            case .flip: [[0], [1], [2], [3]]
            case .duplicate: [[0], [1], [2], [3], [4]]
            // What overtook is as its sender made it.
            case .swap: [[0], [1], [2], [3], [5]]
            case .drop: []
            }
        #expect(server.frames == expected)
        #expect(server.ups.count == 1)
    }
}
