import ArgumentParser
import Foundation

/// Where an export goes: a new file, or standard output.
struct ExportTarget: ParsableArguments {
    @Option(
        help: ArgumentHelp("The file to make; standard output without.", valueName: "file"),
        completion: .file())
    var to: String?
}

/// Writes the rows of an export as they come.
struct RowWriter {
    private let handle: FileHandle
    private var buffer = ""
    private(set) var rows: UInt64 = 0
    /// Rows that the format cannot express.
    private(set) var skipped: UInt64 = 0

    private static let bufferBytes = 64 * 1024

    /// Opens the target. Throws when the file is there already.
    init(_ target: ExportTarget) throws {
        guard let path = target.to else {
            handle = .standardOutput
            return
        }
        try Files.create(path, "")
        guard let opened = FileHandle(forWritingAtPath: path) else {
            throw CommandFailure.inputOutput("cannot write \(path)")
        }
        handle = opened
    }

    /// Text around the rows.
    mutating func frame(_ text: String) throws {
        buffer += text
        if buffer.utf8.count >= Self.bufferBytes { try flush() }
    }

    /// One row; nil counts as one that the format cannot express.
    mutating func row(_ text: String?) throws {
        guard let text else {
            skipped += 1
            return
        }
        rows += 1
        try frame(text + "\n")
    }

    mutating func finish() throws { try flush() }

    private mutating func flush() throws {
        do {
            try handle.write(contentsOf: Data(buffer.utf8))
        } catch {
            throw CommandFailure.inputOutput("cannot write the export: \(Files.reason(error))")
        }
        buffer = ""
    }
}

extension Session {
    /// Checks that the result and the document do not meet on standard output.
    func checkExport(_ target: ExportTarget) throws {
        guard console.isJSON, target.to == nil else { return }
        throw CommandFailure.usage(
            "with --json the summary goes to standard output, so the export needs a file",
            hint: "--to FILE, or without --json: --as jsonl")
    }

    /// Says what was written.
    func reportExport(_ kind: String, _ format: String, _ target: ExportTarget, _ writer: RowWriter)
        throws
    {
        if console.isJSON, let path = target.to {
            try console.document(
                ExportDocument(
                    kind: kind, format: format, path: path, rows: writer.rows,
                    skipped: writer.skipped))
            return
        }
        var text = "\(TerminalText.count(writer.rows)) rows"
        if let path = target.to { text += " to \(path)" }
        if writer.skipped > 0 {
            text +=
                ", \(TerminalText.count(writer.skipped)) left out: \(format) cannot express them"
        }
        console.note(text)
    }
}
