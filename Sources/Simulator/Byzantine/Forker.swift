import Primitives
import Records

/// An author that signs two histories: one feed, another record at one place.
struct Forker: ByzantineProgram {
    enum Audience {
        /// Every second link sees the other history.
        case halves
        /// The first link alone sees the other history.
        case victim
        /// Everybody sees the first history, and a minute later the second.
        case late
    }

    private let audience: Audience
    private var first: Persona
    private var second: Persona
    private let forkAt: UInt64
    private static let revealSeconds: UInt64 = 60

    init(_ persona: Persona, _ audience: Audience, forkAt: UInt64) {
        first = persona
        second = persona
        self.audience = audience
        self.forkAt = forkAt
    }

    mutating func tick(_ world: inout ByzantineWorld) {
        guard world.second % 2 == 0 else { return }
        let item = world.item()
        let other = UInt64(first.records.count) + 1 < forkAt ? item : world.item()
        let time = world.now
        let one = first.say(.like(item, .one), at: time)
        // The time differs, so the bodies do even where the items do not.
        let isForked = UInt64(second.records.count) + 1 >= forkAt
        let two = second.say(
            .like(other, .one), at: isForked ? time.advanced(byMilliseconds: 1) : time)
        for (position, link) in world.links.enumerated() {
            world.send(.push([showsSecond(position) ? two.encoded : one.encoded]), on: link)
        }
        if audience == .late, world.second % Self.revealSeconds == 0 {
            for frame in second.pushes(from: forkAt) { world.sendAll(frame) }
        }
    }

    mutating func ready(_ link: LinkID, _ world: inout ByzantineWorld) {
        let position = world.links.firstIndex(of: link) ?? 0
        for frame in (showsSecond(position) ? second : first).pushes() {
            world.send(frame, on: link)
        }
    }

    mutating func receive(_ frame: Frame, on link: LinkID, _ world: inout ByzantineWorld) {
        guard case .rangeRequest(let request) = frame, request.feed == first.key else { return }
        let position = world.links.firstIndex(of: link) ?? 0
        world.send((showsSecond(position) ? second : first).answer(request), on: link)
    }

    private func showsSecond(_ position: Int) -> Bool {
        switch audience {
        case .halves: position % 2 == 1
        case .victim: position == 0
        case .late: false
        }
    }
}
