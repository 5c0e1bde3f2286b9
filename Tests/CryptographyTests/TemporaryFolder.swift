import Foundation

/// A folder of its own for one test, 0700, removed at the end.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "vouchbird-keys-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: file(name))))
    }

    /// Writes a file with 0600, as an attacker or a fault would leave it.
    func write(_ name: String, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(filePath: file(name)))
        try setMode(name, 0o600)
    }

    func setMode(_ name: String, _ mode: Int) throws {
        let path = name.isEmpty ? path : file(name)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    func mode(_ name: String) throws -> Int? {
        let path = name.isEmpty ? path : file(name)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? NSNumber)?.intValue
    }

    /// Changes the owner of a file, or of the folder itself; only root may.
    func give(_ name: String, to user: UInt32) -> Bool {
        unsafe chown(name.isEmpty ? path : file(name), user, user) == 0
    }

    func makePipe(_ name: String) -> Bool { unsafe mkfifo(file(name), 0o600) == 0 }
}
