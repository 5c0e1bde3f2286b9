import Cryptography
import Foundation
public import Logging
import Primitives
public import ServiceLifecycle
import Storage
import Transport
import UnixSignals

/// The daemon: takes the data directory, opens keys, store and sockets, runs the loop, and ends tidily on
/// SIGTERM, SIGINT or a `stop` request.
public struct DaemonService: Service {
    private let configuration: Configuration
    private let paths: Paths
    private let isSureOfData: Bool
    private let log: Logger
    /// Called once the node takes requests.
    private let ready: @Sendable ([String]) -> Void

    /// `isSureOfData`: the user says that own.db is the newest copy, whatever its inode tells.
    public init(
        configuration: Configuration, paths: Paths, isSureOfData: Bool = false, log: Logger,
        ready: @escaping @Sendable (_ listening: [String]) -> Void
    ) {
        self.configuration = configuration
        self.paths = paths
        self.isSureOfData = isSureOfData
        self.log = log
        self.ready = ready
    }

    /// Makes the databases of a new node. Only here: a daemon refuses keys that have lost theirs.
    public static func createStore(
        configuration: Configuration, paths: Paths, identity: NodeIdentity
    ) throws {
        _ = try NodeParts.openStore(configuration, paths, identity)
        // Nothing is signed yet, so nothing can be older than what was signed.
        OwnPlace(stateDirectory: paths.stateDirectory).write()
    }

    /// Runs until told to stop. Throws what a person must act on before a node can start.
    public static func run(
        configuration: Configuration, paths: Paths, isSureOfData: Bool = false, log: Logger,
        ready: @escaping @Sendable (_ listening: [String]) -> Void
    ) async throws {
        let service = DaemonService(
            configuration: configuration, paths: paths, isSureOfData: isSureOfData, log: log,
            ready: ready)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(
                        service: service, successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .cancelGroup)
                ], gracefulShutdownSignals: [.sigterm, .sigint], logger: log))
        try await group.run()
    }

    public func run() async throws {
        try Sodium.start()
        // A core dump would hold the keys.
        try Sodium.forbidCoreDumps()
        try paths.prepareDirectories()
        let lock = try DirectoryLock(path: paths.lockFile)
        try KeyRotation.finish(configuration, paths)
        let identity = try NodeIdentity.read(paths)
        let parts = try NodeParts(
            configuration: configuration, paths: paths, identity: identity,
            isSureOfData: isSureOfData, log: log)
        let stopper = Stopper()
        try await withGracefulShutdownHandler {
            while try await loop(parts, stopper) == .netDamaged {
                log.warning("net.db is damaged: setting it aside and fetching again what it held")
                try parts.store.replaceNet()
            }
        } onGracefulShutdown: {
            stopper.stop()
        }
        withExtendedLifetime(lock) {}
    }

    /// Runs the loop on a thread of its own: `poll` blocks, and the sockets belong to one thread.
    private func loop(_ parts: NodeParts, _ stopper: Stopper) async throws -> NodeLoop.Outcome {
        let paths = paths
        let ready = ready
        return try await withCheckedThrowingContinuation {
            (done: CheckedContinuation<NodeLoop.Outcome, any Error>) in
            let thread = Thread {
                do {
                    let keys = parts.identity.node
                    let endpoint = try Endpoint(
                        keys: CurveKeys(publicKey: keys.publicKey) {
                            keys.withSecretKey { Array($0) }
                        })
                    let waker = endpoint.waker
                    let mailbox = Mailbox { waker.wake() }
                    let loop = try NodeLoop(parts, mailbox: mailbox, endpoint: endpoint)
                    try endpoint.bindControl(paths.controlSocket)
                    stopper.attach(mailbox)
                    ready(loop.listening)
                    done.resume(returning: loop.run())
                } catch {
                    done.resume(throwing: error)
                }
            }
            thread.name = "node"
            thread.stackSize = 8 << 20
            thread.start()
        }
    }
}
