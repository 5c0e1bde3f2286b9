import Cryptography
import Datasets
import Foundation
import Primitives

/// What holds of files and names that are imported.
enum DataProperties {
    /// The first byte chooses the format, the second where the file is cut.
    static func dataset(_ bytes: [UInt8]) {
        guard bytes.count >= 2 else { return }
        let formats = DatasetFormat.allCases
        let format = formats[Int(bytes[0]) % formats.count]
        let file = Array(bytes.dropFirst(2))
        let cut = min(Int(bytes[1]), file.count)
        let whole = rows([file], format)
        let halves = rows([Array(file[..<cut]), Array(file[cut...])], format)
        require(whole == halves, "rows do not depend on how a file is cut into chunks")
    }

    private static func rows(_ chunks: [[UInt8]], _ format: DatasetFormat) -> [DatasetLine]? {
        var reader = DatasetReader(format: format)
        var rows: [DatasetLine] = []
        do {
            for chunk in chunks { rows += try reader.read(chunk) }
            return rows + (try reader.finish())
        } catch {
            return nil
        }
    }

    static func item(_ bytes: [UInt8]) {
        let hashing = ItemName.Hashing(
            compatibilityForm: { $0.precomposedStringWithCompatibilityMapping },
            digest: { Ed25519Scheme().digest($0) })
        let text = String(decoding: bytes, as: UTF8.self)
        guard let name = try? ItemName(reading: text, hashing: hashing) else { return }
        require(
            (1...ItemID.maximumBytes).contains(name.item.bytes.count),
            "an item's id keeps its limit")
        require(
            name.title.map { $0.utf8.count <= ItemName.maximumTitleBytes } ?? true,
            "a title keeps its limit")
    }
}
