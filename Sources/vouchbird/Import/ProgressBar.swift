import Foundation

/// A bar on standard error that says how far a long piece of work is.
struct ProgressBar {
    private let isShown: Bool
    private let total: UInt64
    private var done: UInt64 = 0
    private var drawn: ContinuousClock.Instant?
    private let start = ContinuousClock.now

    /// Redrawn at most so often: a terminal is slow.
    private static let interval = Duration.milliseconds(100)
    private static let width = 30

    init(isShown: Bool, total: UInt64) {
        self.isShown = isShown && total > 0
        self.total = total
    }

    /// Counts bytes as done and redraws when it is time.
    mutating func advance(_ bytes: UInt64, _ label: String) {
        done = min(total, done + bytes)
        guard isShown else { return }
        let now = ContinuousClock.now
        if let drawn, now - drawn < Self.interval, done < total { return }
        drawn = now
        Console.write("\r\u{1b}[2K" + line(label, now), to: .standardError)
    }

    /// Removes the bar.
    mutating func finish() {
        guard isShown, drawn != nil else { return }
        drawn = nil
        Console.write("\r\u{1b}[2K", to: .standardError)
    }

    private func line(_ label: String, _ now: ContinuousClock.Instant) -> String {
        let fraction = Double(done) / Double(total)
        let filled = Int(fraction * Double(Self.width))
        let bar =
            String(repeating: "#", count: filled)
            + String(repeating: "-", count: Self.width - filled)
        let elapsed = (now - start) / .seconds(1)
        let rest = fraction > 0.01 ? elapsed / fraction - elapsed : 0
        return "[\(bar)] \(TerminalText.percent(fraction))  \(label)  "
            + "\(TerminalText.duration(seconds: rest)) left"
    }
}
