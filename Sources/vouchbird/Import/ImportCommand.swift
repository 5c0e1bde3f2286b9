import ArgumentParser
import Daemon
import Datasets
import Foundation

struct ImportCommand: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take interactions from files, private unless --publish, or trust.",
        discussion: """
            Formats: auto, tsv (also CSV: user, item, [weight], [time]), inter and net (RecBole), hetrec \
            and hetrec-friends (HetRec 2011 Last.fm), trust (user, user, [weight]). Files are read as a \
            stream. Importing a file again changes nothing. Trust is always published and needs \
            --publish. Ends with 2 when lines were rejected.
            """)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "auto, tsv, inter, net, hetrec, hetrec-friends or trust.")
    var format: FormatArgument
    @Argument(help: "The files.", completion: .file()) var files: [String]
    @Option(help: ArgumentHelp("Only the rows of this user.", valueName: "id")) var user: String?
    @Option(
        help: ArgumentHelp(
            "Who is who in a trust file: lines of id, tab, vb1... author.", valueName: "map.tsv"),
        completion: .file())
    var authors: String?
    @Option(
        name: .customLong("as"),
        help: "Write interactions as play, like or rate; plays, or ratings if the header says so.")
    var kind: ImportKind?
    @Option(help: ArgumentHelp("The user's column: its name or number.", valueName: "column"))
    var userColumn: String?
    @Option(help: ArgumentHelp("The item's column.", valueName: "column")) var itemColumn: String?
    @Option(help: ArgumentHelp("The weight's column.", valueName: "column")) var weightColumn:
        String?
    @Option(help: ArgumentHelp("The time's column.", valueName: "column")) var timeColumn: String?
    @Flag(help: "Sign and gossip what is imported.") var publish = false
    @Flag(help: "Read everything, write nothing.") var dryRun = false
    @Flag(help: "Show a progress bar even when standard error is no terminal.") var progress = false

    func execute(_ session: Session) async throws {
        let interruption = Interruption()
        let watcher = Task { await interruption.watch() }
        defer { watcher.cancel() }
        var importer = Importer(
            options: try options(), client: dryRun ? nil : try session.client(),
            progress: ProgressBar(
                isShown: progress || session.console.showsProgress,
                total: files.reduce(0) { $0 + Self.size($1) }),
            interruption: interruption)
        let report = try importer.run(files)
        if session.console.isJSON {
            try session.console.document(report)
        } else {
            ImportText.print(report, session.console)
        }
        if report.isInterrupted { throw ExitCode(.interrupted) }
        if report.files.allSatisfy({ $0.format == nil }) { throw ExitCode(.badInput) }
        if report.rejected > 0 { throw ExitCode(.partlyDone) }
    }

    private func options() throws -> ImportOptions {
        ImportOptions(
            format: format.format, user: user,
            columns: ColumnChoice(
                user: userColumn, item: itemColumn, weight: weightColumn, time: timeColumn),
            authors: try authors.map(AuthorMap.init(path:)), kind: kind?.draftKind,
            isPublished: publish, isDryRun: dryRun)
    }

    private static func size(_ path: String) -> UInt64 {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? NSNumber)?.uint64Value ?? 0
    }
}

/// The name of a format on the command line; `auto` looks at the file.
enum FormatArgument: String, ExpressibleByArgument, CaseIterable {
    case auto, tsv, csv, inter, net, hetrec
    case hetrecFriends = "hetrec-friends"
    case trust

    /// Nil: to be recognised.
    var format: DatasetFormat? {
        switch self {
        case .auto: nil
        case .tsv, .csv: .plain
        case .inter: .inter
        case .net: .net
        case .hetrec: .hetrec
        case .hetrecFriends: .hetrecFriends
        case .trust: .trust
        }
    }
}

enum ImportKind: String, ExpressibleByArgument, CaseIterable {
    case play, like, rate

    var draftKind: Draft.Kind {
        switch self {
        case .play: .play
        case .like: .like
        case .rate: .rate
        }
    }
}
