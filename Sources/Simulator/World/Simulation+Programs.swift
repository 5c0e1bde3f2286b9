import NodeCore
import Primitives
import Records

/// Hostile programs: their greeting, their clock, and what they say.
extension Simulation {
    /// The type of a PX_RESP frame (docs/protocol.md).
    private static let addressResponse: UInt8 = 42

    func greet(_ link: LinkID, from host: Host) {
        let hello = Hello(
            minimumVersion: 1, maximumVersion: 1, network: network,
            capabilities: capabilities(of: host),
            time: moment(host).wall, maximumFrameBytes: UInt64(WireLimits.frameBytes))
        transmit(Frame.hello(hello).encoded, from: host, on: link)
    }

    private func capabilities(of host: Host) -> UInt64 {
        if case .program(let program) = host.role { program.capabilities } else { 0 }
    }

    func receive(_ bytes: [UInt8], on link: LinkID, _ host: Host) {
        guard let frame = try? Frame.decode(bytes) else { return }
        switch frame {
        case .hello:
            if connections[Int(link.value)].listener == host.index { greet(link, from: host) }
            host.greeted.append(link)
            run(host) { $0.ready(link, &$1) }
        case .ping(let nonce): transmit(Frame.pong(nonce: nonce).encoded, from: host, on: link)
        default: run(host) { $0.receive(frame, on: link, &$1) }
        }
    }

    func tick(_ host: Host) {
        guard !isQuiet else { return }
        run(host) { $0.tick(&$1) }
        schedule(.tick(host: host.index), after: 1000)
    }

    private func run(
        _ host: Host, _ step: (inout any ByzantineProgram, inout ByzantineWorld) -> Void
    ) {
        guard case .program(var program) = host.role else { return }
        var world = ByzantineWorld(
            now: moment(host).wall, second: now / 1000, links: host.greeted, network: network,
            scheme: scheme, random: host.random)
        step(&program, &world)
        host.role = .program(program)
        host.random = world.random
        for (link, bytes) in world.outbox {
            if bytes.first == Self.addressResponse { discovery.hostileAnswerBytes += bytes.count }
            transmit(bytes, from: host, on: link)
        }
        for address in world.dials { dial(address, from: host) }
    }
}
