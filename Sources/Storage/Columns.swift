import Foundation
import GRDB
import Primitives

/// Reads a row by value: a column of an unexpected type is damage, where GRDB's own conversions
/// end the process.
struct Columns {
    struct Damage: Error, CustomStringConvertible {
        let description: String
    }

    let row: Row

    init(_ row: Row) { self.row = row }

    func int(_ index: Int) throws -> Int64 {
        guard case .int64(let value) = storage(index) else { throw damage(index, "a number") }
        return value
    }

    func optionalInt(_ index: Int) throws -> Int64? { isNull(index) ? nil : try int(index) }

    /// A number that was stored by `Columns.signed`.
    func unsigned(_ index: Int) throws -> UInt64 { UInt64(bitPattern: try int(index)) }

    func bytes(_ index: Int) throws -> [UInt8] {
        guard case .blob(let data) = storage(index) else { throw damage(index, "bytes") }
        return [UInt8](data)
    }

    func text(_ index: Int) throws -> String {
        guard case .string(let value) = storage(index) else { throw damage(index, "text") }
        return value
    }

    func optionalText(_ index: Int) throws -> String? { isNull(index) ? nil : try text(index) }

    func wrapped<Wrapper: Bytes32Wrapper>(
        _ index: Int, as type: Wrapper.Type = Wrapper.self
    ) throws -> Wrapper {
        guard let value = Wrapper(try bytes(index)) else { throw damage(index, "32 bytes") }
        return value
    }

    func optionalWrapped<Wrapper: Bytes32Wrapper>(
        _ index: Int, as type: Wrapper.Type = Wrapper.self
    ) throws -> Wrapper? {
        isNull(index) ? nil : try wrapped(index)
    }

    func instant(_ index: Int) throws -> Instant { Instant(milliseconds: try unsigned(index)) }

    func damage(_ index: Int, _ expected: String) -> Damage {
        Damage(description: "column \(index) is not \(expected)")
    }

    private func isNull(_ index: Int) -> Bool { storage(index) == .null }

    private func storage(_ index: Int) -> DatabaseValue.Storage {
        (row[index] as DatabaseValue).storage
    }

    /// SQLite's numbers are signed: times keep their bits. Never for columns that are compared.
    static func signed(_ value: UInt64) -> Int64 { Int64(bitPattern: value) }

    static func blob(_ bytes: [UInt8]) -> Data { Data(bytes) }
}
