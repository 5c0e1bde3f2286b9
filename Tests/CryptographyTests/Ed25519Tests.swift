import Cryptography
import Foundation
import Primitives
import Records
import Testing

/// RFC 8032, section 7.1.
struct RFC8032Vector: Sendable, CustomTestStringConvertible {
    let name: String
    let seed: String
    let publicKey: String
    let message: String
    let signature: String
    var testDescription: String { name }

    static let all = [
        RFC8032Vector(
            name: "TEST 1",
            seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            message: "",
            signature: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
        RFC8032Vector(
            name: "TEST 2",
            seed: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            publicKey: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            message: "72",
            signature: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
        RFC8032Vector(
            name: "TEST 3",
            seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            publicKey: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            message: "af82",
            signature: "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
    ]
}

/// What `ed25519_edges.py` made from the curve's equation alone.
struct EdgeVectors: Decodable {
    struct Key: Decodable {
        let name: String
        let key: String
        let valid: Bool
    }

    struct Signed: Decodable {
        let name: String
        let key: String
        let message: String
        let signature: String
        let verifies: Bool
    }

    let keys: [Key]
    let signatures: [Signed]

    static let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Vectors/ed25519_edges.json")

    static func load() throws -> EdgeVectors {
        try JSONDecoder().decode(EdgeVectors.self, from: Data(contentsOf: file))
    }
}

@Suite("Ed25519 under rule V1")
struct Ed25519Tests {
    let scheme = Ed25519Scheme()

    @Test(
        "RFC 8032: the seed gives the key, signs the message, and the signature verifies",
        arguments: RFC8032Vector.all)
    func vectors(_ vector: RFC8032Vector) throws {
        let seed = try #require(Hex.decode(vector.seed))
        let key = try SigningKey(seed: seed)
        let message = try #require(Hex.decode(vector.message))
        #expect(key.publicKey.hex == vector.publicKey)
        #expect(scheme.isValid(key.publicKey))
        let signature = key.sign(message)
        #expect(Hex.encode(signature.bytes) == vector.signature)
        #expect(scheme.verify(signature, of: message, by: key.publicKey))
    }

    @Test("T15: a key off the main subgroup, of small order or not canonical is refused")
    func edgeKeys() throws {
        let vectors = try EdgeVectors.load().keys
        #expect(vectors.count == 66)
        for vector in vectors {
            let key = try #require(PublicKey(hex: vector.key))
            #expect(scheme.isValid(key) == vector.valid, "\(vector.name)")
        }
    }

    @Test("T15: a malleable, small-order or mixed-order signature is refused")
    func edgeSignatures() throws {
        let vectors = try EdgeVectors.load().signatures
        #expect(vectors.filter(\.verifies).count == 1)
        for vector in vectors {
            let key = try #require(PublicKey(hex: vector.key))
            let message = try #require(Hex.decode(vector.message))
            let bytes = try #require(Hex.decode(vector.signature))
            let signature = try #require(Signature(bytes))
            #expect(
                scheme.verify(signature, of: message, by: key) == vector.verifies, "\(vector.name)")
        }
    }

    @Test("each flipped bit of signature, message or key is noticed")
    func flippedBits() throws {
        let key = try SigningKey(seed: [UInt8](repeating: 7, count: 32))
        let message = Array("nine lanterns".utf8)
        let signature = key.sign(message)
        for bit in 0..<512 {
            let changed = try #require(Signature(flipping(bit, of: signature.bytes)))
            #expect(!scheme.verify(changed, of: message, by: key.publicKey), "signature bit \(bit)")
        }
        for bit in 0..<message.count * 8 {
            let changed = flipping(bit, of: message)
            #expect(!scheme.verify(signature, of: changed, by: key.publicKey), "message bit \(bit)")
        }
        for bit in 0..<256 {
            let changed = try #require(PublicKey(flipping(bit, of: key.publicKey.bytes)))
            #expect(!scheme.verify(signature, of: message, by: changed), "key bit \(bit)")
        }
    }

    @Test("the digest is BLAKE2b-256: RFC 7693's sum in 32 bytes, empty and long inputs")
    func digest() {
        let known = [
            ("", "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"),
            ("abc", "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"),
        ]
        for (text, hex) in known {
            #expect(Hex.encode(scheme.digest(Array(text.utf8)).bytes) == hex)
        }
        let long = [UInt8](repeating: 0x61, count: 100_000)
        #expect(scheme.digest(long) != scheme.digest(long + [0]))
    }

    private func flipping(_ bit: Int, of bytes: [UInt8]) -> [UInt8] {
        var out = bytes
        out[bit / 8] ^= 1 << UInt8(bit % 8)
        return out
    }
}
