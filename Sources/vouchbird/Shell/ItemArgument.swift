import Cryptography
import Datasets
import Foundation

extension ItemName.Hashing {
    /// NFKC by Foundation and BLAKE2b by libsodium, as every door of the node uses them.
    static let standard = ItemName.Hashing(
        compatibilityForm: { $0.precomposedStringWithCompatibilityMapping },
        digest: { Ed25519Scheme().digest($0) })
}

extension ItemName {
    /// The item that an argument names.
    static func argument(_ text: String) throws -> ItemName {
        do {
            return try ItemName(reading: text, hashing: .standard)
        } catch {
            throw CommandFailure.badInput(
                "\"\(text)\": \(error)",
                hint: "name it as it is called, or as mbid:recording:UUID, isrc:..., isbn:..., URL")
        }
    }
}
