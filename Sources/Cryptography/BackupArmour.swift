import CSodium
import Primitives

/// The outer form of an identity backup: marker lines, hexadecimal digits, a check value.
///
/// Strict inside, so that every changed character is noticed. Only white space around the block and
/// at the ends of lines is forgiven, because mail and editors change it.
struct BackupArmour {
    static let begin = "-----BEGIN VOUCHBIRD IDENTITY BACKUP-----"
    static let end = "-----END VOUCHBIRD IDENTITY BACKUP-----"
    static let lineLength = 64
    /// Longer texts are refused unread: a backup has about 600 characters.
    static let limitBytes = 4096

    private static let version: UInt8 = 1
    private static let checkCount = 16
    /// Version, cost, salt, nonce.
    private static let headCount = 9 + PassphraseBox.saltCount + PassphraseBox.nonceCount

    let box: PassphraseBox

    init(box: PassphraseBox) { self.box = box }

    var text: String {
        var bytes = [Self.version]
        bytes += Self.littleEndian(box.cost.operations)
        bytes += Self.littleEndian(box.cost.memoryKibibytes)
        bytes += box.salt + box.nonce + box.sealed
        bytes += Self.check(bytes)
        var digits = Hex.encode(bytes)[...]
        var lines = [Self.begin]
        while !digits.isEmpty {
            lines.append(String(digits.prefix(Self.lineLength)))
            digits = digits.dropFirst(Self.lineLength)
        }
        return (lines + [Self.end]).joined(separator: "\n") + "\n"
    }

    init(reading text: String, operation: String) throws(CryptographyFailure) {
        guard let digits = Self.digits(text) else {
            throw CryptographyFailure(
                code: .malformed, operation: operation,
                message: "this is not a whole backup; give everything from the line \(Self.begin) "
                    + "to the line \(Self.end), both included")
        }
        guard let bytes = Hex.decode(digits), Hex.encode(bytes) == digits,
            bytes.count > Self.headCount + Self.checkCount,
            Self.check(Array(bytes.dropLast(Self.checkCount))) == bytes.suffix(Self.checkCount)
        else {
            throw CryptographyFailure(
                code: .damaged, operation: operation,
                message: "characters of the backup were changed or lost; "
                    + "use another copy, or compare it line by line with the original")
        }
        guard let box = Self.box(bytes.dropLast(Self.checkCount)) else {
            throw CryptographyFailure(
                code: .malformed, operation: operation,
                message: "the backup is of a version or cost that this program does not read; "
                    + "update vouchbird", cause: "version \(bytes[0])")
        }
        self.box = box
    }

    /// The digits between the markers; nil when markers or line lengths are wrong.
    ///
    /// Compares bytes and not characters: Unicode has letters that equal the K of a marker.
    private static func digits(_ text: String) -> String? {
        guard text.utf8.count <= limitBytes else { return nil }
        let lines = Array(text.utf8).split(separator: 0x0a, omittingEmptySubsequences: false)
            .map { trimmed($0, where: isSpace) }
        let block = trimmed(lines[...], where: \.isEmpty)
        guard block.count >= 3, block.first?.elementsEqual(begin.utf8) == true,
            block.last?.elementsEqual(end.utf8) == true
        else { return nil }
        let body = block.dropFirst().dropLast()
        guard body.dropLast().allSatisfy({ $0.count == lineLength }),
            let tail = body.last, (1...lineLength).contains(tail.count)
        else { return nil }
        return String(decoding: body.joined(), as: UTF8.self)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0d
    }

    /// Without the elements at either end that are to go.
    private static func trimmed<Element>(
        _ elements: ArraySlice<Element>, where isToGo: (Element) -> Bool
    ) -> ArraySlice<Element> {
        var rest = elements.drop(while: isToGo)
        while let last = rest.last, isToGo(last) { rest.removeLast() }
        return rest
    }

    private static func box(_ bytes: ArraySlice<UInt8>) -> PassphraseBox? {
        var reader = ByteReader(bytes)
        do throws(DecodingFailure) {
            let version = try reader.byte("version")
            let operations = littleEndian(try reader.take(4, "passes"))
            let memory = littleEndian(try reader.take(4, "memory"))
            let salt = try reader.take(PassphraseBox.saltCount, "salt")
            let nonce = try reader.take(PassphraseBox.nonceCount, "nonce")
            guard version == Self.version,
                let cost = PassphraseCost(operations: operations, memoryKibibytes: memory)
            else { return nil }
            return PassphraseBox(
                cost: cost, salt: Array(salt), nonce: Array(nonce),
                sealed: Array(reader.takeRest()))
        } catch {
            return nil
        }
    }

    static func check(_ bytes: [UInt8]) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: checkCount)
        let result = unsafe crypto_generichash(
            &out, out.count, bytes, UInt64(bytes.count), nil, 0)
        require(result == 0, "BLAKE2b takes every length")
        return out
    }

    private static func littleEndian(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
    }

    private static func littleEndian(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}
