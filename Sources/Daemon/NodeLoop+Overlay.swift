import Cryptography
import Logging
import NodeCore
import Primitives
import Records
import Transport

/// Links that the overlay chose, what it keeps over restarts, and where this node says that it is.
extension NodeLoop {
    /// Links dialled for the overlay, and what is due next.
    struct OverlayState {
        var links: [NodeKey: LinkID] = [:]
        var nextAnnouncement: UInt64 = 0
        var nextBeacon: UInt64 = 0
        var nextSaving: UInt64 = Self.savingMilliseconds
        var saved: [AddressRecord] = []

        static let savingMilliseconds: UInt64 = 60_000
        static let announcingMilliseconds = AddressRecord.lifetimeMilliseconds / 2

        func key(of link: LinkID) -> NodeKey? { links.first { $0.value == link }?.key }
    }

    func perform(_ action: OverlayAction) {
        switch action {
        case .dial(let known): dial(known)
        case .hangUp(let key): hangUp(key)
        // The core asks over its links itself.
        case .ask: break
        }
    }

    private func dial(_ known: KnownNode) {
        // A peer that the user named is dialled anyway, at the address that the user gave.
        guard peers.peer(known.key) == nil, overlay.links[known.key] == nil,
            let link = try? endpoint.dial(address: "tcp://\(known.address)", key: known.key)
        else { return input(.dialFailed(known.key)) }
        log.debug("dialling a learnt address", metadata: ["address": "\(known.address)"])
        overlay.links[known.key] = link
    }

    private func hangUp(_ key: NodeKey) {
        if let link = overlay.links.removeValue(forKey: key) { endpoint.hangUp(link) }
    }

    /// A link of the overlay is down: whether it is dialled again is the overlay's choice, not libzmq's.
    func overlayLinkEnded(_ link: LinkID) {
        if let key = overlay.key(of: link) { hangUp(key) }
    }

    func overlayDialFailed(_ link: LinkID) {
        guard let key = overlay.key(of: link) else { return }
        hangUp(key)
        input(.dialFailed(key))
    }

    func origin(_ key: NodeKey, _ address: NetworkAddress) -> LinkOrigin {
        LinkOrigin(address: address, isAnchor: peers.peer(key) != nil)
    }

    /// What is due by the clock: a fresh record of our own, and the file.
    func runOverlayTimers() {
        guard let settings = node.configuration.overlay else { return }
        let now = Clock.monotonicMilliseconds()
        if now >= overlay.nextAnnouncement {
            overlay.nextAnnouncement = now + OverlayState.announcingMilliseconds
            input(.announce(ownRecord(settings)))
        }
        if configuration.gossip.lanDiscovery, now >= overlay.nextBeacon {
            overlay.nextBeacon = now + LocalNet.beaconMilliseconds
            sayOnLocalNet()
        }
        if now >= overlay.nextSaving {
            overlay.nextSaving = now + OverlayState.savingMilliseconds
            saveAddresses()
        }
    }

    /// The first address, announced or listened on, that the others in scope can use; nil when there is none.
    private func ownRecord(_ settings: OverlaySettings) -> AddressRecord? {
        guard let signer = identity.node.signer else { return nil }
        let addresses = (configuration.node.announce + listening).compactMap {
            NetworkAddress(text: String($0.dropFirst("tcp://".count)))
        }
        guard let address = addresses.first(where: settings.admits) else { return nil }
        return AddressRecord(
            signing: address,
            expires: Clock.wall().advanced(byMilliseconds: AddressRecord.lifetimeMilliseconds),
            network: node.configuration.network, signer: signer)
    }

    func saveAddresses() {
        guard let settings = node.configuration.overlay else { return }
        let records = node.knownAddresses
        guard records != overlay.saved else { return }
        do {
            try addressFile.write(AddressFile.Content(seed: settings.seed, records: records))
            overlay.saved = records
        } catch {
            log.warning("addresses are not kept", metadata: ["why": "\(error)"])
        }
    }
}
