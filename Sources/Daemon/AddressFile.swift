import Cryptography
import Foundation
import Primitives
import Records

/// What a node knew of others' addresses when it last ran: one file beside the databases.
///
/// Nothing that cannot be learnt again: a missing or damaged file is an empty one, and a start never fails by it.
/// Text: a head, the overlay's secret seed, one record a line in hexadecimal digits, and a digest of it all.
struct AddressFile: Sendable {
    struct Content: Hashable, Sendable {
        /// Kept with the addresses, so that who was chosen before a restart is chosen after it.
        var seed: UInt64
        var records: [AddressRecord]
    }

    /// Tables and links of `OverlayLimits`, and a file has no reason to be longer.
    static let recordCap = 4_096
    private static let head = "vouchbird-addresses v1"
    private static let byteCap = 64 + 2 * AddressRecord.count * recordCap + 4_096

    let path: String

    init(stateDirectory: String) { path = stateDirectory + "/addresses" }

    /// Nil when there is none, or none that is whole.
    func read() -> Content? {
        guard let handle = FileHandle(forReadingAtPath: path),
            let data = try? handle.read(upToCount: Self.byteCap + 1), data.count <= Self.byteCap
        else { return nil }
        var lines = String(decoding: data, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.count >= 4, lines.removeLast().isEmpty, let stated = lines.popLast(),
            Self.digest(lines) == stated, lines[0] == Self.head,
            let seed = UInt64(lines[1], radix: 16)
        else { return nil }
        var records: [AddressRecord] = []
        for line in lines.dropFirst(2).prefix(Self.recordCap) {
            guard let bytes = Hex.decode(line),
                let record = try? AddressRecord(decoding: bytes)
            else { return nil }
            records.append(record)
        }
        return Content(seed: seed, records: records)
    }

    /// Replaces the file in one step. It says whom this node talks to: the directory is its owner's alone.
    func write(_ content: Content) throws {
        var lines = [Self.head, String(content.seed, radix: 16)]
        lines += content.records.prefix(Self.recordCap).map { Hex.encode($0.encoded) }
        lines.append(Self.digest(lines))
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(
            to: URL(fileURLWithPath: path), options: .atomic)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }

    private static func digest(_ lines: [String]) -> String {
        Hex.encode(Ed25519Scheme().digest(Array(lines.joined(separator: "\n").utf8)).bytes)
    }
}
