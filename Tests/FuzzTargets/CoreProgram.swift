import Cryptography
import NodeCore
import Primitives
import Records

/// Reads bytes as a program against one core: peers come, go, lie and sign; the store fails; time
/// passes. Every signed record is really signed, so the program reaches what lies behind signatures.
struct CoreProgram {
    /// Steps of one program; more would only slow the fuzzer down.
    private static let steps = 64

    private var reader: ByteReader
    private var world: CoreWorld
    private var authors: [ForgedFeed]

    static func run(_ bytes: [UInt8]) {
        var program = CoreProgram(bytes)
        for _ in 0..<steps {
            guard program.step() else { break }
            program.world.checkCaps()
        }
        program.world.settle()
        program.world.checkCaps()
        program.world.checkRestart()
    }

    private init(_ bytes: [UInt8]) {
        reader = ByteReader(bytes)
        authors = (1...3).map { ForgedFeed(number: UInt8($0)) }
        let isTight = (try? reader.byte("limits")).map { $0 & 1 == 1 } ?? false
        world = CoreWorld(isTight: isTight)
    }

    /// The next number, 0 at the end of the program.
    private mutating func next() -> Int { Int((try? reader.byte("operand")) ?? 0) }

    private mutating func link() -> LinkID { LinkID(UInt64(next() % 4)) }

    /// Carries one step out; false at the end of the program.
    private mutating func step() -> Bool {
        guard let code = try? reader.byte("step") else { return false }
        switch code % 17 {
        case 0: world.connect(link())
        case 1: world.give(.linkDown(link()))
        case 2: rawFrame()
        case 3: push()
        case 4: tellFrontier()
        case 5: answerRange()
        case 6: proveFork()
        case 7: publish()
        case 8: world.pass(milliseconds: 1 << (next() % 20))
        case 9: world.failNextCommit(next())
        case 10: askRange()
        case 11: world.give(.authorBlocked(authors[next() % 3].key, isBlocked: next() & 1 == 1))
        case 12: world.reads(isFailing: next() & 1 == 1)
        case 13: announce()
        case 14: moveTree()
        case 15: askAddresses()
        default: tellAddresses()
        }
        return true
    }

    private mutating func rawFrame() {
        let link = link()
        let count = min(next(), reader.remaining)
        let bytes = (try? reader.take(count, "frame")).map(Array.init) ?? []
        world.give(.frame(link, bytes))
    }

    /// The operand says how a record departs from the honest next one.
    private mutating func forged() -> Record {
        let author = next() % 3
        return authors[author].record(shape: next(), detail: next())
    }

    private mutating func push() {
        let link = link()
        let records = (0...next() % 4).map { _ in forged().encoded }
        world.give(.frame(link, Frame.push(records).encoded))
    }

    private mutating func tellFrontier() {
        let link = link()
        var entries: [Frontier.Entry] = []
        for author in authors.sorted(by: { $0.key < $1.key }) where next() & 1 == 0 {
            let claimed = author.sequence(shape: next())
            let head = author.head(at: claimed) ?? UInt64(next())
            entries.append(.init(feed: author.key, sequence: claimed, headPrefix: head))
        }
        world.give(.frame(link, Frame.frontier(Frontier(entries: entries)).encoded))
    }

    private mutating func answerRange() {
        let link = link()
        let author = authors[next() % 3]
        let first = next() % 8
        let places = author.chain.dropFirst(first).prefix(1 + next() % 8).map {
            ChainPlace.record($0)
        }
        let response = RangeResponse(feed: author.key, chain: Chain(places))
        world.give(.frame(link, Frame.rangeResponse(response).encoded))
    }

    private mutating func proveFork() {
        let link = link()
        guard let one = Chain([.record(forged())]), let other = Chain([.record(forged())]) else {
            return
        }
        world.give(.frame(link, Frame.forkProof(one, other).encoded))
    }

    private mutating func publish() {
        let drafts = (0...next() % 3).map { _ in
            OwnDraft(payload: ForgedFeed.payload(next(), trusting: authors[next() % 3].key))
        }
        world.publish(drafts)
    }

    private mutating func askRange() {
        let link = link()
        let key = next() & 1 == 0 ? world.ownKey : authors[next() % 3].key
        let first = UInt64(1 + next())
        let request = RangeRequest(feed: key, first: first, last: first + UInt64(next()))
        world.give(.frame(link, Frame.rangeRequest(request).encoded))
    }

    private mutating func announce() {
        let link = link()
        var entries: [Announcement] = []
        for author in authors.sorted(by: { FeedTag($0.key) < FeedTag($1.key) })
        where next() & 1 == 0 {
            let claimed = author.sequence(shape: next())
            let mark = author.head(at: claimed).map { UInt16(truncatingIfNeeded: $0 >> 48) }
            entries.append(
                Announcement(tag: FeedTag(author.key), sequence: claimed, headMark: mark ?? 7))
        }
        world.give(.frame(link, Frame.announce(entries).encoded))
    }

    private mutating func moveTree() {
        let link = link()
        let known = next() % 4
        let tag = known < 3 ? FeedTag(authors[known].key) : FeedTag(world.ownKey)
        let frame: Frame = next() & 1 == 0 ? .graft([tag]) : .prune([tag])
        world.give(.frame(link, frame.encoded))
    }

    private mutating func address() -> AddressRecord {
        world.peers[next() % world.peers.count]
            .address(CoreWorld.host(next()), expiring: 1 << UInt64(next() % 30))
    }

    private mutating func askAddresses() {
        let link = link()
        let told = next() & 1 == 0 ? nil : address()
        world.give(.frame(link, Frame.addressRequest(told).encoded))
    }

    private mutating func tellAddresses() {
        let link = link()
        let told = (0..<next() % 5).map { _ in address() }
        world.give(.frame(link, Frame.addressResponse(told).encoded))
    }
}
