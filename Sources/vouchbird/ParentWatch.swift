import Foundation

/// Ends this process in good order when its parent is gone, however the parent went.
enum ParentWatch {
    /// The parent holds the other end of standard input; the kernel closes it with the parent.
    static func start() {
        FileHandle.standardInput.readabilityHandler = { handle in
            guard handle.availableData.isEmpty else { return }
            handle.readabilityHandler = nil
            kill(getpid(), SIGTERM)
        }
    }
}
