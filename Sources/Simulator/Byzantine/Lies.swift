import NodeCore
import Primitives
import Records

/// What the poisoners of a run have agreed to tell.
final class Lies {
    /// A host that runs no node: 13.37.13.37.
    static let victim = NetworkAddress(ipv4: 0x0D25_0D25, port: 9)
    static let periodSeconds: UInt64 = 600

    private let makeSigner: (inout SeededRandom) -> any Signer
    private var random: SeededRandom
    private var period: UInt64?
    private var records: [AddressRecord] = []

    init(random: SeededRandom, makeSigner: @escaping (inout SeededRandom) -> any Signer) {
        self.random = random
        self.makeSigner = makeSigner
    }

    /// Half of what an answer can carry beside the teller's own record is the victim, half is nobody.
    func told(_ world: ByzantineWorld) -> [AddressRecord] {
        guard period != world.second / Self.periodSeconds else { return records }
        period = world.second / Self.periodSeconds
        let expires = world.now.advanced(byMilliseconds: AddressRecord.lifetimeMilliseconds)
        records = (1..<WireLimits.addresses).map { place in
            // 14.0.0.0/8: nobody is there either.
            let nobody = NetworkAddress(
                ipv4: 0x0E00_0000 + UInt32(random.below(1 << 24)), port: 4_600)
            return AddressRecord(
                signing: place % 2 == 0 ? Self.victim : nobody, expires: expires,
                network: world.network, signer: makeSigner(&random))
        }
        return records
    }
}
