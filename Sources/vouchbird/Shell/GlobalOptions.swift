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
