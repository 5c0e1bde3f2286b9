import Primitives
import Records

/// A peer that speaks for a team of attackers: each has a key and a feed of its own, all of them valid. What it says is
/// said by a script; it keeps every rule of the protocol.
struct ColluderPeer: ByzantineProgram {
    struct Line {
        /// Seconds since the start of the run.
        let second: UInt64
        let member: Int
        let payload: Payload
    }

    private var personas: [Persona]
    /// Ascending by second.
    private let script: [Line]
    private var next = 0

    private static let recordsPerSecond = 64
    /// As an honest node does with its anti-entropy.
    private static let frontierSeconds: UInt64 = 10

    init(_ personas: [Persona], _ script: [Line]) {
        self.personas = personas
        self.script = script
    }

    var keys: [PublicKey] { personas.map(\.key) }

    mutating func tick(_ world: inout ByzantineWorld) {
        var batch: [EncodedRecord] = []
        while next < script.count, script[next].second <= world.second,
            batch.count < Self.recordsPerSecond
        {
            let line = script[next]
            batch.append(personas[line.member].say(line.payload, at: world.now).encoded)
            next += 1
        }
        if !batch.isEmpty { world.sendAll(.push(batch)) }
        if world.second % Self.frontierSeconds == 0 {
            for frame in frontiers { world.sendAll(frame) }
        }
    }

    mutating func ready(_ link: LinkID, _ world: inout ByzantineWorld) {
        for frame in frontiers { world.send(frame, on: link) }
        for frame in personas.flatMap({ $0.pushes() }) { world.send(frame, on: link) }
    }

    mutating func receive(_ frame: Frame, on link: LinkID, _ world: inout ByzantineWorld) {
        guard case .rangeRequest(let request) = frame,
            let persona = personas.first(where: { $0.key == request.feed })
        else { return }
        world.send(persona.answer(request), on: link)
    }

    private var frontiers: [Frame] {
        let entries = personas.compactMap { persona in
            persona.records.last.map {
                Frontier.Entry(
                    feed: persona.key, sequence: $0.body.sequence,
                    headPrefix: $0.id.raw.prefix64)
            }
        }.sorted { $0.feed < $1.feed }
        return stride(from: 0, to: entries.count, by: WireLimits.frontierEntries).map {
            .frontier(
                Frontier(
                    entries: Array(
                        entries[$0..<min($0 + WireLimits.frontierEntries, entries.count)])))
        }
    }
}
