import Foundation
import Primitives

/// A directory for the files of one simulation that goes with it.
final class Scratch {
    let path: String

    /// In memory where the system has a place for that: synchronisations are simulated, and waiting for real ones would
    /// only take time.
    init() {
        let memory = "/dev/shm"
        let files = FileManager.default
        let base = files.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
        path = base + "/simnet-\(ProcessInfo.processInfo.processIdentifier)-\(UUID().uuidString)"
        do {
            try files.createDirectory(
                atPath: path, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            broken("a simulation on files needs a directory: \(error)")
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
