import ArgumentParser
import Cryptography
import Daemon
import Primitives

struct IdentityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identity", abstract: "Who you are to others, and how to keep it safe.",
        subcommands: [
            IdentityShow.self, IdentityBackupCommand.self, IdentityVerify.self,
            IdentityRestore.self, IdentityRotate.self,
        ])
}

struct IdentityShow: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Your author key, this device's feed, this node's key.")

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) async throws {
        try Sodium.start()
        let identity = try NodeIdentity.read(try session.paths())
        let shown = identity.document(name: try session.configuration().node.name)
        guard !session.console.isJSON else { return try session.console.document(shown) }
        session.console.lines(
            TerminalText.table([
                ["Name", TerminalText.safe(shown.name)], ["Author", shown.author],
                ["Words", shown.words], ["Feed", shown.feed], ["Node key", shown.nodeKey],
            ]))
        session.console.note(
            "Give others the author to be trusted by; words are for a quick check by voice.")
    }
}

struct IdentityBackupCommand: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write your author key, sealed by a passphrase, to a file."
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var passphrase: PassphraseOptions
    @Option(help: ArgumentHelp("The file to make.", valueName: "file"), completion: .file())
    var to: String
    @Option(help: "Your words for it; inside the seal.") var label: String?

    func execute(_ session: Session) async throws {
        try Sodium.start()
        let key = try KeyFile(path: try session.paths().authorKey, kind: .author).readSigningKey()
        let name = try session.configuration().node.name
        let backup = try IdentityBackup(key: key, label: label ?? name, created: Clock.wall())
        let secret = try passphrase.required(session, isNew: true)
        try Files.create(to, try backup.sealed(passphrase: secret))
        let document = BackupDocument(backup, path: to)
        guard !session.console.isJSON else { return try session.console.document(document) }
        session.console.line("Wrote \(to) for \(key.publicKey.text)")
        session.console.note(
            "Keep it off this machine. Check it: vouchbird identity verify-backup \(to)")
    }
}

struct IdentityVerify: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "verify-backup",
        abstract: "Whether a backup is whole, and with its passphrase whose it is.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var passphrase: PassphraseOptions
    @Argument(help: "The backup.", completion: .file()) var file: String

    func execute(_ session: Session) async throws {
        try Sodium.start()
        let text = try Files.read(file, limitBytes: IdentityLimits.backupBytes)
        try IdentityBackup.verify(text)
        var document = BackupDocument(path: file)
        if let secret = try passphrase.given(session, isNew: false), !secret.isEmpty {
            document = BackupDocument(
                try IdentityBackup.restore(text, passphrase: secret), path: file)
        }
        guard !session.console.isJSON else { return try session.console.document(document) }
        session.console.line("\(file) is whole.")
        if let author = document.author, let label = document.label, let time = document.createdAt {
            session.console.line(
                "It holds \(author) (\(TerminalText.safe(label)), made \(time)).")
        } else {
            session.console.note("Whose it is says its passphrase: --passphrase-file FILE")
        }
    }
}

struct IdentityRestore: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Make a node of a backed-up identity.",
        discussion: """
            The node gets a device feed and a node key of its own under the same author, so that a \
            restored node never writes into a feed that another device may still be writing.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var passphrase: PassphraseOptions
    @Argument(help: "The backup.", completion: .file()) var file: String
    @Option(help: "What this node calls itself.") var name: String?
    @Option(
        help: ArgumentHelp("Where peers may connect, once for each.", valueName: "tcp://host:port"))
    var listen: [String] = []
    @Option(help: "Only nodes of the same network exchange records.") var network: String?

    func execute(_ session: Session) async throws {
        try Sodium.start()
        let text = try Files.read(file, limitBytes: IdentityLimits.backupBytes)
        try IdentityBackup.verify(text)
        let secret = try passphrase.required(session, isNew: false)
        let backup = try IdentityBackup.restore(text, passphrase: secret)
        let setup = NodeSetup(session: session, name: name, listen: listen, network: network)
        let (identity, configuration) = try setup.run(author: backup.key)
        try setup.report(identity, configuration, isRestored: true)
    }
}

struct IdentityRotate: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Change your author key to a new one, by both keys; the daemon must be stopped.",
        discussion: """
            Who trusts the old key trusts the new one from then on, this device speaks for the new \
            one, and the old one can take nothing back. Other devices of yours go on under the old \
            key until they are restored from a backup of the new one. Do it when others may know the \
            key, and at once: whoever rotates second makes both count for nothing.
            """)

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) async throws {
        try Sodium.start()
        let rotation = try KeyRotation.run(
            configuration: try session.configuration(), paths: try session.paths())
        let document = RotateDocument(
            oldAuthor: rotation.old.publicKey.text, author: rotation.new.publicKey.text,
            words: FingerprintWords.of(rotation.new.publicKey), oldKeyFile: rotation.keptAt)
        guard !session.console.isJSON else { return try session.console.document(document) }
        session.console.lines(
            TerminalText.table([
                ["Was", document.oldAuthor], ["Is now", document.author],
                ["Words", document.words], ["Old key", document.oldKeyFile],
            ]))
        session.console.note("Spread it:         \(session.command("daemon"))")
        session.console.note("Back it up now:    \(session.command("identity backup --to FILE"))")
    }
}

/// A backup is well under a kilobyte; what is larger is another file.
private enum IdentityLimits {
    static let backupBytes: UInt64 = 65_536
}

extension BackupDocument {
    init(_ backup: IdentityBackup, path: String) {
        self.init(
            path: path, author: backup.key.publicKey.text,
            words: FingerprintWords.of(backup.key.publicKey), label: backup.label,
            createdAt: backup.created.text)
    }
}
