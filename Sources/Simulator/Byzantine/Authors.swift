import Primitives
import Records

/// An author that leaves records out: at first it sends every third only, then answers honestly.
struct GapMaker: ByzantineProgram {
    private var persona: Persona
    private static let withholdingSeconds: UInt64 = 30

    init(_ persona: Persona) { self.persona = persona }

    mutating func tick(_ world: inout ByzantineWorld) {
        let record = persona.say(.like(world.item(), .one), at: world.now)
        if record.body.sequence % 3 == 1 { world.sendAll(.push([record.encoded])) }
        guard world.second % 10 == 0, let last = persona.records.last else { return }
        let entry = Frontier.Entry(
            feed: persona.key, sequence: last.body.sequence, headPrefix: last.id.raw.prefix64)
        world.sendAll(.frontier(Frontier(entries: [entry])))
    }

    mutating func receive(_ frame: Frame, on link: LinkID, _ world: inout ByzantineWorld) {
        guard case .rangeRequest(let request) = frame else { return }
        let isHonest = world.second > Self.withholdingSeconds && request.feed == persona.key
        let nothing = Frame.rangeResponse(RangeResponse(feed: request.feed, chain: nil))
        world.send(isHonest ? persona.answer(request) : nothing, on: link)
    }
}

/// An author whose clock lies: far future, a little future, past, and backwards.
struct FutureDater: ByzantineProgram {
    private var persona: Persona
    private var stray: Persona

    init(_ persona: Persona, stray: Persona) {
        self.persona = persona
        self.stray = stray
    }

    mutating func tick(_ world: inout ByzantineWorld) {
        let now = world.now.milliseconds
        let far = [now + 660_000, now + 31_536_000_000, WireLimits.timeMilliseconds, 0, 1]
        let time = Instant(milliseconds: far[world.random.below(far.count)])
        let record = stray.say(.like(world.item(), .one), at: time)
        world.sendAll(.push([record.encoded]))
        if world.second % 4 == 0 {
            let past = Instant(milliseconds: 1_000 + world.second)
            world.sendAll(.push([persona.say(.like(world.item(), .one), at: past).encoded]))
        }
    }
}

/// New keys without end, each with one statement; the main author trusts some of them.
struct KeySpinner: ByzantineProgram {
    private var main: Persona
    private let keysPerSecond: Int
    private let makeSigner: (inout SeededRandom) -> any Signer
    private(set) var spun: [PublicKey] = []

    init(
        _ persona: Persona, keysPerSecond: Int,
        makeSigner: @escaping (inout SeededRandom) -> any Signer
    ) {
        main = persona
        self.keysPerSecond = keysPerSecond
        self.makeSigner = makeSigner
    }

    mutating func tick(_ world: inout ByzantineWorld) {
        var batch: [EncodedRecord] = []
        for _ in 0..<keysPerSecond {
            let signer = makeSigner(&world.random)
            var child = Persona(signer: signer, network: world.network, scheme: world.scheme)
            batch.append(child.say(.like(world.item(), .one), at: world.now).encoded)
            batch.append(child.say(.trust(main.key, .one), at: world.now).encoded)
            spun.append(child.key)
            if spun.count % 4 == 1 {
                batch.append(main.say(.trust(child.key, .one), at: world.now).encoded)
            }
        }
        for start in stride(from: 0, to: batch.count, by: 64) {
            world.sendAll(.push(Array(batch[start..<min(start + 64, batch.count)])))
        }
    }

    mutating func ready(_ link: LinkID, _ world: inout ByzantineWorld) {
        for frame in main.pushes() { world.send(frame, on: link) }
    }
}

/// A valid author without measure: new statements without end, on every link, in order.
struct AuthorFlooder: ByzantineProgram {
    private var persona: Persona
    private static let recordsPerSecond = 250

    init(_ persona: Persona) { self.persona = persona }

    mutating func tick(_ world: inout ByzantineWorld) {
        let first = UInt64(persona.records.count) + 1
        for _ in 0..<Self.recordsPerSecond { persona.say(.like(world.item(), .one), at: world.now) }
        for frame in persona.pushes(from: first) { world.sendAll(frame) }
    }

    mutating func receive(_ frame: Frame, on link: LinkID, _ world: inout ByzantineWorld) {
        guard case .rangeRequest(let request) = frame, request.feed == persona.key else { return }
        world.send(persona.answer(request), on: link)
    }
}
