import NodeCore
import Primitives
import Records

/// One key of an attacker who wants to be all that others dial (threats.md, T24): it tells of nobody but its like,
/// takes every inbound slot that is free, of whoever has just come up before anybody else, and passes records on as a
/// good peer would, so that nobody has a reason to let it go.
struct AdaptiveEclipser: ByzantineProgram {
    private let member: Int
    private let team: EclipserTeam

    init(_ member: Int, of team: EclipserTeam) {
        self.member = member
        self.team = team
    }

    var capabilities: UInt64 { Hello.addresses }

    mutating func linked(_ link: LinkID, to peer: NetworkAddress, _ direction: LinkDirection) {
        team.linked(member, link, to: peer, direction)
    }

    mutating func unlinked(_ link: LinkID) { team.unlinked(link) }

    mutating func ready(_ link: LinkID, _ world: inout ByzantineWorld) {
        team.ready(link)
        world.send(.addressRequest(team.record(of: member, world)), on: link)
    }

    mutating func tick(_ world: inout ByzantineWorld) {
        for victim in team.targets(of: member, &world.random) { world.dials.append(victim) }
        guard (world.second + UInt64(member)) % Lies.periodSeconds == 0 else { return }
        world.sendAll(.addressRequest(team.record(of: member, world)))
    }

    mutating func receive(_ frame: Frame, on link: LinkID, _ world: inout ByzantineWorld) {
        switch frame {
        case .addressRequest:
            let told = team.told(member, world, &world.random)
            world.send(.addressResponse(told), on: link)
        case .push(let records):
            let fresh = records.filter { team.isFresh($0, to: member) }
            guard !fresh.isEmpty else { return }
            for other in team.choosers(of: member) where other != link {
                world.send(.push(fresh), on: other)
            }
        default: break
        }
    }
}
