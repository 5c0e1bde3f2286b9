import Cryptography
import Logging
import NodeCore
import Primitives
import Records
import Transport

/// LAN discovery (docs/overlay.md): off unless `gossip.lan_discovery` says otherwise.
enum LocalNet {
    /// Between two announcements: who comes later waits this long at most.
    static let beaconMilliseconds: UInt64 = 30_000
    /// How long one is believed. A node that left is not dialled for long.
    static let lifetimeMilliseconds: UInt64 = 600_000
    /// What a datagram begins with; an address record follows and nothing else.
    static let head: [UInt8] = Array("vouchbird lan 1\0".utf8)

    static func datagram(_ record: AddressRecord) -> [UInt8] { head + record.encoded }

    /// Nil for anything else.
    static func record(_ datagram: [UInt8]) -> AddressRecord? {
        guard datagram.starts(with: head) else { return nil }
        return try? AddressRecord(decoding: Array(datagram.dropFirst(head.count)))
    }
}

extension NodeLoop {
    func openLocalNet() {
        guard configuration.gossip.lanDiscovery else { return }
        do {
            try endpoint.openBeacon()
        } catch {
            log.warning("no discovery on the local net", metadata: ["why": "\(error)"])
        }
    }

    /// Signs the own place anew for each local net that this node listens on.
    func sayOnLocalNet() {
        guard let signer = identity.node.signer else { return }
        let network = node.configuration.network
        let expires = Clock.wall().advanced(byMilliseconds: LocalNet.lifetimeMilliseconds)
        let places = listening.compactMap {
            NetworkAddress(text: String($0.dropFirst("tcp://".count)))
        }
        let count = endpoint.announce { own in
            guard
                let port = places.first(where: { $0.isEverywhere || $0.isSameHost(as: own) })?.port
            else { return nil }
            let place = NetworkAddress(high: own.high, low: own.low, port: port)
            return LocalNet.datagram(
                AddressRecord(signing: place, expires: expires, network: network, signer: signer))
        }
        log.debug("said on the local net where this node is", metadata: ["nets": "\(count)"])
    }

    func heard(_ datagram: [UInt8], from source: NetworkAddress) {
        guard let record = LocalNet.record(datagram) else { return }
        input(.heard(record, from: source))
    }
}

extension NetworkAddress {
    /// 0.0.0.0 or [::]: every address of this machine.
    fileprivate var isEverywhere: Bool { high == 0 && (low == 0 || low == 0xffff << 32) }
}
