import ArgumentParser
import Cryptography
import Daemon

struct VersionCommand: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "The version of this program.")

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) async throws {
        let document = VersionDocument(
            version: Version.text, wireVersion: 1, libsodium: Sodium.version)
        guard !session.console.isJSON else { return try session.console.document(document) }
        session.console.line("vouchbird \(document.version)")
    }
}

struct PathsCommand: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "paths", abstract: "Where this node keeps what.")

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) async throws {
        let paths = try session.paths()
        let document = PathsDocument(
            configurationFile: paths.configurationFile, stateDirectory: paths.stateDirectory,
            keysDirectory: paths.keysDirectory, ownDatabase: paths.ownDatabase,
            netDatabase: paths.netDatabase, lockFile: paths.lockFile,
            runtimeDirectory: paths.runtimeDirectory, controlSocket: paths.controlSocket)
        guard !session.console.isJSON else { return try session.console.document(document) }
        session.console.lines(
            TerminalText.table([
                ["config", document.configurationFile], ["state", document.stateDirectory],
                ["keys", document.keysDirectory], ["own records", document.ownDatabase],
                ["others' records", document.netDatabase], ["lock", document.lockFile],
                ["socket", document.controlSocket],
            ]))
    }
}
