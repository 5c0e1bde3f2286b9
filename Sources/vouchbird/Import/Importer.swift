import Daemon
import Datasets
import Foundation
import Primitives

/// What an import is told.
struct ImportOptions {
    /// Nil: each file is recognised.
    var format: DatasetFormat?
    var user: String?
    var columns = ColumnChoice()
    var authors: AuthorMap?
    /// Nil: plays, or ratings where the header says so.
    var kind: Draft.Kind?
    var isPublished: Bool
    var isDryRun: Bool
}

/// Reads files as a stream and hands their rows to the daemon in batches.
///
/// A batch that was answered is on the disk of the node. Whatever ends the import before, running it
/// again goes on where it stopped, because rows that stand already are not written twice.
struct Importer {
    private let options: ImportOptions
    /// Nil in a dry run.
    private let client: NodeClient?
    private let interruption: Interruption
    private var progress: ProgressBar
    private var report = ImportDocument()
    private var batch: [Draft] = []
    /// The line of each draft of the batch; nil for a title that goes with the draft before it.
    private var lines: [UInt64?] = []
    private var file = ""

    private static let chunkBytes = 256 * 1024

    init(
        options: ImportOptions, client: NodeClient?, progress: ProgressBar,
        interruption: Interruption
    ) {
        self.options = options
        self.client = client
        self.progress = progress
        self.interruption = interruption
        report.isPublished = options.isPublished && !options.isDryRun
        report.isDryRun = options.isDryRun
        report.duplicate = options.isDryRun ? nil : 0
    }

    /// Imports the files in order and returns what became of their lines.
    mutating func run(_ files: [String]) throws -> ImportDocument {
        defer { progress.finish() }
        for path in files where !interruption.isRequested {
            let handle = try Files.open(path)
            defer { try? handle.close() }
            file = path
            try importFile(handle)
        }
        report.isInterrupted = interruption.isRequested
        return report
    }

    private mutating func importFile(_ handle: FileHandle) throws {
        let head = Array(try read(handle, DatasetFormat.headBytes))
        let format: DatasetFormat
        if let chosen = options.format {
            format = chosen
        } else {
            switch DatasetFormat.detect(fileName: file, head: head) {
            case .format(let found): format = found
            case .ignored(let reason):
                report.files.append(.init(path: file, format: nil, leftOut: reason))
                return
            case .unknown(let reason): throw CommandFailure.badInput("\(file): \(reason)")
            }
        }
        guard !format.holdsTrust || options.isPublished || options.isDryRun else {
            throw CommandFailure.usage(
                "\(file) holds trust, which is signed and gossiped like all trust",
                hint: "say that you want that: --publish")
        }
        report.files.append(.init(path: file, format: format.rawValue, leftOut: nil))
        if options.user == nil { try checkSingleUser(handle, format) }
        try handle.seek(toOffset: 0)
        var reader = DatasetReader(format: format, columns: options.columns)
        while !interruption.isRequested {
            let chunk = try read(handle, Self.chunkBytes)
            guard !chunk.isEmpty else { break }
            let rows = try rows(of: chunk, &reader)
            for row in rows where !interruption.isRequested { try take(row, reader) }
            let label = label
            progress.advance(UInt64(chunk.count), label)
        }
        if !interruption.isRequested {
            for row in try rows(of: nil, &reader) { try take(row, reader) }
        }
        try flush()
    }

    private var label: String {
        "\(TerminalText.count(report.read)) read, \(TerminalText.count(report.accepted)) accepted"
    }

    private func rows(of chunk: Data?, _ reader: inout DatasetReader) throws -> [DatasetLine] {
        do {
            guard let chunk else { return try reader.finish() }
            return try reader.read(Array(chunk))
        } catch {
            throw CommandFailure.badInput("\(file), \(error)")
        }
    }

    private func read(_ handle: FileHandle, _ count: Int) throws -> Data {
        do {
            return try handle.read(upToCount: count) ?? Data()
        } catch {
            throw CommandFailure.inputOutput("cannot read \(file): \(Files.reason(error))")
        }
    }

    /// A file of several users holds other people's rows: whose are ours has to be said.
    private func checkSingleUser(_ handle: FileHandle, _ format: DatasetFormat) throws {
        try handle.seek(toOffset: 0)
        var reader = DatasetReader(format: format, columns: options.columns)
        var only: String?
        while true {
            let chunk = try read(handle, Self.chunkBytes)
            let rows = try rows(of: chunk.isEmpty ? nil : chunk, &reader)
            for line in rows {
                guard let user = Self.user(of: line.row) else { continue }
                if let only, only != user {
                    throw CommandFailure.usage(
                        "\(file) holds rows of several users, as \(only) and \(user)",
                        hint: "say which are yours: --user \(only)")
                }
                only = user
            }
            guard !chunk.isEmpty else { return }
        }
    }

    private static func user(of row: DatasetRow) -> String? {
        switch row {
        case .interaction(let interaction): interaction.user
        case .trust(let trust): trust.source
        case .rejected: nil
        }
    }

    // MARK: Rows

    private mutating func take(_ line: DatasetLine, _ reader: DatasetReader) throws {
        report.read += 1
        if options.user != nil, !reader.hasUsers {
            throw CommandFailure.usage("\(file) names no users", hint: "leave --user away")
        }
        if let user = options.user, let other = Self.user(of: line.row), other != user {
            report.skipped += 1
            return
        }
        switch line.row {
        case .rejected(let reason): reject(line.number, reason)
        case .trust(let trust): try take(trust, line.number)
        case .interaction(let interaction):
            try take(
                interaction, line.number, options.kind ?? (reader.isRated ? .rate : .play))
        }
    }

    private mutating func take(
        _ row: DatasetRow.Interaction, _ line: UInt64, _ kind: Draft.Kind
    ) throws {
        let name: ItemName
        do {
            name = try ItemName(reading: row.item, hashing: .standard)
        } catch {
            return reject(line, error.description)
        }
        let draft = Draft(
            kind: kind, item: name.item.description, weight: row.weight, time: row.time?.text,
            isPrivate: !options.isPublished, unlessPresent: true)
        try add(draft, line)
        // The node keeps titles as records only, so what stays private stays without.
        guard options.isPublished, let title = row.title ?? name.title else { return }
        try add(
            Draft(
                kind: .title, item: name.item.description, title: title, unlessPresent: true), nil)
    }

    private mutating func take(_ row: DatasetRow.Trust, _ line: UInt64) throws {
        let direct = PublicKey(text: row.target)?.text
        guard let author = options.authors?[row.target] ?? direct else {
            guard options.authors != nil else {
                throw CommandFailure.usage(
                    "\(file) names users of its own, as \(row.target), and no vb1... authors",
                    hint: "say who they are: --authors MAP.tsv (id, tab, author)")
            }
            return reject(line, "no author is given for user \(row.target)")
        }
        try add(
            Draft(kind: .trust, author: author, weight: row.weight, unlessPresent: true), line)
    }

    private mutating func add(_ draft: Draft, _ line: UInt64?) throws {
        batch.append(draft)
        lines.append(line)
        if batch.count == Request.maximumDrafts { try flush() }
    }

    private mutating func flush() throws {
        defer {
            batch.removeAll(keepingCapacity: true)
            lines.removeAll(keepingCapacity: true)
        }
        guard !batch.isEmpty else { return }
        guard let client else {
            report.accepted += UInt64(lines.count { $0 != nil })
            return
        }
        let answer = try client.ask(.publish(drafts: batch), for: PublishDocument.self).document
        for (line, result) in zip(lines, answer.items) {
            guard let line else { continue }
            switch result.outcome {
            case .written: report.accepted += 1
            case .duplicate: report.duplicate = (report.duplicate ?? 0) + 1
            case .refused: reject(line, result.reason ?? "the node refused it")
            }
        }
    }

    private mutating func reject(_ line: UInt64, _ reason: String) {
        report.rejected += 1
        guard report.rejects.count < ImportDocument.maximumRejects else { return }
        report.rejects.append(.init(file: file, line: line, reason: reason))
    }
}
