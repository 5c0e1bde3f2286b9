import Foundation
import Testing

@Suite("The command tree")
struct CommandTreeTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private var node: String { "\(scratch.path)/node" }

    private func run(_ arguments: [String], environment: [String: String] = [:]) throws
        -> CommandRun
    {
        try CommandRun(arguments, scratch, environment: environment)
    }

    private func makeNode() throws {
        let made = try run(["init", "--name", "ana", "--data-dir", node])
        try #require(made.status == 0, "\(made.errorOutput)")
    }

    // MARK: Every leaf

    @Test("every leaf has help and --json, and refuses an unknown flag with 64 and a document")
    func leaves() throws {
        let leaves = try leafPaths()
        #expect(leaves.count >= 35)
        for leaf in leaves {
            let help = try run(leaf + ["--help"])
            #expect(help.status == 0 && help.output.contains("USAGE"), "\(leaf)")
            #expect(help.output.contains("--json"), "\(leaf)")
            let refused = try run(leaf + ["--no-such-flag", "--json"])
            #expect(refused.status == 64, "\(leaf)")
            #expect(refused.output.isEmpty, "\(leaf)")
            #expect(try refused.errorDocument()["code"] as? String == "usage", "\(leaf)")
        }
    }

    /// The leaves by the parser's own account of itself.
    private func leafPaths() throws -> [[String]] {
        let dump = try run(["--experimental-dump-help"])
        let value = try JSONSerialization.jsonObject(with: Data(dump.output.utf8))
        let root = try #require((value as? [String: Any])?["command"] as? [String: Any])
        func walk(_ command: [String: Any], _ path: [String]) -> [[String]] {
            let children = (command["subcommands"] as? [[String: Any]] ?? []).filter {
                $0["commandName"] as? String != "help"
            }
            guard !children.isEmpty else { return [path] }
            return children.flatMap { walk($0, path + [$0["commandName"] as? String ?? "?"]) }
        }
        return walk(root, [])
    }

    @Test("commands that need no daemon print documents")
    func offline() throws {
        let made = try run(["init", "--json", "--name", "ana", "--data-dir", node])
        let first = try made.document()
        let shown = try run(["identity", "show", "--json", "--data-dir", node]).document()
        #expect(shown["author"] as? String == first["author"] as? String)
        #expect(shown["name"] as? String == "ana")
        #expect((shown["node_key"] as? String)?.count == 64)
        #expect(try run(["version", "--json"]).document()["version"] is String)
        let paths = try run(["paths", "--json", "--data-dir", node]).document()
        #expect(paths["control_socket"] as? String == "\(node)/control.sock")
        let settings = try run(["daemon", "--check-config", "--json", "--data-dir", node])
        #expect((try settings.document()["items"] as? [Any])?.count == 14)
        let checkup = try run(["doctor", "--json", "--data-dir", node])
        #expect(checkup.status == 2, "no daemon is a warning")
        #expect((try checkup.document()["items"] as? [Any])?.isEmpty == false)
    }

    @Test("global options are also taken in front of the command")
    func globalOptionsInFront() throws {
        let paths = try run(["--data-dir", node, "--json", "paths"]).document()
        #expect(paths["state_directory"] as? String == node)
    }

    // MARK: Exit codes

    @Test(
        "without a daemon a request ends with 69 and the command that starts one",
        arguments: [
            ["status"], ["like", "x"], ["recommend"], ["why", "x"], ["trust", "list"],
            ["peers", "list"], ["invite", "create"], ["history"], ["export", "events"], ["stop"],
        ])
    func notRunning(command: [String]) throws {
        let plain = try run(command + ["--data-dir", node])
        #expect(plain.status == 69)
        #expect(plain.output.isEmpty)
        #expect(plain.errorOutput.contains("vouchbird daemon"))
        guard command.first != "export" else { return }
        let error = try run(command + ["--json", "--data-dir", node]).errorDocument()
        #expect(error["code"] as? String == "not-running")
        #expect(error["exit_code"] as? Int == 69)
        #expect(error["schema"] as? String == "vouchbird.error/1")
    }

    @Test("a bad graph file ends with 65 and says where it is wrong")
    func badGraph() throws {
        let cases = [
            ("text.json", "not json", "JSON"), ("empty.json", "{}", "graph"),
            ("short.json", #"{"graph":{"users":1,"seed":0,"trust":[],"listens":[]}}"#, "items"),
            (
                "ego.json", #"{"graph":{"users":1,"items":1,"seed":5,"trust":[],"listens":[]}}"#,
                "seed"
            ),
            (
                "edge.json",
                #"{"graph":{"users":1,"items":1,"seed":0,"trust":[[0,9,1]],"listens":[]}}"#,
                "trust[0]"
            ),
        ]
        for (name, text, word) in cases {
            let file = try scratch.write(name, text)
            let ranked = try run(["rank", "--graph", file, "--json"])
            #expect(ranked.status == 65, "\(name)")
            let message = try ranked.errorDocument()["message"] as? String
            #expect(message?.contains(word) == true, "\(name): \(message ?? "")")
        }
        #expect(try run(["rank", "--graph", "\(scratch.path)/none"]).status == 65)
    }

    @Test(
        "rank gives the same bytes for the same file, engine and seed",
        arguments: [
            "tsalsa", "taste", "web3recommend", "meritrank", "salsa",
        ])
    func rank(engine: String) throws {
        let graph = #"""
            {"graph":{"users":4,"items":5,"seed":0,
            "trust":[[0,1,3],[0,2,1],[1,3,1],[2,3,1]],
            "listens":[[0,0,4],[0,1,1],[1,0,2],[1,2,2],[2,1,1],[2,3,3],[3,2,1],[3,4,1]]},
            "params":{"alpha_trust":0.15},"expected":{"unread":[1]}}
            """#
        let file = try scratch.write("g.json", graph)
        let arguments = [
            "rank", "--graph", file, "--engine", engine, "--json", "--seed", "7", "--arrays",
        ]
        let first = try run(arguments)
        #expect(try run(arguments).output == first.output)
        let document = try first.document()
        #expect(document["engine"] as? String == engine)
        let items = try #require(document["items"] as? [[String: Any]])
        let ranked = items.compactMap { $0["item"] as? Int }
        #expect(Set(ranked).isSubset(of: [2, 3, 4]), "what the ego has is left out")
        #expect(ranked.first == 2)
    }

    @Test("rank lists whom an author trusts, with what made the order")
    func authors() throws {
        let graph =
            #"{"graph":{"users":4,"items":0,"seed":0,"trust":[[0,1,3],[0,2,1],[1,3,1]],"listens":[]}}"#
        let file = try scratch.write("t.json", graph)
        let arguments = ["rank", "--graph", file, "--authors", "--engine", "meritrank"]
        let document = try run(arguments + ["--json"]).document()
        let authors = try #require(document["authors"] as? [[String: Any]])
        #expect(authors.compactMap { $0["author"] as? Int } == [1, 2, 3])
        #expect(authors.last?["bottleneck"] as? Int == 1)
        #expect(authors.last?["path"] as? [Int] == [0, 1, 3])
        #expect(try run(arguments).output.contains("0 -> 1 -> 3"))
        let refused = try run(["rank", "--graph", file, "--authors"])
        #expect(refused.status == 64 && refused.errorOutput.contains("meritrank"))
    }

    @Test("bad settings end with 78 and name the place and what is allowed")
    func badSettings() throws {
        try makeNode()
        let file = "\(node)/config.toml"
        let good = try String(contentsOfFile: file, encoding: .utf8)
        for (text, place, allowed) in [
            ("[node]\nnam = \"x\"\n", "line 2", "node.name"),
            ("[store]\n\nbudget_mib = 3\n", "line 3", "16 to 1048576"),
            ("[ranking]\nmode = \"best\"\n", "line 2", "trusted, balanced"),
            ("[node]\nlisten = [\"udp://x:1\"]\n", "line 2", "tcp://HOST:PORT"),
            ("[node\n", "line 1", "]"),
        ] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: file))
            let refused = try run(["daemon", "--check-config", "--data-dir", node])
            #expect(refused.status == 78, "\(text)")
            #expect(refused.errorOutput.contains("\(file), \(place)"), "\(refused.errorOutput)")
            #expect(refused.errorOutput.contains(allowed), "\(refused.errorOutput)")
        }
        try Data(good.utf8).write(to: URL(fileURLWithPath: file))
        let variable = try run(
            ["daemon", "--check-config", "--data-dir", node],
            environment: ["VOUCHBIRD_LOG_LEVL": "info"])
        #expect(variable.status == 78 && variable.errorOutput.contains("VOUCHBIRD_LOG_LEVEL"))
        let flag = try run(["daemon", "--set", "log.levl=info", "--data-dir", node])
        #expect(flag.status == 78 && flag.errorOutput.contains("log.level"))
    }

    @Test("a key file or a directory that others may read ends with 77 and the command to close it")
    func wideOpen() throws {
        try makeNode()
        for (path, mode) in [("\(node)/keys/author.key", 0o644), ("\(node)/keys", 0o755)] {
            let before = try FileManager.default.attributesOfItem(atPath: path)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            let refused = try run(["identity", "show", "--data-dir", node])
            #expect(refused.status == 77, "\(path)")
            #expect(refused.errorOutput.contains("chmod"), "\(refused.errorOutput)")
            try FileManager.default.setAttributes(
                [.posixPermissions: before[.posixPermissions] ?? 0o600], ofItemAtPath: path)
        }
        #expect(try run(["identity", "show", "--data-dir", node]).status == 0)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: node)
        let daemon = try run(["daemon", "--data-dir", node])
        #expect(daemon.status == 77 && daemon.errorOutput.contains("chmod 700"))
    }

    @Test("init never touches an identity that is there: 73")
    func secondInit() throws {
        try makeNode()
        let author = try String(contentsOfFile: "\(node)/keys/author.key", encoding: .utf8)
        #expect(try run(["init", "--data-dir", node]).status == 73)
        #expect(try String(contentsOfFile: "\(node)/keys/author.key", encoding: .utf8) == author)
    }

    @Test("a node without an identity names init: 78")
    func noIdentity() throws {
        let shown = try run(["identity", "show", "--data-dir", node])
        #expect(shown.status == 78 && shown.errorOutput.contains("vouchbird init"))
    }

    // MARK: Places

    @Test("with the XDG variables set, nothing is written outside of them")
    func directories() throws {
        var environment = ["HOME": "\(scratch.path)/home", "TMPDIR": "\(scratch.path)/tmp"]
        for name in ["HOME", "TMPDIR"] {
            try FileManager.default.createDirectory(
                atPath: environment[name] ?? "", withIntermediateDirectories: true)
        }
        for (name, folder) in [
            ("XDG_CONFIG_HOME", "config"), ("XDG_STATE_HOME", "state"),
            ("XDG_RUNTIME_DIR", "run"), ("XDG_CACHE_HOME", "cache"), ("XDG_DATA_HOME", "data"),
        ] { environment[name] = "\(scratch.path)/xdg/\(folder)" }
        environment["VOUCHBIRD_PASSPHRASE"] = "correct horse"
        for command in [
            ["init", "--non-interactive"], ["identity", "show"], ["version"], ["paths"],
            ["status"], ["doctor"], ["daemon", "--check-config"],
            ["identity", "backup", "--to", "\(scratch.path)/xdg/ana.vbkey"],
        ] {
            let ended = try run(command, environment: environment)
            #expect([0, 2, 69].contains(ended.status), "\(command): \(ended.errorOutput)")
        }
        #expect(scratch.files(below: "home").isEmpty)
        #expect(scratch.files(below: "tmp").isEmpty)
        #expect(
            scratch.files(below: "xdg") == [
                "ana.vbkey", "config/vouchbird/config.toml", "state/vouchbird/keys/author.key",
                "state/vouchbird/keys/device.key", "state/vouchbird/keys/node.key",
                "state/vouchbird/net.db", "state/vouchbird/own.db",
                "state/vouchbird/own.place",
            ])
        #expect(scratch.files().allSatisfy { $0.hasPrefix("xdg/") }, "\(scratch.files())")
        for file in scratch.files(below: "xdg") {
            let attributes = try FileManager.default.attributesOfItem(
                atPath: "\(scratch.path)/xdg/\(file)")
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(file)")
        }
    }
}
