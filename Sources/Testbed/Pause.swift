import Foundation

/// Between two questions to somebody who cannot say when the answer changes.
public enum Pause {
    public static func milliseconds(_ milliseconds: Int) {
        Thread.sleep(forTimeInterval: Double(milliseconds) / 1000)
    }
}
