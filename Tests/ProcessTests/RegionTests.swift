import Cryptography
import Primitives
import Records
import Testbed
import Testing

extension ProcessTests {
    @Suite("Sybil regions") struct Regions {
        private let network = NetworkID(name: "main", scheme: Ed25519Scheme())

        private func region(count: Int, seed: UInt64) throws -> SybilRegion {
            try SybilRegion(
                SybilRegion.Plan(
                    count: count, seed: seed, network: network,
                    camouflage: (0..<40).compactMap { ItemID("song:\($0)") },
                    spam: SybilRegion.spamItems(count: 10),
                    start: Instant(milliseconds: 1_700_000_000_000)))
        }

        @Test("every record of a region is validly signed and in its place")
        func valid() throws {
            let scheme = Ed25519Scheme()
            for identity in try region(count: 20, seed: 3).identities {
                var previous = RecordID.zero
                for (index, record) in identity.records.enumerated() {
                    #expect(record.isSigned(network: network, scheme: scheme))
                    #expect(record.body.sequence == UInt64(index + 1))
                    #expect(record.body.previous == previous)
                    previous = record.id
                }
            }
        }

        @Test("every identity pushes every spam item, hides among honest ones, and trusts a Sybil")
        func shape() throws {
            let region = try region(count: 50, seed: 4)
            let members = Set(region.identities.map(\.author))
            #expect(members.count == 50)
            for identity in region.identities {
                var spam = 0
                var camouflage = 0
                var trusted = 0
                for record in identity.records {
                    switch record.body.payload {
                    case .play(let item, _): spam += region.spam.contains(item) ? 1 : 0
                    case .like: camouflage += 1
                    case .trust(let author, _):
                        #expect(members.contains(author) && author != identity.author)
                        trusted += 1
                    default: Issue.record("\(record.body.payload) is no part of a region")
                    }
                }
                #expect(spam == 10 && (5...10).contains(camouflage) && trusted >= 1)
            }
        }
    }
}
