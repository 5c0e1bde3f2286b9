import ArgumentParser
import Evaluation
import Foundation
import Reproduction

struct ReproduceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduce",
        abstract: "Run the experiments of a paper again, its figures beside ours.",
        subcommands: [
            ReproduceMeritRank.self, ReproduceWeb3Recommend.self, ReproduceGossipSub.self,
        ])
}

/// Where the tables of a reproduction go.
struct ReproductionOutput: ParsableArguments {
    @Option(help: "Write the rows as TSV into this folder.")
    var out: String?

    @Option(
        help: "Replace what stands between the marks \(Self.begin) and \(Self.end) of this file.")
    var into: String?

    static let begin = "<!-- tables -->"
    static let end = "<!-- end of tables -->"

    /// Prints the tables, and puts them where they were asked for.
    func give(markdown: String, tsv: String, name: String) throws {
        if let out {
            let folder = URL(fileURLWithPath: out)
            try Self.write(out) {
                try FileManager.default.createDirectory(
                    at: folder, withIntermediateDirectories: true)
                try Data(tsv.utf8).write(to: folder.appendingPathComponent(name), options: .atomic)
            }
        }
        if let into { try replace(in: into, by: markdown) }
        Console.print(markdown)
    }

    private func replace(in path: String, by markdown: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw FileFailure(message: "\(path) cannot be read")
        }
        let text = String(decoding: data, as: UTF8.self)
        guard let first = text.range(of: Self.begin + "\n"), let last = text.range(of: Self.end),
            first.upperBound <= last.lowerBound
        else { throw FileFailure(message: "\(path) has no marks for tables") }
        let changed = text.replacingCharacters(
            in: first.upperBound..<last.lowerBound, with: "\n" + markdown + "\n")
        try Self.write(path) {
            try Data(changed.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        }
    }

    private static func write(_ path: String, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            throw FileFailure(message: "\(path) cannot be written: \(error.localizedDescription)")
        }
    }
}

struct ReproduceMeritRank: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "meritrank",
        abstract: "The gain of Sybils against alpha, beta, gamma and their number, by topology.",
        discussion: """
            Runs on a generated network and on the trust.tsv of each folder given; see \
            docs/research/meritrank.md.
            """)

    @Option(help: "A folder with trust.tsv. May be repeated.", completion: .directory)
    var data: [String] = []

    @Option(help: "Starts every random stream.")
    var seed: UInt64 = 1

    @Option(help: "Attacks that each figure is a mean of.")
    var attacks = 20

    @Option(help: "Walks for each ranking.")
    var walks = 10_000

    @OptionGroup var output: ReproductionOutput

    func validate() throws {
        guard (1...10_000).contains(attacks) else {
            throw ValidationError("--attacks takes 1 to 10000")
        }
        // Walks of alpha 0.01 take a hundred steps.
        guard (1...1_000_000).contains(walks) else {
            throw ValidationError("--walks takes 1 to 1000000")
        }
    }

    func run() throws {
        var settings = MeritRankExperiment.Settings()
        (settings.seed, settings.attacks, settings.walks) = (seed, attacks, walks)
        var networks = [TrustNetwork(seed: seed)]
        for folder in data {
            let url = URL(fileURLWithPath: folder)
            do {
                networks.append(
                    TrustNetwork(
                        name: url.lastPathComponent,
                        pairs: try DataFiles.trust([url.appendingPathComponent("trust.tsv").path])))
            } catch {
                throw FileFailure(message: "\(error)")
            }
        }
        var rows: [GainRow] = []
        for network in networks {
            var bar = ProgressBar()
            rows += MeritRankExperiment(network, settings).run { done, total in
                bar.show(UInt64(done), of: UInt64(total), network.name)
            }
            bar.finish()
        }
        let tables = GainTables(rows)
        try output.give(markdown: tables.markdown, tsv: tables.tsv, name: "meritrank.tsv")
    }
}

struct ReproduceWeb3Recommend: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "web3recommend",
        abstract: "What colluders gain from each engine, and held-out items that come back.",
        discussion: """
            Runs on a generated community, or on the train.tsv and test.tsv of each folder given, with \
            trust made from likeness as in the paper; see docs/research/web3recommend.md.
            """)

    @Option(help: "A folder with train.tsv and test.tsv. May be repeated.", completion: .directory)
    var data: [String] = []

    @Option(help: "Starts every random stream.")
    var seed: UInt64 = 1

    @Option(help: "Users whose strongest item is held out.")
    var users = 100

    @Option(help: "Users whose lists are looked at under each attack.")
    var egos = 20

    @Option(help: "Walks for each ranking by the paper's engine.")
    var walks = 10_000

    @OptionGroup var output: ReproductionOutput

    func validate() throws {
        guard (1...1_000_000).contains(users), (1...10_000).contains(egos) else {
            throw ValidationError("--users takes 1 to 1000000, --egos 1 to 10000")
        }
        guard (1...1_000_000).contains(walks) else {
            throw ValidationError("--walks takes 1 to 1000000")
        }
    }

    func run() throws {
        var settings = Web3RecommendExperiment.Settings()
        (settings.seed, settings.users, settings.egos, settings.walks) = (seed, users, egos, walks)
        var rows: [ExperimentRow] = []
        do {
            for (name, table) in try tables() {
                var bar = ProgressBar()
                rows += try Web3RecommendExperiment(network: name, table, settings).run {
                    bar.show(UInt64($0), of: UInt64($1), name)
                }
                bar.finish()
            }
        } catch let failure as EvaluationFailure {
            throw FileFailure(message: "\(failure)")
        }
        let tables = ExperimentTables(rows)
        try output.give(markdown: tables.markdown, tsv: tables.tsv, name: "web3recommend.tsv")
    }

    private func tables() throws -> [(String, InteractionTable)] {
        guard !data.isEmpty else {
            return [("generated", try GeneratedCommunity("seed=\(seed)").interactions)]
        }
        return try data.map { folder in
            let url = URL(fileURLWithPath: folder)
            let files = ["train.tsv", "test.tsv"].map { url.appendingPathComponent($0).path }
            return (url.lastPathComponent, try DataFiles.interactions(files))
        }
    }
}
