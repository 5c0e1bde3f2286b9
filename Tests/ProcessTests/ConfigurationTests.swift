import Daemon
import Foundation
import Testing

@Suite("Settings")
struct ConfigurationTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test("the file wins over defaults, the environment over the file, flags over both")
    func precedence() throws {
        let file = try scratch.write(
            "config.toml",
            "[node]\nname = \"file\"\nnetwork = \"file\"\n\n[log]\nlevel = \"info\"\n")
        let loaded = try Configuration.load(
            path: file,
            environment: ["VOUCHBIRD_NODE_NETWORK": "env", "VOUCHBIRD_LOG_LEVEL": "debug"],
            flags: [(.logLevel, "trace")])
        #expect(loaded.node.name == "file")
        #expect(loaded.node.network == "env")
        #expect(loaded.log.level == .trace)
        #expect(loaded.ranking == Configuration().ranking)
        #expect(loaded.origin(of: .nodeName) == .file(line: 2))
        #expect(loaded.origin(of: .nodeNetwork) == .environment)
        #expect(loaded.origin(of: .logLevel) == .flag)
        #expect(loaded.origin(of: .rankingMode) == .standard)
    }

    @Test("what is written is read again, for every setting and for awkward text")
    func roundTrip() throws {
        var configuration = Configuration()
        configuration.node.name = "a \"quoted\" \\ name é"
        configuration.node.listen = ["tcp://127.0.0.1:1", "tcp://[::1]:65535"]
        configuration.gossip.antiEntropySeconds = 7
        configuration.ranking.mode = .trusted
        configuration.ranking.halfLifeDays = 0.5
        configuration.privacy.sharePlays = true
        let file = try scratch.write("config.toml", configuration.fileText())
        let read = try Configuration.load(path: file, environment: [:])
        for setting in Setting.allCases {
            #expect(read.text(of: setting) == configuration.text(of: setting))
            #expect(read.origin(of: setting) != .standard, "\(setting.rawValue) is in the file")
        }
    }

    @Test("no file means defaults; a name of the environment that is no setting is refused")
    func missingAndUnknown() throws {
        let path = "\(scratch.path)/none.toml"
        #expect(try Configuration.load(path: path, environment: [:]) == Configuration())
        let failure = #expect(throws: ConfigurationFailure.self) {
            try Configuration.load(path: path, environment: ["VOUCHBIRD_NODE_NAM": "x"])
        }
        #expect(failure?.code == .configuration)
        #expect(throws: Never.self) {
            try Configuration.load(path: path, environment: ["VOUCHBIRD_DATA_DIR": "x"])
        }
    }

    @Test(
        "addresses are tcp://HOST:PORT and nothing else",
        arguments: [
            ("tcp://127.0.0.1:27170", true), ("tcp://[::1]:1", true),
            ("tcp://host.example:1", true),
            ("tcp://host:0", false), ("tcp://host:65536", false), ("tcp://host:+1", false),
            ("tcp://:1", false), ("tcp://a:b:1", false), ("tcp://a/b:1", false),
            ("udp://a:1", false), ("tcp://a:1 ", false), ("tcp://[]:1", false), ("", false),
        ])
    func addresses(text: String, isValid: Bool) {
        #expect(TransportAddress.isValid(text) == isValid)
    }
}

@Suite("Places")
struct PathsTests {
    private func resolve(_ directory: String?, _ environment: [String: String]) throws -> Paths {
        try Paths.resolve(
            dataDirectory: directory, environment: environment, workingDirectory: "/home",
            userIdentifier: 1000)
    }

    @Test("one directory holds everything when it is named, by flag before environment")
    func dataDirectory() throws {
        let paths = try resolve("ana/./x//", ["VOUCHBIRD_DATA_DIR": "/other", "HOME": "/home/a"])
        #expect(paths.configurationFile == "/home/ana/x/config.toml")
        #expect(paths.authorKey == "/home/ana/x/keys/author.key")
        #expect(paths.ownDatabase == "/home/ana/x/own.db")
        #expect(paths.lockFile == "/home/ana/x/daemon.lock")
        #expect(paths.controlSocket == "/home/ana/x/control.sock")
        #expect(try resolve(nil, ["VOUCHBIRD_DATA_DIR": "/other"]).stateDirectory == "/other")
    }

    @Test("the XDG variables and their defaults hold, relative ones do not")
    func xdg() throws {
        let standard = try resolve(nil, ["HOME": "/home/a", "XDG_STATE_HOME": "relative"])
        #expect(standard.configurationFile == "/home/a/.config/vouchbird/config.toml")
        #expect(standard.stateDirectory == "/home/a/.local/state/vouchbird")
        #expect(standard.controlSocket == "/home/a/.local/state/vouchbird/control.sock")
        let named = try resolve(
            nil, ["XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s", "XDG_RUNTIME_DIR": "/run/u"])
        #expect(named.configurationFile == "/c/vouchbird/config.toml")
        #expect(named.stateDirectory == "/s/vouchbird")
        #expect(named.runtimeDirectory == "/run/u/vouchbird")
        let other = try resolve(
            nil, ["XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s2", "XDG_RUNTIME_DIR": "/run/u"])
        #expect(other.controlSocket != named.controlSocket, "two nodes of one user never meet")
        #expect(throws: ConfigurationFailure.self) { try resolve(nil, [:]) }
    }

    @Test("a socket path that the system would refuse moves to a short directory")
    func longPath() throws {
        let long = "/" + String(repeating: "x", count: 120)
        let paths = try resolve(long, ["XDG_RUNTIME_DIR": "/run/user/1000"])
        #expect(paths.stateDirectory == long)
        #expect(paths.controlSocket.hasPrefix("/run/user/1000/vouchbird/"))
        #expect(try resolve(long + "y", [:]).controlSocket.hasPrefix("/tmp/vouchbird-1000/"))
        #expect(
            try resolve(long, [:]).controlSocket != resolve(long + "y", [:]).controlSocket)
        let both = try resolve(long, ["XDG_RUNTIME_DIR": long])
        #expect(both.controlSocket.utf8.count <= Paths.maximumSocketPathBytes)
    }

    @Test("directories are made for their owner alone, and others' are refused")
    func directories() throws {
        let scratch = try Scratch()
        let paths = try resolve("\(scratch.path)/a/b", [:])
        try paths.prepareDirectories()
        let made = try FileManager.default.attributesOfItem(atPath: "\(scratch.path)/a/b")
        #expect(made[.posixPermissions] as? Int == 0o700)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o750], ofItemAtPath: "\(scratch.path)/a/b")
        let failure = #expect(throws: ConfigurationFailure.self) { try paths.checkDirectories() }
        #expect(failure?.code == .permissions)
        let file = try scratch.write("file", "")
        let blocked = #expect(throws: ConfigurationFailure.self) {
            try resolve("\(file)/x", [:]).prepareDirectories()
        }
        #expect(blocked?.code == .cannotCreate)
        if geteuid() == 0 {
            let foreign = try resolve("\(scratch.path)/foreign", [:])
            try foreign.prepareDirectories()
            try FileManager.default.setAttributes(
                [.ownerAccountID: 12345], ofItemAtPath: foreign.stateDirectory)
            #expect(throws: ConfigurationFailure.self) { try foreign.checkDirectories() }
        }
    }
}
