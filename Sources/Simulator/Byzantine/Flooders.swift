import Primitives
import Records

/// Sends what it saw again: the newest hundreds of times, or the oldest for ever.
struct Replayer: ByzantineProgram {
    enum Choice {
        case newest
        case oldest
    }

    private let choice: Choice
    private var seen: [EncodedRecord] = []
    private static let memory = 512
    private static let copies = 200

    init(_ choice: Choice) { self.choice = choice }

    mutating func receive(_ frame: Frame, on link: LinkID, _ world: inout ByzantineWorld) {
        switch frame {
        case .push(let records): note(records)
        case .frontier(let frontier):
            for entry in frontier.entries.prefix(4) {
                let first = choice == .oldest ? 1 : max(1, entry.sequence)
                world.send(
                    .rangeRequest(RangeRequest(feed: entry.feed, first: first, last: first)),
                    on: link)
            }
        case .rangeResponse(let response):
            let places = (try? response.chain?.rebuilt(scheme: world.scheme)) ?? []
            for case .record(let record) in places where record.signature != nil {
                note([record.encoded])
            }
        default: break
        }
    }

    mutating func tick(_ world: inout ByzantineWorld) {
        guard !seen.isEmpty else { return }
        switch choice {
        case .newest:
            let record = seen[seen.count - 1]
            world.sendAll(.push([EncodedRecord](repeating: record, count: Self.copies)))
        case .oldest: world.sendAll(.push(Array(seen.prefix(32))))
        }
    }

    private mutating func note(_ records: [EncodedRecord]) {
        for record in records {
            if seen.count == Self.memory {
                guard choice == .newest else { return }
                seen.removeFirst()
            }
            seen.append(record)
        }
    }
}

/// Sends records in the names of others whose signatures hold nothing.
struct SignatureFlooder: ByzantineProgram {
    private var bodies: [RecordBody] = []

    mutating func receive(_ frame: Frame, on link: LinkID, _ world: inout ByzantineWorld) {
        guard case .push(let records) = frame else { return }
        for bytes in records {
            guard let record = try? Record(decoding: bytes[...], scheme: world.scheme) else {
                continue
            }
            if bodies.count == 64 { bodies.removeFirst() }
            var next = record.body
            next.sequence += 1
            next.previous = record.id
            bodies.append(next)
        }
    }

    mutating func tick(_ world: inout ByzantineWorld) {
        guard !bodies.isEmpty else { return }
        var forged: [EncodedRecord] = []
        for _ in 0..<8 {
            var body = bodies[world.random.below(bodies.count)]
            body.payload = .like(world.item(), .one)
            forged.append(body.encoded + world.junkSignature())
        }
        world.sendAll(.push(forged))
    }
}

/// Frames at every cap, one past it, and nowhere near it.
struct ElementBomber: ByzantineProgram {
    mutating func tick(_ world: inout ByzantineWorld) {
        guard let link = world.links.first else { return }
        var writer = ByteWriter()
        switch world.second % 8 {
        case 0:
            writer.byte(10)
            writer.varint(UInt64.max)
        case 1:
            writer.byte(10)
            writer.varint(257)
            for _ in 0..<257 { writer.sized([1]) }
        case 2:
            writer.byte(10)
            writer.varint(256)
            for _ in 0..<256 { writer.sized([UInt8(1)]) }
        case 3:
            writer.byte(20)
            writer.varint(1024)
            for number in UInt64(1)...1024 {
                writer.raw([UInt8](repeating: 0xff, count: 24))
                for shift in stride(from: UInt64(56), through: 0, by: -8) {
                    writer.byte(UInt8(truncatingIfNeeded: number >> shift))
                }
                writer.varint(WireLimits.sequence)
                writer.raw([UInt8](repeating: 7, count: 8))
            }
        case 4: writer.raw([UInt8](repeating: 20, count: WireLimits.frameBytes + 1))
        case 5: break
        case 6:
            writer.byte(22)
            writer.raw([UInt8](repeating: 3, count: 32))
            writer.varint(1)
            writer.varint(WireLimits.sequence)
        default: writer.raw((0..<64).map { _ in UInt8(truncatingIfNeeded: world.random.next()) })
        }
        world.outbox.append((link, writer.bytes))
    }
}
