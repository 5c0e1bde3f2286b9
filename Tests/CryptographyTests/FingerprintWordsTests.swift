import Primitives
import Records
import Testing

@testable import Cryptography

@Suite("Fingerprint words")
struct FingerprintWordsTests {
    @Test("the list has 256 lower-case words of four to eight letters, told apart by four letters")
    func list() {
        let words = FingerprintWords.list
        #expect(words.count == 256)
        #expect(Set(words.map { $0.prefix(4) }).count == 256)
        #expect(words == words.sorted())
        for word in words {
            #expect((4...8).contains(word.count), "\(word)")
            #expect(word.utf8.allSatisfy { (0x61...0x7a).contains($0) }, "\(word)")
        }
    }

    @Test("the list is frozen: its digest is the one that was published")
    func frozen() {
        let joined = Array(FingerprintWords.list.joined(separator: " ").utf8)
        #expect(
            Hex.encode(Ed25519Scheme().digest(joined).bytes)
                == "4612a6f1f8cbf9e34005fde3162c4ef410428e54d7ce5fd7a22492d94d30d910")
    }

    @Test("each word is one byte of the digest, in order")
    func words() throws {
        let key = try SigningKey(seed: [UInt8](repeating: 1, count: 32)).publicKey
        let message = Array("vouchbird fingerprint v1 author\n".utf8) + key.bytes
        let digest = Ed25519Scheme().digest(message).bytes
        let words = FingerprintWords.of(key).split(separator: "-").map(String.init)
        #expect(
            words.compactMap { FingerprintWords.list.firstIndex(of: $0) }
                == digest.prefix(4).map(Int.init))
    }

    @Test("an author key and a node key of the same bytes have other words")
    func kinds() {
        let raw = Bytes32.zero
        #expect(FingerprintWords.of(PublicKey(raw: raw)) != FingerprintWords.of(NodeKey(raw: raw)))
    }

    @Test("words depend on every byte of the key")
    func sensitivity() throws {
        let base = [UInt8](repeating: 9, count: 32)
        let words = FingerprintWords.of(try #require(PublicKey(base)))
        for position in base.indices {
            var changed = base
            changed[position] ^= 1
            #expect(FingerprintWords.of(try #require(PublicKey(changed))) != words)
        }
    }
}
