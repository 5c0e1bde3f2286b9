import Daemon
import Logging

/// Where the command line hands over to the daemon.
enum DaemonLaunch {
    /// Runs the node until it is stopped; says `Ready.` on standard error once it takes requests.
    static func run(
        _ configuration: Configuration, _ paths: Paths, isSureOfData: Bool, _ console: Console
    ) async throws {
        let level = Logger.Level(rawValue: configuration.log.level.rawValue) ?? .notice
        var log = Logger(label: "vouchbird") { label in
            StreamLogHandler.standardError(label: label)
        }
        log.logLevel = level
        try await DaemonService.run(
            configuration: configuration, paths: paths, isSureOfData: isSureOfData, log: log
        ) { places in
            console.note("Listening on \(places.joined(separator: ", "))")
            console.note("Ready.")
        }
    }
}
