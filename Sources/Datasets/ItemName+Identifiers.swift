/// The known identifiers and their normal forms (interoperability with players and libraries).
extension ItemName {
    /// The canonical text when `text` claims to be a known identifier, nil when it does not.
    static func identifier(_ text: String) throws(Failure) -> String? {
        let lower = asciiLower(text)
        if let rest = tail(text, of: lower, after: "mbid:") { return try musicBrainz(rest) }
        if let rest = tail(text, of: lower, after: "isrc:") { return try isrc(rest) }
        for prefix in ["urn:isbn:", "isbn:"] {
            if let rest = tail(text, of: lower, after: prefix) { return try isbn(rest) }
        }
        for prefix in ["doi:", "https://doi.org/", "http://doi.org/", "https://dx.doi.org/"] {
            if let rest = tail(text, of: lower, after: prefix) { return try doi(rest) }
        }
        for prefix in ["ipfs://", "ipfs:"] {
            if let rest = tail(text, of: lower, after: prefix) { return "ipfs:" + rest }
        }
        for prefix in ["magnet:?xt=urn:btih:", "btih:"] {
            if let rest = tail(text, of: lower, after: prefix) { return try bitTorrent(rest) }
        }
        for prefix in ["https://musicbrainz.org/", "http://musicbrainz.org/"] {
            if let rest = tail(text, of: lower, after: prefix),
                let path = musicBrainzPath(rest)
            {
                return try musicBrainz(path)
            }
        }
        if let rest = tail(text, of: lower, after: "url:") { return try webAddress(rest) }
        if lower.hasPrefix("http://") || lower.hasPrefix("https://") {
            return try webAddress(text)
        }
        return nil
    }

    private static func tail(_ text: String, of lower: String, after prefix: String) -> String? {
        lower.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : nil
    }

    /// Lower case of ASCII letters only: identifiers have no other letters, and no Unicode table.
    private static func asciiLower(_ text: String) -> String {
        String(
            decoding: text.utf8.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 },
            as: UTF8.self)
    }

    // MARK: Music

    private static let musicBrainzKinds = [
        "recording", "release", "release-group", "artist", "work",
    ]

    /// `recording:UUID`, or a bare UUID, which is taken for a recording's.
    private static func musicBrainz(_ text: String) throws(Failure) -> String {
        let parts = asciiLower(text).split(separator: ":", omittingEmptySubsequences: false)
        let kind = parts.count == 2 ? String(parts[0]) : "recording"
        guard (1...2).contains(parts.count), musicBrainzKinds.contains(kind),
            let uuid = parts.last, isUUID(uuid)
        else { throw Failure("not a MusicBrainz id: mbid:recording:UUID is expected") }
        return "mbid:\(kind):\(uuid)"
    }

    /// `recording/UUID...` of a MusicBrainz page as `recording:UUID`; nil for other pages.
    private static func musicBrainzPath(_ path: String) -> String? {
        let parts = path.split(whereSeparator: { "/?#".contains($0) })
        guard parts.count >= 2, musicBrainzKinds.contains(asciiLower(String(parts[0]))),
            isUUID(parts[1])
        else { return nil }
        return "\(parts[0]):\(parts[1])"
    }

    private static func isUUID(_ text: some StringProtocol) -> Bool {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
            && groups.allSatisfy { $0.utf8.allSatisfy(isHexDigit) }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
    }

    /// ISO 3901: two letters, three letters or digits, seven digits; hyphens are only for reading.
    private static func isrc(_ text: String) throws(Failure) -> String {
        let bytes = asciiLower(text).utf8.filter { $0 != 0x2d }
        let isLetter: (UInt8) -> Bool = { (0x61...0x7a).contains($0) }
        let isDigit: (UInt8) -> Bool = { (0x30...0x39).contains($0) }
        guard bytes.count == 12, bytes.prefix(2).allSatisfy(isLetter),
            bytes[2..<5].allSatisfy({ isLetter($0) || isDigit($0) }),
            bytes[5...].allSatisfy(isDigit)
        else { throw Failure("not an ISRC: 12 characters as in isrc:USRC17607839 are expected") }
        let upper = bytes.map { isLetter($0) ? $0 & 0xdf : $0 }
        return "isrc:" + String(decoding: upper, as: UTF8.self)
    }

    // MARK: Books and papers

    /// ISBN-13 with a right check digit; an ISBN-10 is turned into one.
    private static func isbn(_ text: String) throws(Failure) -> String {
        let bytes = asciiLower(text).utf8.filter { $0 != 0x2d && $0 != 0x20 }
        let digits = bytes.compactMap { byte -> Int? in
            (0x30...0x39).contains(byte) ? Int(byte) - 0x30 : nil
        }
        let failure = Failure("not an ISBN, or its check digit is wrong")
        switch bytes.count {
        case 13:
            guard digits.count == 13, digits.last == isbn13Check(digits.prefix(12)) else {
                throw failure
            }
            return "isbn:" + digits.map(String.init).joined()
        case 10:
            let isTen = bytes.last == 0x78
            let values = isTen ? digits + [10] : digits
            guard values.count == 10, digits.count >= 9 else { throw failure }
            let sum = values.enumerated().reduce(0) { $0 + $1.element * (10 - $1.offset) }
            guard sum % 11 == 0 else { throw failure }
            let stem = [9, 7, 8] + digits.prefix(9)
            return "isbn:" + (stem + [isbn13Check(stem[...])]).map(String.init).joined()
        default: throw failure
        }
    }

    private static func isbn13Check(_ digits: ArraySlice<Int>) -> Int {
        let sum = digits.enumerated().reduce(0) {
            $0 + $1.element * ($1.offset.isMultiple(of: 2) ? 1 : 3)
        }
        return (10 - sum % 10) % 10
    }

    private static func doi(_ text: String) throws(Failure) -> String {
        let lower = asciiLower(text)
        guard lower.hasPrefix("10."), lower.contains("/"), !lower.contains(" ") else {
            throw Failure("not a DOI: doi:10.REGISTRANT/SUFFIX is expected")
        }
        return "doi:" + lower
    }

    private static func bitTorrent(_ text: String) throws(Failure) -> String {
        let hash = asciiLower(text).prefix { $0 != "&" }
        guard hash.utf8.count == 40, hash.utf8.allSatisfy(isHexDigit) else {
            throw Failure("not a BitTorrent info hash: 40 hexadecimal digits are expected")
        }
        return "btih:" + hash
    }
}
