import Foundation

/// The two streams of the command.
enum Console {
    static func print(_ text: String) { FileHandle.standardOutput.write(Data((text + "\n").utf8)) }
    static func error(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
    static var errorIsTerminal: Bool { isatty(FileHandle.standardError.fileDescriptor) == 1 }
}

/// A bar on standard error; nothing where nobody watches.
struct ProgressBar {
    private let isShown = Console.errorIsTerminal
    private var drawn = ContinuousClock.now - .seconds(1)
    private static let width = 30

    mutating func show(_ done: UInt64, of total: UInt64, _ label: String) {
        guard isShown, total > 0 else { return }
        let now = ContinuousClock.now
        guard now - drawn > .milliseconds(100) else { return }
        drawn = now
        let filled = Int(Double(done) / Double(total) * Double(Self.width))
        let bar =
            String(repeating: "#", count: filled)
            + String(repeating: "-", count: Self.width - filled)
        Console.error("\r\u{1b}[2K[\(bar)] \(done * 100 / total) %  \(label)")
    }

    func finish() {
        if isShown { Console.error("\r\u{1b}[2K") }
    }
}
