public import Foundation

/// Runs the scripts of `Tests/Support/python` under the system's Python: the independent
/// counterparts that our own code is compared with.
public enum Python {
    /// Debian's interpreter, because Debian's packages (python3-nacl, python3-zmq) are made for it.
    public static let interpreter = "/usr/bin/python3"

    /// What a test says when it is skipped for lack of a module.
    public static func missing(_ module: String) -> String {
        "needs \(interpreter) with \(module): apt-get install python3-nacl python3-zmq"
    }

    /// Whether the module can be imported.
    public static func has(_ module: String) -> Bool {
        guard FileManager.default.isExecutableFile(atPath: interpreter) else { return false }
        return (try? run(["-c", "import \(module)"])) != nil
    }

    /// Standard output of a script of `Tests/Support/python`; throws `Failure` when it exits
    /// otherwise than by 0.
    public static func script(_ name: String, _ arguments: [String] = []) throws -> Data {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "python")
        return try run([folder.appending(path: name).path()] + arguments)
    }

    public struct Failure: Error, CustomStringConvertible {
        public let status: Int32
        public let output: String
        public var description: String { "python exited with \(status): \(output)" }
    }

    private static func run(_ arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(filePath: interpreter)
        process.arguments = arguments
        process.environment = ["PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/bin:/bin"]
        let output = Pipe()
        let errors = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        // Scripts write little to standard error, so reading one after the other cannot block.
        let data = output.fileHandleForReading.readDataToEndOfFile()
        let complaint = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(
                status: process.terminationStatus,
                output: String(decoding: complaint, as: UTF8.self))
        }
        return data
    }
}
