import Foundation
import NodeCore
import Primitives
import Records
import Storage
import Testing

/// T18 of the threats against a core with its real limits on a real store: 20,000 keys here, a million with
/// VOUCHBIRD_MEASURE=1 (`make measure-threats`).
@Suite("T18: keys without end", .serialized)
struct SybilFloodTests {
    static let keys =
        ProcessInfo.processInfo.environment["VOUCHBIRD_MEASURE"] == nil ? 20_000 : 1_000_000
    /// New keys a virtual second.
    private static let perSecond = 10_000

    /// The ego trusts twenty people, each of them five more; every one has said fifty things.
    private struct Community {
        var people: [Author] = []

        init(_ bench: FloodBench) throws {
            let wall = FloodBench.wall
            people = try (1...120).map { try Author($0) }
            try bench.publish(people[0..<20].map { .trust($0.key, .one) })
            try bench.pass(5_000)
            for index in people.indices {
                var records: [Record] = []
                for number in 0..<50 {
                    guard let item = ItemID("song-\(index)-\(number)") else { continue }
                    records.append(people[index].say(.like(item, .one), at: wall))
                }
                if index < 20 {
                    for friend in 0..<5 {
                        let other = people[20 + 5 * index + friend].key
                        records.append(people[index].say(.trust(other, .one), at: wall))
                    }
                }
                try bench.push(records, over: bench.links[0])
                try bench.pass(if: index == 19)
            }
            try bench.pass(5_000)
            // Of those who were strangers when they came the rest comes now, and the start is over.
            try bench.pass(3_600_000)
        }
    }

    @Test(
        "T18: keys behind g attack edges evict nothing of tier 2, and hold their flow and the pool",
        arguments: [1, 10, 100])
    func flood(edges: Int) throws {
        let budget: UInt64 = 64 << 20
        let bench = try FloodBench(budgetBytes: budget, links: 8)
        var community = try Community(bench)
        let before = try community.people.map { try bench.held($0.key) }
        #expect(before.allSatisfy { $0.places >= 50 })
        // Each of g honest people trusts a head of the region; each head trusts as many of its keys as its rate lets through.
        var heads = try (0..<edges).map { try Author(2_000_000 + UInt64($0)) }
        for (number, head) in heads.enumerated() {
            let record = community.people[number].say(
                .trust(head.key, .one), at: FloodBench.wall + bench.milliseconds)
            try bench.push([record], over: bench.links[0])
        }
        try bench.pass(5_000)
        let started = (bench.milliseconds, bench.scheme.verifications, bench.coreSeconds)
        var early: UInt64 = 0
        var seen = [(started.0, started.1)]
        var fastest = 0
        for first in stride(from: 0, to: Self.keys, by: 100) {
            var records: [Record] = []
            for number in first..<min(first + 100, Self.keys) {
                var author = try Author(10_000_000 + UInt64(number))
                let head = number % edges
                let now = FloodBench.wall + bench.milliseconds
                if number < 400 * edges {
                    records.append(heads[head].say(.trust(author.key, .one), at: now))
                }
                if let item = ItemID("spam") {
                    records.append(author.say(.like(item, .one), at: now))
                }
                records.append(author.say(.trust(heads[head].key, .one), at: now))
            }
            try bench.push(records, over: bench.links[first / 100 % 8])
            try bench.pass(100 * 1_000 / UInt64(Self.perSecond))
            seen.append((bench.milliseconds, bench.scheme.verifications))
            seen.removeAll { $0.0 + 1_000 < bench.milliseconds }
            fastest = max(fastest, bench.scheme.verifications - (seen.first?.1 ?? started.1))
            if first == Self.keys / 10 { early = FloodBench.residentBytes }
        }
        try bench.pass(5_000)
        let honest = Set(community.people.map(\.key))
        for (person, held) in zip(community.people, before) {
            #expect(try bench.held(person.key).places >= held.places, "evicted")
        }
        let seconds = Double(bench.milliseconds - started.0) / 1_000
        let verified = Double(bench.scheme.verifications - started.1)
        let region = try bench.region(outside: honest)
        let allowed = Double(budget) * (region.flow + 0.05)
        #expect(Double(region.bytes) <= allowed)
        // 2 % of the 26,000 that a core verifies a second, in every second of it.
        #expect(fastest <= 520)
        #expect(verified <= 520 * seconds)
        for map in bench.node.census { #expect(map.count <= map.capacity, "\(map.name)") }
        let growth = (Double(FloodBench.residentBytes) - Double(early)) / Double(1 << 20)
        if Self.keys > 100_000 { #expect(growth < 48, "MiB") }
        print(
            "T18: \(Self.keys) keys, g = \(edges): evicted of tier <= 2: 0; region \(region.bytes) B of "
                + "\(Int(allowed)) (flow \(region.flow)); \(Int(verified / seconds)) verifications a second "
                + "(\(Int(verified)) in all), \(fastest) in the busiest; "
                + "core \(bench.coreSeconds - started.2) s of \(seconds); "
                + "memory \(FloodBench.residentBytes >> 20) MiB, \(growth) since a tenth")
    }
}

extension FloodBench {
    fileprivate func pass(if condition: Bool) throws {
        if condition { try pass(5_000) }
    }

    /// What is on the disk of one feed.
    func held(_ feed: PublicKey) throws -> (places: Int, bytes: UInt64) {
        var held = (places: 0, bytes: UInt64(0))
        try store.forEachEntry(of: feed) { entry in
            held.places += 1
            held.bytes += entry.chargedBytes
        }
        return held
    }

    /// What is on the disk of everybody else, and the trust that they have.
    func region(outside honest: Set<PublicKey>) throws -> (bytes: UInt64, flow: Double) {
        var bytes: UInt64 = 0
        var keys = Set<PublicKey>()
        try store.forEachEntry { entry in
            guard !honest.contains(entry.feed), entry.feed != ego.key else { return }
            bytes += entry.chargedBytes
            keys.insert(entry.feed)
        }
        return (bytes, keys.sorted().reduce(0) { $0 + node.trust(in: $1) })
    }
}
