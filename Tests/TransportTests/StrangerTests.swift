import Foundation
import Glibc
import Primitives
import Testing
import Transport

/// An address of this machine that is not loopback, when it has one.
let networkAddress = Host.current().addresses.first {
    $0.contains(".") && !$0.hasPrefix("127.")
}

/// TCP connections that say nothing.
final class Strangers {
    private var descriptors: [Int32] = []

    deinit { for descriptor in descriptors { close(descriptor) } }

    func connect(host: String, port: String) {
        let descriptor = socket(
            AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        descriptors.append(descriptor)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = (UInt16(port) ?? 0).bigEndian
        unsafe inet_pton(AF_INET, host, &address.sin_addr)
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.connect(descriptor, $0, length)
            }
        }
        #expect(status == 0)
    }
}

@Suite("Strangers", .serialized)
struct StrangerTests {
    @Test("silent connections make room for newer ones, and an honest peer gets in among them")
    func halfOpenCap() throws {
        let server = try Node.listening(quickLimits { $0.halfOpen = 4 })
        let strangers = Strangers()
        for _ in 0..<12 { strangers.connect(host: "127.0.0.1", port: server.port) }
        #expect(converge([server]) { server.endpoint.counters.accepted == 12 })
        #expect(server.endpoint.counters.count(of: .halfOpenCap) == 8)
        #expect(server.endpoint.census.first { $0.name == "half-open" }?.count == 4)
        _ = try linked(to: server)
        #expect(server.endpoint.counters.count(of: .halfOpenCap) == 9)
    }

    @Test(
        "one network gets few half-open connections and few links, loopback as many as there are",
        .enabled(if: networkAddress != nil, "this machine has no address but loopback"))
    func netgroupCaps() throws {
        let host = try #require(networkAddress)
        let limits = quickLimits { $0.handshakeMilliseconds = 500 }
        let server = try Node(limits: limits, listening: "tcp://0.0.0.0:0")
        let strangers = Strangers()
        for _ in 0..<6 { strangers.connect(host: host, port: server.port) }
        for _ in 0..<6 { strangers.connect(host: "127.0.0.1", port: server.port) }
        #expect(converge([server]) { server.endpoint.counters.accepted == 12 })
        #expect(server.endpoint.counters.count(of: .halfOpenNetgroup) == 2)
        #expect(server.endpoint.census.first { $0.name == "half-open" }?.count == 10)

        var nodes = [server]
        for (count, name) in [host, host, host, "127.0.0.1", "127.0.0.1", "127.0.0.1"].enumerated()
        {
            let dialler = try Node(limits: quickLimits { $0.reconnectMilliseconds = 60_000 })
            let address = "tcp://\(name):\(server.port)"
            let link = try dialler.endpoint.dial(address: address, key: server.key)
            nodes.append(dialler)
            #expect(converge(nodes) { dialler.ups == [link] })
            #expect(dialler.endpoint.send(frame: [0], to: link) == .sent)
            let isRefused = count == 2
            #expect(
                converge(nodes) {
                    isRefused ? dialler.downs[link] == .closed : server.link(to: dialler.key) != nil
                })
        }
        #expect(server.ups.count == 5)
        #expect(server.endpoint.counters.count(of: .netgroupFull) == 1)
    }
}
