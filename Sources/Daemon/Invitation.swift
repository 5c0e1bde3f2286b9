public import Primitives
import Records
import Foundation

/// A link that connects two nodes in one step: `vouchbird://ADDRESS/NODEKEY/AUTHOR/TOKEN`.
///
/// It pins both of the inviter's keys and carries words that work once. Whoever holds it can connect and
/// be pinned as a peer; it grants no trust.
public struct Invitation: Hashable, Sendable {
    public var address: String
    public var nodeKey: NodeKey
    public var author: PublicKey
    /// 16 random bytes.
    public var token: [UInt8]

    public init(address: String, nodeKey: NodeKey, author: PublicKey, token: [UInt8]) {
        self.address = address
        self.nodeKey = nodeKey
        self.author = author
        self.token = token
    }

    private static let scheme = "vouchbird://"
    /// Longer texts are refused unread: the longest link has 303 bytes.
    private static let limitBytes = 512

    public var link: String {
        let place = address.replacingOccurrences(of: "tcp://", with: "")
        return Self.scheme
            + [place, nodeKey.hex, author.text, Hex.encode(token)].joined(separator: "/")
    }

    /// Nil unless the text is a whole and undamaged invitation.
    public init?(link: String) {
        guard link.utf8.count <= Self.limitBytes, link.hasPrefix(Self.scheme),
            link.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else { return nil }
        let parts = link.utf8.dropFirst(Self.scheme.utf8.count)
            .split(separator: 0x2f, omittingEmptySubsequences: false)
        guard parts.count == 4, !parts[0].isEmpty, parts[0].contains(0x3a),
            parts[0].count <= WireLimits.addressBytes,
            let nodeKey = NodeKey(hex: String(Substring(parts[1]))),
            let author = PublicKey(text: String(Substring(parts[2]))),
            let token = Hex.decode(String(Substring(parts[3]))),
            token.count == InvitationClaim.tokenBytes
        else { return nil }
        self.init(
            address: "tcp://" + String(Substring(parts[0])), nodeKey: nodeKey, author: author,
            token: token)
    }
}
