import Primitives

/// A key on disk: which kind, where, and the rules for making and reading it.
///
/// The directory is 0700, the file 0600 and never overwritten; a wider mode, a symbolic link or a
/// foreign owner refuses it, because then others may know the key or have planted one. The file
/// also states the public key, and reading computes it again: a file that was damaged or mixed up
/// does not silently become another identity.
public struct KeyFile: Sendable {
    /// What a key signs or encrypts; a file of one kind is never read as another.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A person's Ed25519 key.
        case author
        /// The Ed25519 key of one device's feed.
        case device
        /// The Curve25519 key of the transport.
        case node
    }

    public let path: String
    public let kind: Kind

    /// `path` may be relative to the working directory. Nothing is touched yet.
    public init(path: String, kind: Kind) {
        self.path = path
        self.kind = kind
    }

    /// Writes `key` to a new file, in the clear when `passphrase` is nil. Returns when file and
    /// directory are on the disk. Throws `.exists` and the failures of `PassphraseBox`.
    public func create(
        _ key: SigningKey, passphrase: String? = nil, cost: PassphraseCost = .moderate
    ) throws(CryptographyFailure) {
        require(kind != .node, "a node key is not a signing key")
        try create(try key.seed(), key.publicKey.bytes, passphrase, cost)
    }

    /// As for a signing key, for kind `.node`.
    public func create(
        _ key: NodeKeyPair, passphrase: String? = nil, cost: PassphraseCost = .moderate
    ) throws(CryptographyFailure) {
        require(kind == .node, "a signing key is not a node key")
        try create(key.filed(), key.publicKey.bytes, passphrase, cost)
    }

    /// Reads an author's or a device's key. Throws `.missing`, `.permissionsTooWide`,
    /// `.foreignOwner`, `.notAPlainFile`, `.malformed`, `.damaged`, `.passphraseNeeded`,
    /// `.wrongPassphrase`.
    public func readSigningKey(passphrase: String? = nil) throws(CryptographyFailure) -> SigningKey
    {
        require(kind != .node, "a node key is not a signing key")
        let (secret, stated) = try read(passphrase)
        let key = try SigningKey(secretSeed: secret)
        guard key.publicKey.bytes == stated else { throw mismatch(computed: key.publicKey.hex) }
        return key
    }

    /// Reads a node's key; throws as `readSigningKey`.
    public func readNodeKey(passphrase: String? = nil) throws(CryptographyFailure) -> NodeKeyPair {
        require(kind == .node, "a signing key is not a node key")
        let (secret, stated) = try read(passphrase)
        let key = try NodeKeyPair(signer: SigningKey(secretSeed: secret))
        if key.publicKey.bytes == stated { return key }
        // Made before node keys had a signing form: the same key, which cannot sign.
        return try readCurveKey(secret, stated)
    }

    private func readCurveKey(
        _ secret: SecretBytes, _ stated: [UInt8]
    ) throws(CryptographyFailure) -> NodeKeyPair {
        let key = try NodeKeyPair(secret: secret)
        guard key.publicKey.bytes == stated else { throw mismatch(computed: key.publicKey.hex) }
        return key
    }

    /// Takes the place of another key file of the same directory in one step. Returns when that is on the disk.
    public func replace(_ other: KeyFile) throws(CryptographyFailure) {
        require(kind == other.kind, "a key takes the place of its kind")
        try file.replace(other.file)
    }

    private var file: OwnerOnlyFile { OwnerOnlyFile(path: path, what: "\(kind.rawValue) key") }
    private var readOperation: String { "read the \(kind.rawValue) key" }

    private func create(
        _ secret: SecretBytes, _ publicBytes: [UInt8], _ passphrase: String?,
        _ cost: PassphraseCost
    ) throws(CryptographyFailure) {
        let content: KeyFileText.Secret
        if let passphrase {
            content = .sealed(
                try PassphraseBox(
                    sealing: secret, context: KeyFileText.head(kind, publicBytes),
                    passphrase: passphrase, cost: cost))
        } else {
            content = .open(secret)
        }
        var text = KeyFileText(kind: kind, publicBytes: publicBytes, secret: content).encoded()
        defer { wipe(&text) }
        try file.create(text)
    }

    private func read(
        _ passphrase: String?
    ) throws(CryptographyFailure) -> (secret: SecretBytes, stated: [UInt8]) {
        var bytes = try file.read()
        defer { wipe(&bytes) }
        guard let text = try KeyFileText(decoding: bytes) else {
            throw failure(
                .malformed,
                "\(path) is not a whole vouchbird key file, perhaps one whose writing was cut off; "
                    + "restore a backup: vouchbird identity restore",
                bytes.isEmpty ? "the file is empty" : "\(bytes.count) bytes")
        }
        guard text.kind == kind else {
            throw failure(
                .malformed,
                "\(path) holds a key of another kind; look at its first line: "
                    + "head -1 \(path)", "\(text.kind.rawValue) instead of \(kind.rawValue)")
        }
        switch text.secret {
        case .open(let secret): return (secret, text.publicBytes)
        case .sealed(let box):
            return (try open(box, text.publicBytes, passphrase), text.publicBytes)
        }
    }

    private func open(
        _ box: PassphraseBox, _ publicBytes: [UInt8], _ passphrase: String?
    ) throws(CryptographyFailure) -> SecretBytes {
        guard let passphrase else {
            throw failure(
                .passphraseNeeded, "\(path) is sealed; give its passphrase", "\(box.cost)")
        }
        let context = KeyFileText.head(kind, publicBytes)
        guard let secret = try box.opened(context: context, passphrase: passphrase) else {
            throw failure(
                .wrongPassphrase,
                "the passphrase does not open \(path), or the file was changed; try again")
        }
        return secret
    }

    private func mismatch(computed: String) -> CryptographyFailure {
        failure(
            .damaged,
            "\(path) states a public key that its secret key does not have; "
                + "restore a backup: vouchbird identity restore", "the secret's is \(computed)")
    }

    private func failure(
        _ code: CryptographyFailure.Code, _ message: String, _ cause: String = ""
    ) -> CryptographyFailure {
        CryptographyFailure(code: code, operation: readOperation, message: message, cause: cause)
    }
}
