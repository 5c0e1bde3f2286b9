import CSodium
import Primitives

/// The text of a key file: what the bytes between disk and key look like.
///
/// ```
/// vouchbird-key v1 author
/// public 3d4017c3...          64 hexadecimal digits
/// secret 4ccd089b...          64 digits: Ed25519 seed; of a node also a Curve25519 secret
/// ```
/// or, sealed by a passphrase, in place of the last line:
/// ```
/// argon2id 3 262144           passes, KiB
/// salt ...                    32 digits
/// nonce ...                   48 digits
/// sealed ...                  96 digits
/// ```
/// Lower-case digits, one space, each line ended by one line feed, nothing after: one text a
/// content. The first two lines are the context of the box, so a sealed key cannot be moved under
/// another kind or public key.
struct KeyFileText {
    enum Secret {
        case open(SecretBytes)
        case sealed(PassphraseBox)
    }

    let kind: KeyFile.Kind
    let publicBytes: [UInt8]
    let secret: Secret

    static let secretCount = 32

    init(kind: KeyFile.Kind, publicBytes: [UInt8], secret: Secret) {
        self.kind = kind
        self.publicBytes = publicBytes
        self.secret = secret
    }

    /// The first two lines.
    static func head(_ kind: KeyFile.Kind, _ publicBytes: [UInt8]) -> [UInt8] {
        Array("vouchbird-key v1 \(kind.rawValue)\npublic \(Hex.encode(publicBytes))\n".utf8)
    }

    /// The whole text. It holds the secret when that is open: the caller wipes it.
    func encoded() -> [UInt8] {
        var out: [UInt8] = []
        // No growth, so no unwiped copy.
        out.reserveCapacity(OwnerOnlyFile.limitBytes)
        out += Self.head(kind, publicBytes)
        switch secret {
        case .open(let secret):
            out += "secret ".utf8
            var digits = secret.hexDigits()
            out += digits
            wipe(&digits)
            out.append(0x0a)
        case .sealed(let box):
            out += "argon2id \(box.cost.operations) \(box.cost.memoryKibibytes)\n".utf8
            out += "salt \(Hex.encode(box.salt))\n".utf8
            out += "nonce \(Hex.encode(box.nonce))\n".utf8
            out += "sealed \(Hex.encode(box.sealed))\n".utf8
        }
        return out
    }

    /// Reads a text; nil when it is not one byte for byte. Throws only when memory runs out.
    init?(decoding bytes: [UInt8]) throws(CryptographyFailure) {
        let lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
        guard lines.count >= 4, lines.last?.isEmpty == true,
            let kindText = Self.value(lines[0], after: "vouchbird-key v1 "),
            let kind = KeyFile.Kind(rawValue: String(decoding: kindText, as: UTF8.self)),
            let publicBytes = Self.hex(lines[1], after: "public ", count: Bytes32.count)
        else { return nil }
        self.kind = kind
        self.publicBytes = publicBytes
        if lines.count == 4 {
            guard let digits = Self.value(lines[2], after: "secret "),
                let secret = try SecretBytes(hexDigits: digits, count: Self.secretCount)
            else { return nil }
            self.secret = .open(secret)
        } else {
            guard let box = Self.box(lines) else { return nil }
            secret = .sealed(box)
        }
        // One text a content: upper-case digits, signs and leading zeros end here.
        var again = encoded()
        defer { wipe(&again) }
        guard again == bytes else { return nil }
    }

    private static func box(_ lines: [ArraySlice<UInt8>]) -> PassphraseBox? {
        guard lines.count == 7, let costText = value(lines[2], after: "argon2id "),
            let salt = hex(lines[3], after: "salt ", count: PassphraseBox.saltCount),
            let nonce = hex(lines[4], after: "nonce ", count: PassphraseBox.nonceCount),
            let sealed = hex(
                lines[5], after: "sealed ", count: secretCount + PassphraseBox.overhead)
        else { return nil }
        let numbers = costText.split(separator: 0x20).compactMap {
            UInt32(String(decoding: $0, as: UTF8.self))
        }
        guard numbers.count == 2,
            let cost = PassphraseCost(operations: numbers[0], memoryKibibytes: numbers[1])
        else { return nil }
        return PassphraseBox(cost: cost, salt: salt, nonce: nonce, sealed: sealed)
    }

    private static func value(_ line: ArraySlice<UInt8>, after key: String) -> ArraySlice<UInt8>? {
        line.starts(with: key.utf8) ? line.dropFirst(key.utf8.count) : nil
    }

    private static func hex(_ line: ArraySlice<UInt8>, after key: String, count: Int) -> [UInt8]? {
        guard let text = value(line, after: key), text.count == 2 * count else { return nil }
        return Hex.decode(String(decoding: text, as: UTF8.self))
    }
}
