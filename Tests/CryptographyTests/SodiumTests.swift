import Primitives
import Records
import Testing

@testable import Cryptography

@Suite("libsodium at start")
struct SodiumTests {
    @Test("the installed libsodium passes its self-test, any number of times")
    func start() throws {
        try Sodium.start()
        try Sodium.start()
        #expect(Sodium.version.hasPrefix("1."))
    }

    @Test("the mixed-order key is the base point moved by the point of order 2")
    func mixedOrderKey() throws {
        // p - y for the base point's y, with the other sign, counted in bytes.
        let p: [UInt8] = [0xed] + [UInt8](repeating: 0xff, count: 30) + [0x7f]
        let base = try #require(Hex.decode(SelfTest.basePointHex))
        var borrow = 0
        var moved: [UInt8] = []
        for (left, right) in zip(p, base) {
            let difference = Int(left) - Int(right) - borrow
            borrow = difference < 0 ? 1 : 0
            moved.append(UInt8(truncatingIfNeeded: difference))
        }
        moved[31] |= 0x80
        #expect(Hex.encode(moved) == SelfTest.mixedOrderHex)
    }

    @Test("a libsodium that accepts keys outside the subgroup is refused (CVE-2025-69277)")
    func unpatched() throws {
        var library = SelfTest.Library()
        library.isValid = { _ in true }
        let failure = #expect(throws: CryptographyFailure.self) { try SelfTest.run(library) }
        #expect(failure?.code == .libraryUnusable)
        #expect(failure?.cause.contains("CVE-2025-69277") == true)
        #expect(failure?.message.contains("apt-get install") == true)
    }

    @Test("a library that accepts all, refuses all or hashes wrongly is refused")
    func wrongLibraries() {
        var acceptsAll = SelfTest.Library()
        acceptsAll.verify = { _, _, _ in true }
        var refusesAll = SelfTest.Library()
        refusesAll.verify = { _, _, _ in false }
        var refusesKeys = SelfTest.Library()
        refusesKeys.isValid = { _ in false }
        var hashesWrongly = SelfTest.Library()
        hashesWrongly.digest = { _ in .zero }
        for library in [acceptsAll, refusesAll, refusesKeys, hashesWrongly] {
            #expect(throws: CryptographyFailure.self) { try SelfTest.run(library) }
        }
    }

    @Test("random bytes differ between draws, and seeds use all 64 bits")
    func random() {
        #expect(SystemRandom.bytes(32) != SystemRandom.bytes(32))
        #expect(SystemRandom.bytes(0).isEmpty)
        var union: UInt64 = 0
        var common: UInt64 = .max
        for _ in 0..<256 {
            let seed = SystemRandom.seed()
            union |= seed
            common &= seed
        }
        #expect(union == .max && common == 0)
    }
}
