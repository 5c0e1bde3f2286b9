import Foundation
import Testbed
import Testing

extension ProcessTests {
    @Suite("Communities and regions") struct Communities {
        @Test("a community follows from its seed, and another seed gives another one")
        func seeded() {
            #expect(Community.synthetic(seed: 7) == Community.synthetic(seed: 7))
            #expect(Community.synthetic(seed: 7) != Community.synthetic(seed: 8))
        }

        @Test(
            "everybody reaches everybody by trust, has 25 to 60 items, and shares some with others",
            arguments: [1, 7, 1234] as [UInt64])
        func synthetic(seed: UInt64) {
            let community = Community.synthetic(count: 12, seed: seed)
            #expect(Set(community.members.map(\.name)).count == 12)
            for (index, member) in community.members.enumerated() {
                #expect(!community.hops(from: index).contains(nil), "seed \(seed)")
                #expect((25...60).contains(member.interactions.count), "seed \(seed)")
                #expect(Set(member.interactions.map(\.item)).count == member.interactions.count)
                #expect(member.trusted.allSatisfy { $0.target != index && $0.weight > 0 })
            }
            let all = community.members.flatMap(\.interactions).map(\.item)
            #expect(Set(all).count < all.count * 3 / 4, "seed \(seed): hardly anything is shared")
            let spread = community.members.indices.map { community.hops(from: $0) }
            #expect(spread.contains { $0.contains(2) }, "seed \(seed): everybody knows everybody")
        }

        @Test(
            "a real data set gives twelve connected people with their own items",
            .enabled(
                if: Bench.dataSet("lastfm-hetrec") != nil, "needs ../shared/data/lastfm-hetrec"),
            arguments: ["lastfm-hetrec", "filmtrust", "gowalla"])
        func dataSet(name: String) throws {
            let folder = try #require(Bench.dataSet(name))
            let community = try Community.dataSet(folder: folder)
            #expect(community.members.count == 12)
            #expect(try community == Community.dataSet(folder: folder))
            #expect(Set(community.members.map(\.name)).count == 12)
            #expect(community.members.allSatisfy { !$0.interactions.isEmpty })
            #expect(isConnected(community))
            let hasTrust = FileManager.default.fileExists(
                atPath: folder.appendingPathComponent("trust.tsv").path)
            #expect(community.notes.isEmpty == hasTrust)
        }

        @Test("a folder that is no data set is a failure that names the file")
        func noDataSet() {
            #expect {
                try Community.dataSet(folder: URL(fileURLWithPath: "/nowhere"))
            } throws: { error in
                "\(error)".contains("/nowhere/train.tsv")
            }
        }

        private func isConnected(_ community: Community) -> Bool {
            var reached: Set<Int> = [0]
            var grew = true
            while grew {
                let before = reached.count
                for (source, member) in community.members.enumerated() {
                    for edge in member.trusted
                    where reached.contains(source) != reached.contains(edge.target) {
                        reached.formUnion([source, edge.target])
                    }
                }
                grew = reached.count > before
            }
            return reached.count == community.members.count
        }
    }
}
