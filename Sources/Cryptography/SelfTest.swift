import CSodium
import Primitives
import Records

/// The start-up self-test: known answers, and one key that only a fixed libsodium refuses.
enum SelfTest {
    /// The three functions under test; a test replaces one of them to see the test object to it.
    struct Library {
        var verify: (Signature, [UInt8], PublicKey) -> Bool = {
            Ed25519Scheme().verify($0, of: $1, by: $2)
        }
        var isValid: (PublicKey) -> Bool = { Ed25519Scheme().isValid($0) }
        var digest: ([UInt8]) -> Bytes32 = { Ed25519Scheme().digest($0) }
    }

    /// RFC 8032 section 7.1, TEST 3: public key, message of two bytes, signature.
    static let publicKeyHex = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"
    static let message: [UInt8] = [0xaf, 0x82]
    static let signatureHex =
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"

    /// BLAKE2b-256 without a key of "abc".
    static let digestHex = "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"

    /// The Ed25519 base point B = (x, 4/5), as RFC 8032 section 5.1 encodes it.
    static let basePointHex = "5866666666666666666666666666666666666666666666666666666666666666"

    /// B + (0, -1) = (-x, -4/5): a point of order 2L, outside the main subgroup.
    ///
    /// (0, -1) is the point of order 2, and adding it negates both coordinates. So y is
    /// p - 4/5 = 0x1999...99 (little-endian 0x99 with 0x19 in front), and the sign bit, which is the
    /// parity of x, turns from 0 to 1 because p is odd: 0x19 | 0x80 = 0x99. A libsodium without the
    /// fix of CVE-2025-69277 multiplies by L, gets (0, -1), looks at x = 0 alone and takes the point
    /// for the identity: it calls this key valid.
    static let mixedOrderHex = "9599999999999999999999999999999999999999999999999999999999999999"

    static func run(_ library: Library) throws(CryptographyFailure) {
        guard let key = PublicKey(hex: publicKeyHex), let base = PublicKey(hex: basePointHex),
            let mixed = PublicKey(hex: mixedOrderHex), let bytes = Hex.decode(signatureHex),
            let good = Signature(bytes), let bad = Signature([bytes[0] ^ 1] + bytes[1...])
        else { throw Sodium.unusable("the self-test is broken", cause: "constants") }

        guard library.verify(good, message, key), !library.verify(bad, message, key) else {
            throw Sodium.unusable("libsodium does not verify Ed25519", cause: "RFC 8032 TEST 3")
        }
        guard library.digest(Array("abc".utf8)) == Bytes32(Hex.decode(digestHex) ?? []) else {
            throw Sodium.unusable("libsodium computes another BLAKE2b", cause: "BLAKE2b-256(abc)")
        }
        guard library.isValid(base) else {
            throw Sodium.unusable("libsodium refuses a valid key", cause: "the base point")
        }
        guard !library.isValid(mixed) else {
            throw Sodium.unusable(
                "this libsodium accepts keys outside the main subgroup",
                cause: "CVE-2025-69277 is not fixed in \(Sodium.version)")
        }
    }
}
