import ArgumentParser

/// The options that every command takes.
struct GlobalOptions: ParsableArguments {
    @Flag(help: "Print one JSON document with a \"schema\" in place of text; errors too.")
    var json = false

    @Flag(name: .shortAndLong, help: "Say nothing beside the result.")
    var quiet = false

    @Flag(help: "Use no colours; NO_COLOR does the same.")
    var noColor = false

    @Option(
        help: ArgumentHelp(
            "Keep everything below DIR instead of the XDG directories; VOUCHBIRD_DATA_DIR too.",
            valueName: "dir"),
        completion: .directory)
    var dataDir: String?

    @Option(help: ArgumentHelp("Wait this long for the daemon.", valueName: "seconds"))
    var timeout: Double = 10

    func validate() throws {
        guard (0.01...86_400).contains(timeout) else {
            throw ValidationError("--timeout takes 0.01 to 86400 seconds")
        }
        guard dataDir != "" else { throw ValidationError("--data-dir needs a directory") }
    }
}

extension GlobalOptions {
    /// `vouchbird --data-dir DIR status` as `vouchbird status --data-dir DIR`: the parser knows these
    /// options at the commands only, people put them in front as well.
    static func moved(_ arguments: [String]) -> [String] {
        var rest = arguments[...]
        var global: [String] = []
        while let first = rest.first {
            if ["--json", "--quiet", "-q", "--no-color"].contains(first) {
                global.append(rest.removeFirst())
            } else if ["--data-dir", "--timeout"].contains(first), rest.count > 1 {
                global += [rest.removeFirst(), rest.removeFirst()]
            } else if first.hasPrefix("--data-dir=") || first.hasPrefix("--timeout=") {
                global.append(rest.removeFirst())
            } else {
                break
            }
        }
        let end = rest.firstIndex(of: "--") ?? rest.endIndex
        return rest.isEmpty ? arguments : Array(rest[..<end]) + global + Array(rest[end...])
    }
}
