import Foundation
import Glibc

/// Holds a data directory for one process, by `flock` on a file that names the holder.
///
/// The kernel drops the lock with the process, so a killed daemon never blocks the next.
public final class DirectoryLock: Sendable {
    private let handle: FileHandle

    /// Takes the lock. Throws `locked` with the holder's pid when another process has it.
    public init(path: String) throws(OperatingError) {
        let manager = FileManager.default
        if !manager.fileExists(atPath: path) {
            _ = manager.createFile(
                atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        }
        guard let handle = FileHandle(forUpdatingAtPath: path) else {
            throw OperatingError(
                code: .permissions, operation: "open \(path)",
                message: "cannot open the lock file \(path)", hints: ["see: ls -l \(path)"])
        }
        guard flock(handle.fileDescriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            throw Self.taken(path: path, holder: holder)
        }
        self.handle = handle
        try? handle.truncate(atOffset: 0)
        try? handle.write(
            contentsOf: Data(
                "\(ProcessInfo.processInfo.processIdentifier) \(Clock.wall().text)\n".utf8))
    }

    /// Waits until nobody holds the lock: the daemon has ended. Looks again every 20 ms, because nothing tells of
    /// an end; true at once where there is no lock file.
    public static func waitUntilFree(path: String, milliseconds: Int) -> Bool {
        guard let handle = FileHandle(forReadingAtPath: path) else { return true }
        let end = ContinuousClock.now + .milliseconds(milliseconds)
        while flock(handle.fileDescriptor, LOCK_SH | LOCK_NB) != 0 {
            guard ContinuousClock.now < end else { return false }
            Thread.sleep(forTimeInterval: 0.02)
        }
        return true
    }

    private static func taken(path: String, holder: String) -> OperatingError {
        let words = holder.split(separator: " ").map(String.init)
        let who =
            words.isEmpty
            ? ""
            : " (pid \(words[0])"
                + (words.count > 1
                    ? ", started \(words[1].trimmingCharacters(in: .newlines)))" : ")")
        let directory = (path as NSString).deletingLastPathComponent
        return OperatingError(
            code: .locked, operation: "lock \(path)",
            message: "another vouchbird daemon\(who) uses \(directory)",
            hints: [
                "see it:        vouchbird status", "stop it:       vouchbird stop",
                "second node:   vouchbird --data-dir DIR daemon",
            ])
    }
}
