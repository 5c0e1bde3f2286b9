import NodeCore
import Primitives
import Records
import Testing

/// T39 and T45 of the threats: versions of the protocol side by side, and whoever plays them off against each other.
@Suite("Versions")
struct VersionTests {
    private static func greet(
        _ node: TestNode, _ number: UInt64, as person: Person, _ versions: ClosedRange<UInt64>
    ) -> GoodbyeReason? {
        let before = node.ended.count
        node.give(.linkUp(LinkID(number), NodeKey(raw: person.key.raw), .inbound))
        node.give(
            .frame(LinkID(number), TestNode.hello(capabilities: 0, versions: versions).encoded))
        return node.ended.dropFirst(before).first?.reason
    }

    @Test(
        "T39: who spoke a newer version is not spoken to in an older one, nor is anybody below the floor"
    )
    func downgrade() throws {
        let node = TestNode(try Person(1), versions: 1...3)
        let (ana, ben) = (try Person(2), try Person(3))
        #expect(Self.greet(node, 1, as: ana, 1...2) == nil)
        node.give(.linkDown(LinkID(1)))
        #expect(Self.greet(node, 2, as: ana, 1...1) == .noCommonVersion)
        #expect(node.node.counts[RejectReason.unexpected] == 1)
        // The same, and newer ones, are as welcome as before; what we do not speak ourselves pins nothing.
        #expect(Self.greet(node, 3, as: ana, 2...9) == nil)
        node.give(.linkDown(LinkID(3)))
        #expect(Self.greet(node, 4, as: ana, 1...2) == .noCommonVersion)
        #expect(Self.greet(node, 5, as: ana, 1...3) == nil)
        // Of others nothing is known.
        #expect(Self.greet(node, 6, as: ben, 1...1) == nil)
        let strict = TestNode(try Person(1), versions: 2...3)
        #expect(Self.greet(strict, 1, as: ben, 1...1) == .noCommonVersion)
        #expect(strict.node.counts[RejectReason.unexpected] == 0)
    }

    @Test(
        "T45: nodes of three versions end with the same feeds, with records of a kind that only the newest know",
        arguments: UInt64(1)...12)
    func mixed(seed: UInt64) throws {
        var random = SeededRandom(seed: seed, stream: "versions")
        let ranges: [ClosedRange<UInt64>] = [1...1, 1...2, 1...3]
        let people = try (0..<9).map { try Person(UInt8(10 + $0)) }
        let nodes = people.enumerated().map { TestNode($1, versions: ranges[$0 % 3]) }
        // A ring and four chords.
        var wires: [Wire] = []
        func join(_ left: Int, _ right: Int) {
            wires.append(Wire(nodes[left], nodes[right], number: UInt64(wires.count + 1)))
        }
        for index in nodes.indices { join(index, (index + 1) % nodes.count) }
        for _ in 0..<4 {
            let left = random.below(nodes.count)
            let right = random.below(nodes.count)
            if abs(left - right) > 1, abs(left - right) < nodes.count - 1 { join(left, right) }
        }
        // An author of the next version, at a node of the oldest.
        let future = try Person(99)
        var records = future.feed(2)
        let body = RecordBody(
            feed: future.key, sequence: 3, previous: records[1].id,
            time: Instant(milliseconds: 1_000_100), isIgnorable: true,
            payload: .unknown(kind: 77, [1, 2, 3]))
        records.append(
            Record(signing: body, network: network, signer: future.signer, scheme: scheme))
        nodes[0].push(records, over: nodes[0].connect(90, as: future))
        for (index, node) in nodes.enumerated() {
            node.publish([.like(item("song-\(index)"), .one), .trust(people[0].key, .one)])
        }
        for _ in 0..<12 {
            for wire in wires { wire.settle() }
            for node in nodes { node.pass(milliseconds: 20_000) }
        }
        let digests = Set(nodes.map { $0.node.frontierDigest.digest })
        #expect(digests.count == 1, "seed \(seed)")
        #expect(nodes.allSatisfy { $0.node.frontier(of: future.key) == 3 }, "seed \(seed)")
        #expect(nodes.allSatisfy { $0.ended.isEmpty }, "seed \(seed)")
    }
}
