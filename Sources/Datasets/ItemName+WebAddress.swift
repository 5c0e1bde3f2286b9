/// Web addresses: one spelling for one page, as far as the text alone can tell.
extension ItemName {
    /// Query keys that say where a reader came from, not what is read.
    private static let trackingKeys = [
        "fbclid", "gclid", "dclid", "msclkid", "igshid", "mc_cid", "mc_eid", "si", "ref_src",
    ]

    /// Scheme and host in lower case, no default port, no fragment, no tracking keys; bytes outside
    /// printable ASCII as `%XX`. Paths and the order of the other keys mean something and stay.
    static func webAddress(_ text: String) throws(Failure) -> String {
        let bare = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)[0]
        guard let colon = bare.firstIndex(of: ":"), bare[colon...].hasPrefix("://") else {
            throw Failure("not a web address: https://HOST/PATH is expected")
        }
        let scheme = bare[..<colon].lowercased()
        let rest = bare[colon...].dropFirst(3)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let host = withoutDefaultPort(escaped(String(authority)).lowercased(), scheme)
        guard ["http", "https"].contains(scheme), !host.isEmpty, !host.contains("@") else {
            throw Failure("not a web address: https://HOST/PATH is expected")
        }
        let parts = rest.dropFirst(authority.count).split(
            separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts.first.flatMap { $0.isEmpty ? nil : String($0) } ?? "/"
        let query = parts.count == 2 ? cleaned(parts[1]) : ""
        return escaped("url:\(scheme)://\(host)\(path)" + (query.isEmpty ? "" : "?\(query)"))
    }

    private static func withoutDefaultPort(_ host: String, _ scheme: String) -> String {
        let port = scheme == "https" ? ":443" : ":80"
        return host.hasSuffix(port) ? String(host.dropLast(port.count)) : host
    }

    private static func cleaned(_ query: Substring) -> String {
        let pairs = query.split(separator: "&").filter { pair in
            let key = pair.prefix { $0 != "=" }.lowercased()
            return !key.hasPrefix("utm_") && !trackingKeys.contains(key)
        }
        return pairs.joined(separator: "&")
    }

    private static func escaped(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        for byte in text.utf8 {
            if (0x21...0x7e).contains(byte) {
                out.append(byte)
            } else {
                out += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
