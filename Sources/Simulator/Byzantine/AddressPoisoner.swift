import NodeCore
import Primitives
import Records

/// Answers whoever asks for addresses with made-up ones and with one victim's, under keys that are new every ten
/// minutes, for ever (threats.md, T25). All poisoners of a run tell the same, so that two prefixes vouch for it.
struct AddressPoisoner: ByzantineProgram {
    private let own: Persona
    private let address: NetworkAddress
    private let lies: Lies

    init(_ own: Persona, at address: NetworkAddress, _ lies: Lies) {
        self.own = own
        self.address = address
        self.lies = lies
    }

    var capabilities: UInt64 { Hello.addresses }

    /// Says where it is, and is believed: then it is asked.
    mutating func ready(_ link: LinkID, _ world: inout ByzantineWorld) {
        world.send(.addressRequest(record(&world)), on: link)
    }

    mutating func tick(_ world: inout ByzantineWorld) {
        guard world.second % Lies.periodSeconds == 0 else { return }
        world.sendAll(.addressRequest(record(&world)))
    }

    mutating func receive(_ frame: Frame, on link: LinkID, _ world: inout ByzantineWorld) {
        guard case .addressRequest = frame else { return }
        let told = [record(&world)] + lies.told(world)
        world.send(.addressResponse(told), on: link)
    }

    private func record(_ world: inout ByzantineWorld) -> AddressRecord {
        AddressRecord(
            signing: address,
            expires: world.now.advanced(byMilliseconds: AddressRecord.lifetimeMilliseconds),
            network: world.network, signer: own.signer)
    }
}
