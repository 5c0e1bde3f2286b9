/// Where a node keeps what: the XDG directories, or one directory for everything.
public struct Paths: Hashable, Sendable {
    public let configurationFile: String
    /// Keys, databases and the lock; mode 0700.
    public let stateDirectory: String
    /// The socket of the command line; mode 0700.
    public let runtimeDirectory: String
    public let controlSocket: String

    /// author.key, device.key and node.key.
    public var keysDirectory: String { "\(stateDirectory)/keys" }
    public var authorKey: String { "\(keysDirectory)/author.key" }
    public var deviceKey: String { "\(keysDirectory)/device.key" }
    public var nodeKey: String { "\(keysDirectory)/node.key" }
    public var ownDatabase: String { "\(stateDirectory)/own.db" }
    public var netDatabase: String { "\(stateDirectory)/net.db" }
    /// Held by the daemon as long as it runs; holds its process id.
    public var lockFile: String { "\(stateDirectory)/daemon.lock" }
    public var configurationDirectory: String { Self.parent(of: configurationFile) }

    /// The longest path of a socket: sun_path has 108 bytes, and libzmq's own suffixes need room.
    public static let maximumSocketPathBytes = 100

    /// Resolves the places without touching any of them.
    ///
    /// `dataDirectory` (or `VOUCHBIRD_DATA_DIR`) puts everything below one directory. Without it the
    /// XDG Base Directory specification holds: `XDG_CONFIG_HOME`, `XDG_STATE_HOME` and
    /// `XDG_RUNTIME_DIR`, each only when absolute, with the specification's defaults below `HOME`.
    /// A socket path that is too long for the system moves to a short directory of this user.
    public static func resolve(
        dataDirectory: String?, environment: [String: String], workingDirectory: String,
        userIdentifier: UInt32
    ) throws(ConfigurationFailure) -> Paths {
        let runtimeBase = absolute(environment["XDG_RUNTIME_DIR"])
        let shortRuntime =
            runtimeBase.map { "\($0)/vouchbird" } ?? "/tmp/vouchbird-\(userIdentifier)"
        if let directory = dataDirectory ?? environment["VOUCHBIRD_DATA_DIR"], !directory.isEmpty {
            let base = normalised(
                directory.hasPrefix("/") ? directory : "\(workingDirectory)/\(directory)")
            return Paths(
                configurationFile: "\(base)/config.toml", stateDirectory: base,
                runtimeDirectory: base, socketName: "control.sock", shortRuntime: shortRuntime)
        }
        let home = absolute(environment["HOME"])
        guard
            let config = absolute(environment["XDG_CONFIG_HOME"]) ?? home.map({ "\($0)/.config" }),
            let state = absolute(environment["XDG_STATE_HOME"])
                ?? home.map({ "\($0)/.local/state" })
        else {
            throw ConfigurationFailure(
                message: "neither HOME nor XDG_CONFIG_HOME and XDG_STATE_HOME are set",
                hint: "say where to keep everything: --data-dir DIR")
        }
        let stateDirectory = "\(state)/vouchbird"
        return Paths(
            configurationFile: "\(config)/vouchbird/config.toml", stateDirectory: stateDirectory,
            runtimeDirectory: runtimeBase == nil ? stateDirectory : shortRuntime,
            socketName: runtimeBase == nil
                ? "control.sock" : "\(shortHash(of: stateDirectory)).sock",
            shortRuntime: shortRuntime)
    }

    private init(
        configurationFile: String, stateDirectory: String, runtimeDirectory: String,
        socketName: String, shortRuntime: String
    ) {
        self.configurationFile = configurationFile
        self.stateDirectory = stateDirectory
        let socket = "\(runtimeDirectory)/\(socketName)"
        if socket.utf8.count <= Self.maximumSocketPathBytes {
            self.runtimeDirectory = runtimeDirectory
            controlSocket = socket
        } else {
            // Also the runtime directory of the system can be too long for a socket.
            let short =
                shortRuntime.utf8.count + 22 <= Self.maximumSocketPathBytes
                ? shortRuntime : "/tmp/vouchbird-\(Self.shortHash(of: shortRuntime))"
            self.runtimeDirectory = short
            controlSocket = "\(short)/\(Self.shortHash(of: stateDirectory)).sock"
        }
    }

    private static func absolute(_ path: String?) -> String? {
        path.flatMap { $0.hasPrefix("/") ? normalised($0) : nil }
    }

    /// Without empty and `.` parts; `..` stays, because symbolic links give it a meaning of its own.
    private static func normalised(_ path: String) -> String {
        let parts = path.split(separator: "/").filter { $0 != "." }
        return "/" + parts.joined(separator: "/")
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    /// FNV-1a, 64 bits: tells the data directories of one user apart, and nothing more, because
    /// the directory of the sockets is closed to everybody else.
    private static func shortHash(of text: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
