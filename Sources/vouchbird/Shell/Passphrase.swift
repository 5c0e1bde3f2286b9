import ArgumentParser
import Foundation

/// Where a passphrase comes from: a file, the environment, or the person at the terminal.
struct PassphraseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Read the passphrase from the first line of FILE; VOUCHBIRD_PASSPHRASE holds one too.",
            valueName: "file"),
        completion: .file())
    var passphraseFile: String?

    /// The passphrase, nil when none is given and nobody can be asked.
    func given(_ session: Session, isNew: Bool) throws -> String? {
        if let passphraseFile {
            let text = try Files.read(passphraseFile, limitBytes: 4096)
            return text.split(separator: "\n", omittingEmptySubsequences: false).first.map(
                String.init)
        }
        if let text = session.environment["VOUCHBIRD_PASSPHRASE"], !text.isEmpty { return text }
        guard Console.canAsk else { return nil }
        let first = Self.ask("Passphrase: ")
        guard isNew else { return first }
        guard Self.ask("Again: ") == first else {
            throw CommandFailure.usage("the two passphrases differ")
        }
        return first
    }

    func required(_ session: Session, isNew: Bool) throws -> String {
        guard let text = try given(session, isNew: isNew), !text.isEmpty else {
            throw CommandFailure.usage(
                "a backup needs a passphrase", hint: "--passphrase-file FILE")
        }
        return text
    }

    /// Reads a line without showing it. `stty` does what would take C pointers here.
    private static func ask(_ prompt: String) -> String {
        Console.write(prompt, to: .standardError)
        setEcho("-echo")
        defer {
            setEcho("echo")
            Console.write("\n", to: .standardError)
        }
        return readLine() ?? ""
    }

    private static func setEcho(_ mode: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/stty")
        process.arguments = [mode]
        process.standardInput = FileHandle.standardInput
        try? process.run()
        process.waitUntilExit()
    }
}
