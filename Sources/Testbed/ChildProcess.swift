public import Foundation
import Glibc

/// A running child process: its output is read as it comes, its end can be awaited.
///
/// The child's standard input is a leash: a pipe that nobody writes to and that closes when this
/// process goes, however it goes. `vouchbird daemon --exit-with-parent` ends when it closes.
public final class ChildProcess: Sendable {
    /// How a process ended.
    public enum Ending: Hashable, Sendable {
        case exited(Int32)
        case killed(signal: Int32)
    }

    public let processIdentifier: Int32
    /// For messages: the program and its arguments.
    public let commandLine: String
    private let process: Process
    private let leash: Pipe
    private let output = OutputLines()
    private let errorOutput = OutputLines()
    private let ending = Latch<Ending>()

    /// Starts `executable`. Throws `.process` when there is no such program.
    public init(
        executable: URL, arguments: [String], environment: [String: String] = [:],
        directory: URL? = nil
    ) throws(TestbedFailure) {
        process = Process()
        leash = Pipe()
        commandLine = ([executable.lastPathComponent] + arguments).joined(separator: " ")
        let standardOutput = Pipe()
        let standardError = Pipe()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let directory { process.currentDirectoryURL = directory }
        process.standardInput = leash
        process.standardOutput = standardOutput
        process.standardError = standardError
        process.terminationHandler = { [ending] process in
            ending.set(
                process.terminationReason == .exit
                    ? .exited(process.terminationStatus)
                    : .killed(signal: process.terminationStatus))
        }
        do {
            try process.run()
        } catch {
            throw TestbedFailure(
                code: .process, operation: "start \(executable.path)",
                message: "the program did not start", cause: "\(error)")
        }
        processIdentifier = process.processIdentifier
        output.follow(standardOutput.fileHandleForReading)
        errorOutput.follow(standardError.fileHandleForReading)
    }

    // MARK: What it says

    /// The first line of standard output that `matches`; nil when the output ends or time is up.
    public func outputLine(seconds: Double, where matches: (String) -> Bool) -> String? {
        output.firstLine(seconds: seconds, where: matches)
    }

    /// The first line of standard error that `matches`; nil when the output ends or time is up.
    public func errorLine(seconds: Double, where matches: (String) -> Bool) -> String? {
        errorOutput.firstLine(seconds: seconds, where: matches)
    }

    public var outputText: String { output.all.joined(separator: "\n") }
    public var errorText: String { errorOutput.all.joined(separator: "\n") }

    /// Bytes of standard error so far, those that are kept no longer too.
    public var errorBytes: Int { errorOutput.byteCount }

    /// The last lines of both outputs, for a failure's cause.
    public var lastWords: String {
        [errorOutput.tail(), output.tail(8)].filter { !$0.isEmpty }.joined(separator: "\n")
    }

    /// Waits for the end of both outputs, so that their text is whole.
    public func drain(seconds: Double = 5) {
        _ = output.waitForEnd(seconds: seconds)
        _ = errorOutput.waitForEnd(seconds: seconds)
    }

    // MARK: Its life

    public var isRunning: Bool { ending.current == nil }

    /// How it ended, awaited; nil when it still runs after `seconds`.
    public func wait(seconds: Double) -> Ending? { ending.wait(seconds: seconds) }

    /// Sends a signal; nothing happens to a process that has ended.
    public func signal(_ number: Int32) {
        if isRunning { _ = Glibc.kill(processIdentifier, number) }
    }

    /// SIGKILL, and waits until the process is gone.
    public func kill() {
        signal(SIGKILL)
        _ = wait(seconds: 10)
    }

    /// SIGTERM, and SIGKILL when that is not obeyed within `seconds`. How it ended.
    @discardableResult
    public func stop(seconds: Double = 5) -> Ending? {
        signal(SIGTERM)
        if let ending = wait(seconds: seconds) { return ending }
        kill()
        return ending.current
    }

    /// Lets go of the leash, as the end of this process would.
    public func releaseLeash() { try? leash.fileHandleForWriting.close() }

    deinit {
        if isRunning { _ = Glibc.kill(processIdentifier, SIGKILL) }
    }
}
