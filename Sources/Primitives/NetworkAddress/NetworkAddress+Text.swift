extension NetworkAddress {
    /// Reads `192.0.2.1:4600` or `[2001:db8::1]:4600`; nil for anything else, host names among it: to look a
    /// name up is not this type's business. IPv4 in dotted form inside IPv6 is not read.
    public init?(text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        guard let port = Self.number(text[text.index(after: colon)...], radix: 10, digits: 5),
            port <= 65_535
        else { return nil }
        let host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            guard let groups = Self.groups(host.dropFirst().dropLast()) else { return nil }
            let word = { (part: ArraySlice<UInt64>) in part.reduce(UInt64(0)) { $0 << 16 | $1 } }
            self.init(high: word(groups[..<4]), low: word(groups[4...]), port: UInt16(port))
        } else {
            let parts = host.split(separator: ".", omittingEmptySubsequences: false)
            let numbers = parts.compactMap { Self.number($0, radix: 10, digits: 3) }
            guard parts.count == 4, numbers.count == 4, numbers.allSatisfy({ $0 <= 255 }),
                // A leading zero means octal to some readers.
                parts.allSatisfy({ $0 == "0" || !$0.hasPrefix("0") })
            else { return nil }
            let word = numbers.reduce(UInt64(0)) { $0 << 8 | $1 }
            self.init(ipv4: UInt32(truncatingIfNeeded: word), port: UInt16(port))
        }
    }

    /// The eight groups of an IPv6 address, `::` filled with zeros (RFC 4291, section 2.2).
    private static func groups(_ text: Substring) -> [UInt64]? {
        guard let gap = text.firstRange(of: "::") else {
            let groups = numbers(text)
            return groups?.count == 8 ? groups : nil
        }
        guard let before = numbers(text[..<gap.lowerBound]),
            let after = numbers(text[gap.upperBound...]), before.count + after.count < 8
        else { return nil }
        return before + Array(repeating: 0, count: 8 - before.count - after.count) + after
    }

    private static func numbers(_ text: Substring) -> [UInt64]? {
        if text.isEmpty { return [] }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { number($0, radix: 16, digits: 4) }
        return numbers.count == parts.count ? numbers : nil
    }

    private static func number(_ text: Substring, radix: Int, digits: Int) -> UInt64? {
        guard (1...digits).contains(text.utf8.count), text.first?.isHexDigit == true else {
            return nil
        }
        return UInt64(text, radix: radix)
    }
}
