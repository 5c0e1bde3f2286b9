public import Primitives

/// Which network a signature and a link belong to: 32 bytes that stand inside everything signed.
public struct NetworkID: Bytes32Wrapper {
    public let raw: Bytes32
    public init(raw: Bytes32) { self.raw = raw }

    /// The digest of `vouchbird network v1`, a zero byte and the name.
    public init(name: String, scheme: some SignatureScheme) {
        let message = Array("vouchbird network v1".utf8) + [0] + Array(name.utf8)
        self.init(raw: scheme.digest(message))
    }
}

/// The strings that keep one kind of signature or digest from passing for another. Each ends with a
/// zero byte, so that none is a prefix of another.
enum Domain {
    static let record = Array("vouchbird record v1".utf8) + [0]
    static let sketch = Array("vouchbird sketch v1".utf8) + [0]
    static let address = Array("vouchbird address v1".utf8) + [0]
    static let rotation = Array("vouchbird rotation v1".utf8) + [0]
    static let revocation = Array("vouchbird revocation v1".utf8) + [0]
    static let delegation = Array("vouchbird delegation v1".utf8) + [0]
}
