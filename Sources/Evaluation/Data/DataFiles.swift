internal import Datasets
internal import Foundation

/// Reads data sets from files of every format that `Datasets` knows.
public enum DataFiles {
    /// Bytes that are read at a time.
    private static let chunkBytes = 1 << 20

    /// The interactions of some files together, one row per user and item.
    ///
    /// Throws `.file` for what cannot be read, `.content` for a file of trust, of an unknown format or
    /// without a single usable row.
    public static func interactions(_ paths: [String]) throws(EvaluationFailure) -> InteractionTable
    {
        var table = InteractionTable()
        var isRated = false
        for path in paths {
            let before = table.rows.count
            let reader = try read(path, wantsTrust: false) { line in
                guard case .interaction(let row) = line.row, let user = row.user else {
                    table.rejectedLines += 1
                    return
                }
                table.rows.append(
                    .init(user: user, item: row.item, weight: row.weight ?? 1, time: row.time))
            }
            isRated = isRated || reader.isRated
            guard table.rows.count > before else { throw empty(path, "interactions") }
        }
        return table.merged(isRated: isRated)
    }

    /// The trust edges of some files together; edges of weight 0 stand for no trust and are left out.
    public static func trust(_ paths: [String]) throws(EvaluationFailure) -> [TrustPair] {
        var pairs: [TrustPair] = []
        for path in paths {
            let before = pairs.count
            _ = try read(path, wantsTrust: true) { line in
                guard case .trust(let row) = line.row, row.weight != 0 else { return }
                pairs.append(
                    TrustPair(source: row.source, target: row.target, weight: row.weight ?? 1))
            }
            guard pairs.count > before else { throw empty(path, "trust edges") }
        }
        return pairs
    }

    private static func empty(_ path: String, _ what: String) -> EvaluationFailure {
        EvaluationFailure(
            code: .content, operation: "read \(path)", message: "it holds no \(what)")
    }

    private static func read(
        _ path: String, wantsTrust: Bool, _ take: (DatasetLine) -> Void
    ) throws(EvaluationFailure) -> DatasetReader {
        let operation = "read \(path)"
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw EvaluationFailure(
                code: .file, operation: operation, message: "there is no such readable file")
        }
        defer { try? handle.close() }
        do {
            var chunk = try handle.read(upToCount: chunkBytes) ?? Data()
            let format = try format(path, Array(chunk.prefix(DatasetFormat.headBytes)), wantsTrust)
            var reader = DatasetReader(format: format)
            while !chunk.isEmpty {
                for line in try reader.read(Array(chunk)) { take(line) }
                chunk = try handle.read(upToCount: chunkBytes) ?? Data()
            }
            for line in try reader.finish() { take(line) }
            return reader
        } catch let failure as EvaluationFailure {
            throw failure
        } catch let failure as DatasetFailure {
            throw EvaluationFailure(
                code: .content, operation: operation, message: failure.description)
        } catch {
            throw EvaluationFailure(code: .file, operation: operation, message: "\(error)")
        }
    }

    private static func format(
        _ path: String, _ head: [UInt8], _ wantsTrust: Bool
    ) throws(EvaluationFailure) -> DatasetFormat {
        let reason: String
        switch DatasetFormat.detect(fileName: path, head: head) {
        case .format(let format) where format.holdsTrust == wantsTrust: return format
        // Whoever says that a file holds trust knows better than its name.
        case .format(.plain) where wantsTrust: return .trust
        case .format(.trust) where !wantsTrust: return .plain
        case .format(let format):
            reason = "it is a file of \(format.holdsTrust ? "trust" : "interactions")"
        case .ignored(let why), .unknown(let why): reason = why
        }
        throw EvaluationFailure(code: .content, operation: "read \(path)", message: reason)
    }
}
