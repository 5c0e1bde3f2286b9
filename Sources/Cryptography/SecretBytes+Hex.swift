import CSodium

extension SecretBytes {
    /// The bytes as lower-case digits, outside the locked memory: the caller wipes them.
    /// libsodium's conversion takes the same time for every value.
    func hexDigits() -> [UInt8] {
        var out = [CChar](repeating: 0, count: 2 * count + 1)
        unsafe withPointer { bytes in
            _ = unsafe sodium_bin2hex(&out, out.count, bytes, count)
        }
        defer { wipe(&out) }
        return out.dropLast().map { UInt8(bitPattern: $0) }
    }

    /// Exactly `count` bytes from their digits; nil for another length or another character.
    convenience init?(hexDigits: ArraySlice<UInt8>, count: Int) throws(CryptographyFailure) {
        guard hexDigits.count == 2 * count else { return nil }
        var written = 0
        try unsafe self.init(count: count) { out in
            unsafe hexDigits.withUnsafeBytes { digits in
                let text = unsafe digits.baseAddress?.assumingMemoryBound(to: CChar.self)
                // Without an end pointer libsodium fails on the first character that is no digit.
                if unsafe sodium_hex2bin(out, count, text, digits.count, nil, &written, nil) != 0 {
                    written = 0
                }
            }
        }
        guard written == count else { return nil }
    }
}
