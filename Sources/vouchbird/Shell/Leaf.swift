import ArgumentParser
import Foundation

/// A command that does something, as opposed to one that only groups others.
protocol Leaf: AsyncParsableCommand {
    var global: GlobalOptions { get }
    /// Does the work and prints the result. Throws what `CommandFailure` knows, or an `ExitCode` when
    /// the result has been printed and is less than whole.
    func execute(_ session: Session) async throws
}

extension Leaf {
    func run() async throws {
        try await execute(Session(global, environment: ProcessInfo.processInfo.environment))
    }
}

extension ExitCode {
    init(_ status: ExitStatus) { self.init(status.rawValue) }
}
