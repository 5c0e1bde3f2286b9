import Cryptography
import Primitives
import Records

/// What holds of everything that comes over a link.
enum WireProperties {
    private static let scheme = Ed25519Scheme()

    static func record(_ bytes: [UInt8]) {
        guard let record = try? Record(decoding: bytes[...], scheme: scheme) else { return }
        require(record.encoded == bytes, "a record keeps the bytes that carried it")
        require(
            record.body.encoded + (record.signature?.bytes ?? []) == bytes,
            "what decodes as a record encodes to the same bytes")
    }

    static func frame(_ bytes: [UInt8]) {
        guard let frame = try? Frame.decode(bytes) else { return }
        require(frame.encoded == bytes, "what decodes as a frame encodes to the same bytes")
    }
}
