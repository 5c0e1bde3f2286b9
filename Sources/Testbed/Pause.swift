import Foundation

/// Between two questions to somebody who cannot say when the answer changes.
enum Pause {
    static func milliseconds(_ milliseconds: Int) {
        Thread.sleep(forTimeInterval: Double(milliseconds) / 1000)
    }
}
