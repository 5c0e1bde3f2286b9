/// Bech32m text (BIP-350): a readable prefix, five bits a character, six characters of checksum.
///
/// Author keys are shown as `vb1...`: a mistyped character is always noticed, up to four of them.
public enum Bech32m {
    private static let alphabet = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)
    private static let constant: UInt32 = 0x2bc8_30a3
    /// BIP-173: longer texts are none.
    private static let maximumBytes = 90

    public static func encode(prefix: String, _ bytes: [UInt8]) -> String {
        let data = regroup(bytes, from: 8, to: 5, pad: true) ?? []
        let polymod = checksum(expand(prefix) + data + [UInt8](repeating: 0, count: 6)) ^ constant
        let tail = (0..<6).map { UInt8(truncatingIfNeeded: polymod >> UInt32(5 * (5 - $0)) & 31) }
        let text = (data + tail).map { alphabet[Int($0)] }
        return prefix + "1" + String(decoding: text, as: UTF8.self)
    }

    /// The bytes, or nil when the prefix, an alphabet character, the padding or the checksum is
    /// wrong, or the text is longer than 90 bytes. Upper and lower case are both read, mixed case is not.
    public static func decode(prefix: String, _ text: String) -> [UInt8]? {
        guard text.utf8.count <= maximumBytes else { return nil }
        // Bytes and not characters: Unicode has letters beside K whose lower case is k.
        let bytes = Array(text.utf8)
        let isUpper: (UInt8) -> Bool = { (0x41...0x5a).contains($0) }
        let isLower: (UInt8) -> Bool = { (0x61...0x7a).contains($0) }
        guard !bytes.contains(where: isUpper) || !bytes.contains(where: isLower) else { return nil }
        let lower = bytes.map { isUpper($0) ? $0 | 0x20 : $0 }
        let start = Array(prefix.utf8) + [0x31]
        guard lower.starts(with: start) else { return nil }
        var data: [UInt8] = []
        for character in lower.dropFirst(start.count) {
            guard let value = alphabet.firstIndex(of: character) else { return nil }
            data.append(UInt8(value))
        }
        guard data.count >= 6, checksum(expand(prefix) + data) == constant else { return nil }
        return regroup(data.dropLast(6), from: 5, to: 8, pad: false)
    }

    private static func expand(_ prefix: String) -> [UInt8] {
        prefix.utf8.map { $0 >> 5 } + [0] + prefix.utf8.map { $0 & 31 }
    }

    private static func checksum(_ values: [UInt8]) -> UInt32 {
        let generator: [UInt32] = [
            0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3,
        ]
        var state: UInt32 = 1
        for value in values {
            let top = state >> 25
            state = (state & 0x1ff_ffff) << 5 ^ UInt32(value)
            for (bit, word) in generator.enumerated() where top >> UInt32(bit) & 1 == 1 {
                state ^= word
            }
        }
        return state
    }

    private static func regroup(
        _ values: some Collection<UInt8>, from: UInt32, to: UInt32, pad: Bool
    ) -> [UInt8]? {
        var accumulator: UInt32 = 0
        var bits: UInt32 = 0
        var out: [UInt8] = []
        for value in values {
            accumulator = (accumulator << from | UInt32(value)) & 0xfff
            bits += from
            while bits >= to {
                bits -= to
                out.append(UInt8(accumulator >> bits & ((1 << to) - 1)))
            }
        }
        let rest = accumulator << (to - bits) & ((1 << to) - 1)
        if pad {
            if bits > 0 { out.append(UInt8(rest)) }
        } else if bits >= from || rest != 0 {
            return nil
        }
        return out
    }
}

extension PublicKey {
    /// `vb1...`, as people exchange it.
    public var text: String { Bech32m.encode(prefix: "vb", bytes) }

    /// `vb1q7k3..9f2a`, for tables; never for documents, where ids are whole.
    public var shortText: String {
        let whole = text
        return whole.prefix(7) + ".." + whole.suffix(4)
    }

    /// Reads `vb1...` or 64 hexadecimal digits.
    public init?(text: String) {
        if let bytes = Bech32m.decode(prefix: "vb", text) {
            self.init(bytes)
        } else {
            self.init(hex: text)
        }
    }
}
