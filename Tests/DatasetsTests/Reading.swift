import Datasets
import Primitives

/// Reads a whole text in chunks of `chunkBytes`, as an importer does.
func read(
    _ format: DatasetFormat, _ text: String, columns: ColumnChoice = ColumnChoice(),
    chunkBytes: Int = 7
) throws -> [DatasetLine] {
    try read(format, Array(text.utf8), columns: columns, chunkBytes: chunkBytes)
}

func read(
    _ format: DatasetFormat, _ bytes: [UInt8], columns: ColumnChoice = ColumnChoice(),
    chunkBytes: Int = 7
) throws -> [DatasetLine] {
    var reader = DatasetReader(format: format, columns: columns)
    var lines: [DatasetLine] = []
    var start = 0
    while start < bytes.count {
        let end = min(bytes.count, start + chunkBytes)
        lines += try reader.read(Array(bytes[start..<end]))
        start = end
    }
    return lines + (try reader.finish())
}

func interaction(
    _ user: String?, _ item: String, _ weight: Double? = nil, atSeconds seconds: UInt64? = nil,
    title: String? = nil
) -> DatasetRow {
    .interaction(
        .init(
            user: user, item: item, weight: weight,
            time: seconds.map { Instant(milliseconds: $0 * 1000) }, title: title))
}

func trust(_ source: String, _ target: String, _ weight: Double? = nil) -> DatasetRow {
    .trust(.init(source: source, target: target, weight: weight))
}
