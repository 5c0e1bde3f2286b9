import Daemon
import Foundation

/// Where a command's words go: results to standard output, everything else to standard error.
struct Console: Sendable {
    let isJSON: Bool
    let isQuiet: Bool
    let usesColour: Bool
    /// Whether a progress bar may be drawn on standard error.
    let showsProgress: Bool

    init(isJSON: Bool, isQuiet: Bool, forbidsColour: Bool, environment: [String: String]) {
        self.isJSON = isJSON
        self.isQuiet = isQuiet
        let isColourless = forbidsColour || !(environment["NO_COLOR"] ?? "").isEmpty
        usesColour = !isColourless && isatty(STDOUT_FILENO) == 1
        showsProgress = !isQuiet && isatty(STDERR_FILENO) == 1
    }

    /// One line of the result.
    func line(_ text: String = "") { Self.write(text + "\n", to: .standardOutput) }

    func lines(_ lines: [String]) {
        Self.write(lines.joined(separator: "\n") + "\n", to: .standardOutput)
    }

    /// One line beside the result; nothing with `--quiet`.
    func note(_ text: String) {
        if !isQuiet { Self.write(text + "\n", to: .standardError) }
    }

    /// A document of the command line itself.
    func document(_ document: some Encodable) throws {
        line(String(decoding: try DocumentCoder.encode(document, pretty: true), as: UTF8.self))
    }

    func bold(_ text: String) -> String { usesColour ? "\u{1b}[1m\(text)\u{1b}[0m" : text }
    func dim(_ text: String) -> String { usesColour ? "\u{1b}[2m\(text)\u{1b}[0m" : text }
    func warning(_ text: String) -> String { usesColour ? "\u{1b}[33m\(text)\u{1b}[0m" : text }

    /// Whether somebody is there to answer questions.
    static var canAsk: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    /// Writes what it can: when the reader of a pipe has gone there is nobody to tell.
    static func write(_ text: String, to handle: FileHandle) {
        try? handle.write(contentsOf: Data(text.utf8))
    }
}
