import Cryptography
import Primitives
import Records
import Testing

@Suite("Offered records of an independent writer")
struct OfferTests {
    @Test("each gets the verdict that the written order of checks gives it")
    func verdicts() throws {
        let vectors = try RecordVectors.load()
        let scheme = Ed25519Scheme()
        var node = NaiveAdmission(
            network: try #require(NetworkID(hex: vectors.network.id)), scheme: scheme,
            now: Instant(milliseconds: vectors.offers.now))
        for offer in vectors.offers.records {
            let bytes = try #require(Hex.decode(offer.bytes))
            #expect(node.offer(bytes).name == offer.verdict, "\(offer.name)")
        }
        let seen = Set(vectors.offers.records.map(\.verdict))
        let wanted: [RejectReason] = [
            .malformed, .badKey, .badSignature, .brokenChain, .timeReversed, .equivocation,
            .badDelegation, .badRetraction, .badCheckpoint, .badKeyChange,
        ]
        #expect(seen.isSuperset(of: wanted.map(\.rawValue)))
    }
}
