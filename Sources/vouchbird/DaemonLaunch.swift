import Daemon

enum DaemonLaunch {
    static func run(_ configuration: Configuration, _ paths: Paths, _ console: Console) async throws
    {
        throw CommandFailure(.failed, code: "failed", "the engine is not merged into this branch")
    }
}
