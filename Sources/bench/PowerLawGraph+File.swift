import Foundation
import Ranking

extension GraphSnapshot {
    /// Writes the graph for the C reference; the layout stands in `Sources/reference/graph.h`.
    func write(to url: URL, ego: AuthorIndex) throws {
        guard FileManager.default.createFile(atPath: url.path(), contents: nil) else {
            throw BenchFailure("cannot write \(url.path())")
        }
        let file = try FileHandle(forWritingTo: url)
        var head = Data("VBG1".utf8)
        append([UInt32(authorCount), UInt32(itemCount), ego.value], to: &head)
        append([UInt64(trust.entryCount), UInt64(interactions.entryCount)], to: &head)
        try file.write(contentsOf: head)
        for rows in [trust, interactions] {
            for part in [rows.offsets, rows.columns] { try Self.write(part, to: file) }
            try Self.write(rows.weights.map(\.bitPattern), to: file)
        }
        try file.close()
    }

    private static func write(_ numbers: [some FixedWidthInteger], to file: FileHandle) throws {
        let step = 1 << 20
        for first in stride(from: 0, to: numbers.count, by: step) {
            var block = Data()
            append(Array(numbers[first..<min(numbers.count, first + step)]), to: &block)
            try file.write(contentsOf: block)
        }
    }
}

/// Little-endian.
private func append<Number: FixedWidthInteger>(_ numbers: [Number], to data: inout Data) {
    data.reserveCapacity(data.count + numbers.count * Number.bitWidth / 8)
    for number in numbers {
        var rest = number.littleEndian
        for _ in 0..<Number.bitWidth / 8 {
            data.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }
}
