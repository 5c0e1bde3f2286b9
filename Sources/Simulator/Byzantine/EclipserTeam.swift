import NodeCore
import Primitives
import Records

/// What all keys of all eclipsers of a run know together.
final class EclipserTeam {
    private struct Member {
        let signer: any Signer
        let address: NetworkAddress
        /// Links that others dialled.
        var choosers: [LinkID] = []
        var seen: Set<EncodedRecord> = []
        var record: AddressRecord?
    }

    private struct Victim {
        let address: NetworkAddress
        /// Inbound links of ours that are up or being dialled, by prefix.
        var held: [Netgroup: Int] = [:]
    }

    private struct Hold {
        let member: Int
        /// Nil where the other end dialled.
        let victim: Int?
        /// It was greeted: before, an end is a refusal.
        var isReady = false
    }

    private var members: [Member] = []
    private var victims: [Victim] = []
    private var places: [NetworkAddress: Int] = [:]
    private var holds: [LinkID: Hold] = [:]
    /// Victims that lost a link of ours lately, the latest last: perhaps they have just started again.
    private var lost: [Int] = []

    /// Inbound links that a victim takes of one prefix (docs/protocol.md, "Limits").
    private static let perPrefix = 2
    private static let dialsPerSecond = 4
    private static let seenRecords = 4_096
    private static let lostVictims = 64

    /// `victims`: whom the attackers know, which is everybody.
    func know(_ addresses: [NetworkAddress]) {
        victims = addresses.map { Victim(address: $0) }
        for (number, address) in addresses.enumerated() { places[address] = number }
    }

    func add(_ signer: any Signer, at address: NetworkAddress) -> Int {
        members.append(Member(signer: signer, address: address))
        return members.count - 1
    }

    func linked(
        _ member: Int, _ link: LinkID, to peer: NetworkAddress, _ direction: LinkDirection
    ) {
        guard direction == .outbound, let victim = places[peer] else {
            members[member].choosers.append(link)
            holds[link] = Hold(member: member, victim: nil)
            return
        }
        holds[link] = Hold(member: member, victim: victim)
        victims[victim].held[members[member].address.netgroup, default: 0] += 1
    }

    func ready(_ link: LinkID) { holds[link]?.isReady = true }

    func unlinked(_ link: LinkID) {
        guard let hold = holds.removeValue(forKey: link) else { return }
        guard let victim = hold.victim else {
            members[hold.member].choosers.removeAll { $0 == link }
            return
        }
        victims[victim].held[members[hold.member].address.netgroup, default: 1] -= 1
        guard hold.isReady else { return }
        lost.removeAll { $0 == victim }
        lost.append(victim)
        if lost.count > Self.lostVictims { lost.removeFirst() }
    }

    /// Whom to dial this second: whoever lost a link, then anybody, with a slot left for the member's prefix.
    func targets(of member: Int, _ random: inout SeededRandom) -> [NetworkAddress] {
        let group = members[member].address.netgroup
        var found = lost.reversed().filter { victims[$0].held[group, default: 0] < Self.perPrefix }
        if !victims.isEmpty {
            let other = random.below(victims.count)
            if victims[other].held[group, default: 0] < Self.perPrefix { found.append(other) }
        }
        return found.prefix(Self.dialsPerSecond).map { victims[$0].address }
    }

    /// The member's own word where it is, signed anew every few hours.
    func record(of member: Int, _ world: ByzantineWorld) -> AddressRecord {
        let lifetime = AddressRecord.lifetimeMilliseconds
        if let record = members[member].record,
            record.expires > world.now.advanced(byMilliseconds: lifetime / 2)
        {
            return record
        }
        let record = AddressRecord(
            signing: members[member].address,
            expires: world.now.advanced(byMilliseconds: lifetime), network: world.network,
            signer: members[member].signer)
        members[member].record = record
        return record
    }

    /// Sixteen of the team, the asked one first.
    func told(
        _ member: Int, _ world: ByzantineWorld, _ random: inout SeededRandom
    ) -> [AddressRecord] {
        [record(of: member, world)]
            + (1..<WireLimits.addresses).map { _ in
                record(of: random.below(members.count), world)
            }
    }

    func isFresh(_ record: EncodedRecord, to member: Int) -> Bool {
        if members[member].seen.count >= Self.seenRecords { members[member].seen = [] }
        return members[member].seen.insert(record).inserted
    }

    /// Links that others dialled and greeted: a record before that would give it away.
    func choosers(of member: Int) -> [LinkID] {
        members[member].choosers.filter { holds[$0]?.isReady == true }
    }
}
