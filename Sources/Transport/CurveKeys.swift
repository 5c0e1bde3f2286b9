import CZeroMQ
public import Primitives

/// The Curve25519 key pair of a node's transport.
///
/// The secret stays with its owner: it is fetched for each socket that is made and wiped after.
public struct CurveKeys: Sendable {
    public let publicKey: NodeKey
    let secret: @Sendable () -> [UInt8]

    /// `secret` returns the 32 bytes that belong to `publicKey`.
    public init(publicKey: NodeKey, secret: @escaping @Sendable () -> [UInt8]) {
        self.publicKey = publicKey
        self.secret = secret
    }

    /// Derives the public key. Throws `badKey` unless `secretKey` has 32 bytes.
    public init(secretKey: [UInt8]) throws(TransportError) {
        guard secretKey.count == Bytes32.count, let text = Z85.encode(secretKey) else {
            throw TransportError(
                code: .badKey, operation: "CURVE key", message: "a secret key has 32 bytes")
        }
        var output = [CChar](repeating: 0, count: 41)
        let status = unsafe zmq_curve_public(&output, text)
        guard status == 0, let key = NodeKey(z85: Z85.text(output)) else {
            throw TransportError(
                code: .noCurveSupport, operation: "CURVE key",
                message: "libzmq cannot derive the public key")
        }
        self.init(publicKey: key) { secretKey }
    }

    /// A fresh random pair.
    public static func generate() throws(TransportError) -> CurveKeys {
        var publicText = [CChar](repeating: 0, count: 41)
        var secretText = [CChar](repeating: 0, count: 41)
        let status = unsafe zmq_curve_keypair(&publicText, &secretText)
        guard status == 0, let key = NodeKey(z85: Z85.text(publicText)),
            let secret = Z85.decode(Z85.text(secretText))
        else {
            throw TransportError(
                code: .noCurveSupport, operation: "CURVE key",
                message: "libzmq was built without CURVE")
        }
        return CurveKeys(publicKey: key) { secret }
    }
}

extension NodeKey {
    /// Forty characters, as ZeroMQ tools take keys.
    public var z85: String { Z85.encode(bytes) ?? "" }

    /// Reads forty characters of Z85.
    public init?(z85 text: String) {
        guard text.utf8.count == 40, let bytes = Z85.decode(text) else { return nil }
        self.init(bytes)
    }
}

/// ZeroMQ's text form of keys (rfc.zeromq.org/spec/32).
enum Z85 {
    static func encode(_ bytes: [UInt8]) -> String? {
        guard bytes.count % 4 == 0 else { return nil }
        var output = [CChar](repeating: 0, count: bytes.count * 5 / 4 + 1)
        guard unsafe zmq_z85_encode(&output, bytes, bytes.count) != nil else { return nil }
        return text(output)
    }

    static func decode(_ text: String) -> [UInt8]? {
        guard text.utf8.count % 5 == 0 else { return nil }
        var output = [UInt8](repeating: 0, count: text.utf8.count * 4 / 5)
        guard unsafe zmq_z85_decode(&output, text) != nil else { return nil }
        return output
    }

    /// The characters before the terminating zero.
    static func text(_ output: [CChar]) -> String {
        String(decoding: output.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
