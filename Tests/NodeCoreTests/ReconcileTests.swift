import NodeCore
import Primitives
import Records
import Testing

@Suite("Reconciliation: two frontiers meet by a sketch")
struct ReconcileTests {
    /// Nodes of the first two that hold `feeds` feeds each, of which those in `ahead` go further.
    static func pair(feeds: Int, leftAhead: Int, rightAhead: Int, leftOnly: Int, rightOnly: Int)
        throws -> (TestNode, TestNode)
    {
        let left = TestNode(try Person(1))
        let right = TestNode(try Person(2))
        let source = LinkID(900)
        for node in [left, right] {
            node.give(.linkUp(source, NodeKey(raw: try Person(3).key.raw), .inbound))
            node.give(.frame(source, TestNode.hello.encoded))
        }
        for number in 0..<feeds {
            let records = try Stranger(number).feed(2)
            let isLeftAhead = number < leftAhead
            let isRightAhead = number >= leftAhead && number < leftAhead + rightAhead
            if number >= feeds - rightOnly {
                right.push(records, over: source)
            } else if number >= feeds - rightOnly - leftOnly {
                left.push(records, over: source)
            } else {
                left.push(isRightAhead ? [records[0]] : records, over: source)
                right.push(isLeftAhead ? [records[0]] : records, over: source)
            }
        }
        left.give(.linkDown(source))
        right.give(.linkDown(source))
        left.forgetSent()
        right.forgetSent()
        return (left, right)
    }

    /// A person of a number beyond a byte.
    struct Stranger {
        let person: Person
        init(_ number: Int) throws {
            person = try Person(
                seed: [UInt8(number >> 8), UInt8(number & 0xff)]
                    + [UInt8](repeating: 200, count: 30))
        }
        func feed(_ count: Int) -> [Record] { person.feed(count) }
    }

    private func bytes(_ node: TestNode, _ isCounted: (Frame) -> Bool) -> Int {
        node.sent.filter { isCounted($0.frame) }.reduce(0) { $0 + $1.frame.encoded.count }
    }

    private func isReconciling(_ frame: Frame) -> Bool {
        switch frame {
        case .sketch, .sketchRequest, .sketchResult, .frontier: true
        default: false
        }
    }

    @Test("two nodes that differ a little agree, and the shared part is not told")
    func agrees() throws {
        let (left, right) = try Self.pair(
            feeds: 300, leftAhead: 20, rightAhead: 15, leftOnly: 5, rightOnly: 4)
        let wire = Wire(left, right)
        #expect(left.node.frontierDigest.digest == right.node.frontierDigest.digest)
        let told = left.sent.count { if case .frontier = $0.frame { true } else { false } }
        let spent = bytes(left, isReconciling) + bytes(right, isReconciling)
        #expect(spent < 300 * 43 / 2, "\(spent) B where the whole takes \(2 * 300 * 43)")
        #expect(told <= 4)
        // What is shared counts as known: a later record is pushed, not only told.
        let person = try Stranger(100).person
        let records = person.feed(3)
        let source = left.connect(50, as: person)
        left.forgetSent()
        left.push([records[2]], over: source)
        #expect(left.pushed(to: LinkID(1)) == [records[2].encoded])
        _ = wire
    }

    /// Issue 5: 75-90 B per changed author. A changed author is one that both hold, at different places.
    @Test("75 to 90 B per changed author", arguments: [60, 150])
    func bytesPerChange(changed: Int) throws {
        let (left, right) = try Self.pair(
            feeds: 600, leftAhead: changed / 2, rightAhead: changed - changed / 2, leftOnly: 0,
            rightOnly: 0)
        _ = Wire(left, right)
        #expect(left.node.frontierDigest.digest == right.node.frontierDigest.digest)
        let spent = bytes(left, isReconciling) + bytes(right, isReconciling)
        let each = Double(spent) / Double(changed)
        print("\(changed) of 600 authors changed: \(each) B each")
        #expect(each <= 90, "\(each) B per changed author")
    }

    @Test("where most differs the whole frontier is told, and both agree")
    func whole() throws {
        let (left, right) = try Self.pair(
            feeds: 60, leftAhead: 0, rightAhead: 0, leftOnly: 30, rightOnly: 30)
        _ = Wire(left, right)
        #expect(left.node.frontierDigest.digest == right.node.frontierDigest.digest)
        #expect(
            right.sent.contains {
                if case .sketchRequest(let request) = $0.frame {
                    request.through == 0
                } else {
                    false
                }
            })
    }

    @Test("a listener that holds nothing gets everything")
    func emptyListener() throws {
        let (left, _) = try Self.pair(
            feeds: 40, leftAhead: 0, rightAhead: 0, leftOnly: 0, rightOnly: 0)
        let fresh = TestNode(try Person(7))
        _ = Wire(left, fresh)
        #expect(left.node.frontierDigest.digest == fresh.node.frontierDigest.digest)
        let other = TestNode(try Person(8))
        _ = Wire(other, left, number: 2)
        #expect(left.node.frontierDigest.digest == other.node.frontierDigest.digest)
    }

    @Test("a fork at equal places is found by a sketch too")
    func fork() throws {
        let (left, right) = try Self.pair(
            feeds: 40, leftAhead: 0, rightAhead: 0, leftOnly: 0, rightOnly: 0)
        let person = try Stranger(999).person
        let one = person.record(1, .like(item("one"), .one))
        let other = person.record(1, .like(item("other"), .one))
        let (first, second) = (left.connect(70, as: person), right.connect(70, as: person))
        left.push([one], over: first)
        right.push([other], over: second)
        left.give(.linkDown(first))
        right.give(.linkDown(second))
        _ = Wire(left, right)
        #expect(left.node.forkedFeedCount == 1 && right.node.forkedFeedCount == 1)
    }

    @Test("a link that begins one sketch after the other is blamed and not served")
    func tooMany() throws {
        let (left, _) = try Self.pair(
            feeds: 40, leftAhead: 0, rightAhead: 0, leftOnly: 0, rightOnly: 0)
        let link = left.connect(1, as: try Person(9))
        let junk = Frame.sketch(SketchPart(salt: 1, setSize: 3, first: 0, symbols: [])).encoded
        left.forgetSent()
        for _ in 0..<40 { left.give(.frame(link, junk)) }
        #expect(left.sent.count { if case .frontier = $0.frame { true } else { false } } == 1)
        #expect(left.node.counts[RejectReason.badSketch] >= 31)
        #expect(left.ended.map(\.reason) == [.protocolViolation])
    }

    @Test("a sketch that its peer never ends gives way to the whole frontier")
    func neverEnded() throws {
        let (left, _) = try Self.pair(
            feeds: 40, leftAhead: 0, rightAhead: 0, leftOnly: 0, rightOnly: 0)
        let link = LinkID(1)
        left.give(.linkUp(link, NodeKey(raw: try Person(9).key.raw), .outbound))
        let hello = Hello(
            minimumVersion: 1, maximumVersion: 1, network: network,
            capabilities: Hello.sketches, time: Instant(milliseconds: 2_000_000),
            maximumFrameBytes: 65_536)
        left.give(.frame(link, Frame.hello(hello).encoded))
        #expect(left.node.census.first { $0.name == "sketches" }?.count == 1)
        left.pass(milliseconds: 10_000)
        #expect(left.node.census.first { $0.name == "sketches" }?.count == 0)
        let told = left.frames(to: link).compactMap { frame -> Int? in
            if case .frontier(let frontier) = frame { frontier.entries.count } else { nil }
        }
        #expect(told == [40])
    }
}
