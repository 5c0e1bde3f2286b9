public import Cryptography
import Primitives

/// The three keys of one node (docs/protocol.md, "Keys"): who its user is, which feed it writes, and
/// how it is reached.
public struct NodeIdentity: Sendable {
    public let author: SigningKey
    public let device: SigningKey
    public let node: NodeKeyPair

    /// Reads the key files. Throws `.missing` when there is no identity yet, and what `KeyFile`
    /// throws for files that are open to others, damaged or sealed.
    public static func read(_ paths: Paths) throws(CryptographyFailure) -> NodeIdentity {
        NodeIdentity(
            author: try KeyFile(path: paths.authorKey, kind: .author).readSigningKey(),
            device: try KeyFile(path: paths.deviceKey, kind: .device).readSigningKey(),
            node: try KeyFile(path: paths.nodeKey, kind: .node).readNodeKey())
    }

    /// Makes new keys and writes their files; nothing is overwritten. With `author` the keys of
    /// a new device of that person: a restored backup must not continue a feed that another device
    /// may still be writing.
    public static func create(
        _ paths: Paths, author: SigningKey? = nil
    ) throws(CryptographyFailure) -> NodeIdentity {
        // `??` would lose the type of what the key's initialiser throws.
        let person = if let author { author } else { try SigningKey() }
        let identity = NodeIdentity(
            author: person, device: try SigningKey(), node: try NodeKeyPair())
        // The author's last: it is what makes a directory count as having an identity.
        try KeyFile(path: paths.nodeKey, kind: .node).create(identity.node)
        try KeyFile(path: paths.deviceKey, kind: .device).create(identity.device)
        try KeyFile(path: paths.authorKey, kind: .author).create(identity.author)
        return identity
    }
}

extension NodeIdentity {
    /// The public halves, for `identity show` and for the request of that name.
    public func document(name: String) -> IdentityDocument {
        IdentityDocument(
            name: name, author: author.publicKey.text,
            words: FingerprintWords.of(author.publicKey), feed: device.publicKey.text,
            nodeKey: node.publicKey.hex)
    }
}
