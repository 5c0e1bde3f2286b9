import Foundation
import Testing

/// A directory for one test, gone afterwards. Short, because sockets live below it.
final class Scratch {
    let path: String

    init() throws {
        path = "/tmp/vb-test-\(UInt32.random(in: .min ... .max))"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String) throws -> String {
        let file = "\(path)/\(name)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        return file
    }

    /// Every plain file and socket below, relative, sorted.
    func files(below folder: String = "") -> [String] {
        let entries = FileManager.default.enumerator(atPath: "\(path)/\(folder)")
        return (entries?.compactMap { $0 as? String } ?? []).filter { name in
            let attributes = try? FileManager.default.attributesOfItem(
                atPath: "\(path)/\(folder)/\(name)")
            return attributes?[.type] as? FileAttributeType != .typeDirectory
        }.sorted()
    }
}

/// One run of the built `vouchbird`: what it said and how it ended.
struct CommandRun {
    let arguments: [String]
    let status: Int32
    let output: String
    let errorOutput: String

    /// The program that was built together with the tests: it stands beside their bundle.
    private static let binary = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("vouchbird")

    /// Runs it to its end with nothing on its standard input. `environment` is all that the program
    /// gets: nothing of the machine's own leaks into a test. Outputs go through files in `scratch`.
    init(_ arguments: [String], _ scratch: Scratch, environment: [String: String] = [:]) throws {
        self.arguments = arguments
        let process = Process()
        process.executableURL = Self.binary
        process.arguments = arguments
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        let output = URL(fileURLWithPath: try scratch.write(".output", ""))
        let errorOutput = URL(fileURLWithPath: try scratch.write(".error", ""))
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errorOutput)
        try process.run()
        process.waitUntilExit()
        status = process.terminationReason == .exit ? process.terminationStatus : -1
        self.output = String(decoding: try Data(contentsOf: output), as: UTF8.self)
        self.errorOutput = String(decoding: try Data(contentsOf: errorOutput), as: UTF8.self)
        for file in [output, errorOutput] { try FileManager.default.removeItem(at: file) }
    }

    /// The document on standard output.
    func document() throws -> [String: Any] { try Self.document(output, self) }

    /// The document on standard error.
    func errorDocument() throws -> [String: Any] { try Self.document(errorOutput, self) }

    private static func document(_ text: String, _ run: CommandRun) throws -> [String: Any] {
        let comment: Comment = "\(run.arguments): \(run.output)\(run.errorOutput)"
        let value = try? JSONSerialization.jsonObject(with: Data(text.utf8))
        let document = try #require(value as? [String: Any], comment)
        let schema = try #require(document["schema"] as? String, comment)
        #expect(schema.hasPrefix("vouchbird.") && schema.hasSuffix("/1"), comment)
        return document
    }
}
