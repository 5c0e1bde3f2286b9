public import Foundation

/// What a command said and how it ended.
public struct CommandResult: Hashable, Sendable {
    public var exitCode: Int32
    public var output: String
    public var errorOutput: String

    /// Runs a program to its end.
    ///
    /// Throws `.deadline` (and kills it) when it takes longer than `seconds`, `.process` when it cannot
    /// start or dies by a signal.
    public static func run(
        _ executable: URL, _ arguments: [String], environment: [String: String] = [:],
        seconds: Double = 30
    ) throws(TestbedFailure) -> CommandResult {
        let child = try ChildProcess(
            executable: executable, arguments: arguments, environment: environment)
        child.releaseLeash()
        switch child.wait(seconds: seconds) {
        case .exited(let code):
            child.drain(seconds: 5)
            return CommandResult(
                exitCode: code, output: child.outputText, errorOutput: child.errorText)
        case .killed(let signal):
            throw TestbedFailure(
                code: .process, operation: child.commandLine, message: "died by signal \(signal)",
                cause: child.lastWords)
        case nil:
            child.kill()
            throw TestbedFailure(
                code: .deadline, operation: child.commandLine,
                message: "still running after \(seconds) s", cause: child.lastWords)
        }
    }
}
