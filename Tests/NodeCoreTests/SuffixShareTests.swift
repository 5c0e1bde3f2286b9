import Primitives
import Records
import Testing

@testable import NodeCore

/// A feed that is longer than its author's share of the store.
extension SuffixTests {
    private var small: CoreLimits {
        var limits = limits
        limits.storage.budgetBytes = 200_000
        limits.strangerFeeds = 8
        return limits
    }

    /// A node with little room that trusts two and knows how much.
    private func smallHolder() -> TestNode {
        let node = TestNode(ego, limits: small)
        node.publish([.trust(cleo.key, .one), .trust(ben.key, .one)])
        node.pass(milliseconds: 5_000)
        return node
    }

    @Test("a feed that fills its author's share loses its oldest part, and is followed further")
    func fullShare() throws {
        let node = smallHolder()
        let source = node.connect(1, as: ana)
        let neighbour = feed(60, of: ben)
        node.push(neighbour, over: source)
        let records = feed(1_200, of: cleo)
        let share = Double(170_000) * node.node.trust(in: cleo.key)
        for start in stride(from: 0, to: records.count, by: 50) {
            node.push(Array(records[start..<start + 50]), over: source)
            // Nothing is fetched back that has to go again.
            node.pass(milliseconds: 60_000)
            #expect(node.node.frontier(of: cleo.key) == UInt64(start + 50))
            let bytes = node.store.feed(cleo.key).reduce(UInt64(0)) { $0 + $1.chargedBytes }
            #expect(Double(bytes) <= share + Double(node.node.slotBytes), "\(start)")
        }
        let held = sequences(node, cleo.key)
        #expect(held.first.map { $0 % 8 == 0 } == true)
        #expect(held == Array(node.node.firstHeld(of: cleo.key)...1_200))
        #expect(held.count > 150)
        #expect(ranges(node, to: source).isEmpty)
        #expect(node.node.counts[IgnoreReason.overQuota] == 0)
        #expect(sequences(node, ben.key) == Array(1...60))
        // A restart holds the same, and one who comes to it gets what is there.
        let again = TestNode(ego, limits: small, store: node.store)
        #expect(again.node.frontier(of: cleo.key) == 1_200)
        #expect(again.state.stored == node.state.stored)
        let other = holder(ana, of: [cleo])
        other.pass(milliseconds: 5_000)
        let wire = Wire(node, other)
        wire.settle()
        #expect(other.node.frontier(of: cleo.key) == 1_200)
        #expect(other.node.firstHeld(of: cleo.key) == node.node.firstHeld(of: cleo.key))
    }

    @Test("of a friend's feed that is longer than its share only what fits is asked for")
    func longerThanShare() throws {
        let node = smallHolder()
        let whole = holder(ana, of: [cleo])
        whole.push(feed(2_000, of: cleo), over: whole.connect(9, as: cleo))
        let wire = Wire(node, whole)
        wire.settle()
        #expect(node.node.frontier(of: cleo.key) == 2_000)
        #expect(node.node.firstHeld(of: cleo.key) > 1_000)
        let asked = node.sent.reduce(UInt64(0)) { sum, sent in
            guard case .rangeRequest(let request) = sent.frame else { return sum }
            return sum + request.last - request.first + 1
        }
        #expect(asked < 1_000)
    }
}
