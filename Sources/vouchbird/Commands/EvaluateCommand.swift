import ArgumentParser
import Evaluation
import Foundation

struct EvaluateCommand: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Compare engines and baselines on a data set. Needs no node, reads no keys.",
        discussion: """
            Files: user, item, [weight], [time] by tabs, RecBole .inter and .net, HetRec 2011; trust: user, \
            user, [weight]. Every item that a user does not have in train is ranked. Methods: popularity, \
            itemknn, userknn, p3alpha, rp3beta, ease, ials, salsa, web3recommend, tsalsa (or trusted), \
            taste (or balanced), discover, taste-open. What the figures mean: docs/evaluation.md.
            """)

    @OptionGroup var global: GlobalOptions
    @Option(
        help: ArgumentHelp(
            "What methods learn from; may be repeated. community:users=1000,seed=1 makes one up.",
            valueName: "file"),
        completion: .file())
    var train: [String]
    @Option(
        help: ArgumentHelp("What they are asked for; may be repeated.", valueName: "file"),
        completion: .file())
    var test: [String] = []
    @Option(
        help: ArgumentHelp(
            "Who trusts whom; may be repeated. similar:count=5,shared=2: the most similar users.",
            valueName: "file"),
        completion: .file())
    var trust: [String] = []
    @Option(
        help: ArgumentHelp(
            "In place of --test: leave-out:0.2, temporal:0.2 or cold-start:0.1:3 of train.",
            valueName: "split"))
    var split: String?
    @Option(help: ArgumentHelp("Separated by commas, or all.", valueName: "names"))
    var methods = "all"
    @Option(help: ArgumentHelp("Lengths of lists, separated by commas.", valueName: "lengths"))
    var k = "10,20"
    @Option(help: ArgumentHelp("Judge a list made elsewhere, too.", valueName: "name=file"))
    var lists: [String] = []
    @Option(help: ArgumentHelp("For instance taste.b=0.75; may be repeated.", valueName: "x=y"))
    var set: [String] = []
    @Option(help: "Starts all that is random.") var seed: UInt64 = 1
    @Option(help: ArgumentHelp("Resamples for 95 % intervals; 0: none.", valueName: "n"))
    var bootstrap = 0
    @Option(
        help: ArgumentHelp(
            "Also print how much more all others have than this method, user by user.",
            valueName: "method"))
    var against: String?
    @Option(help: "What coverage counts: the items of train, or the union with test.")
    var catalogue = CatalogueArgument.train
    @Option(
        help: ArgumentHelp(
            "sybils, giga, teams, copies, slander or riders, with settings: giga:fraction=0.1,seed=2.",
            valueName: "attack"))
    var attack: String?
    @Option(
        help: ArgumentHelp(
            "Strangers who know the rule of earned trust: plan=copies,sybils=10000,items=10,claims=40,seed=1. Plans: "
                + "few, popular, everything, copies, betrayal, late, decoys.",
            valueName: "attack"))
    var claimAttack: String?
    @Option(
        help: ArgumentHelp(
            "Draws a time for every interaction that has none; for temporal splits and discover.",
            valueName: "seed"))
    var arrivals: UInt64?
    @Option(
        help: "Ask all users, those who trust nobody, or those who trust somebody.")
    var asking = AskedUsers.all
    @Option(
        help: ArgumentHelp("Ask only so many users, drawn by the seed.", valueName: "n"))
    var users: Int?
    @Option(name: .customLong("as"), help: "markdown, tsv or json.") var form: TableForm?
    @Option(
        help: ArgumentHelp("Write each method's lists to DIR/METHOD.tsv.", valueName: "dir"),
        completion: .directory)
    var saveLists: String?
    @Option(help: ArgumentHelp("Threads; one per core by default.", valueName: "n"))
    var threads: Int?

    func validate() throws {
        guard test.isEmpty != (split == nil) else {
            throw ValidationError("give either --test or --split")
        }
        guard attack == nil || claimAttack == nil else {
            throw ValidationError("--attack and --claim-attack exclude each other")
        }
        guard (0...100_000).contains(bootstrap) else {
            throw ValidationError("--bootstrap takes 0 to 100000")
        }
        guard (threads ?? 1) >= 1, (users ?? 1) >= 1 else {
            throw ValidationError("--threads and --users take 1 or more")
        }
    }

    func execute(_ session: Session) async throws {
        let methods = try chosenMethods()
        let lengths = try chosenLengths()
        let settings = try chosenSettings()
        let reference = try chosenReference(methods)
        let data = try loadedData(session)
        let evaluator = Evaluator(
            data, lengths: lengths, extent: catalogue.extent,
            threads: threads ?? ProcessInfo.processInfo.activeProcessorCount)
        var reports: [MethodReport] = []
        var progress = ProgressBar(
            isShown: session.console.showsProgress,
            total: UInt64(data.scoredUsers.count * methods.count))
        defer { progress.finish() }
        for method in methods {
            if method.needsTimes, data.arrivals == nil {
                session.console.note(
                    "\(method.rawValue) needs times, see --arrivals, and is left out")
                continue
            }
            if method.needsTrust, data.trust.entryCount == 0 {
                session.console.note("\(method.rawValue) needs --trust and is left out")
                continue
            }
            let found = try await evaluator.lists(method, settings) { event in
                switch event {
                case .learning(let method): progress.advance(0, "\(method.rawValue): learning")
                case .listed(let method, let more):
                    progress.advance(UInt64(more), method.rawValue)
                }
            }
            guard let (lists, seconds) = found else { throw ExitCode(.interrupted) }
            if let saveLists { try save(lists, method.rawValue, data, saveLists) }
            reports += evaluator.reports(method.rawValue, lists, seconds: seconds)
        }
        for (name, path) in try foreignLists() {
            let lists = try RankedLists(path: path, data: data)
            reports += evaluator.reports(name, lists, seconds: 0)
        }
        progress.finish()
        let table = EvaluationTable(
            reports, bootstrap: bootstrap > 0 ? Bootstrap(resamples: bootstrap, seed: seed) : nil,
            reference: reference)
        session.console.line(
            try table.text(form?.form ?? (session.console.isJSON ? .json : .markdown)))
    }

    private func loadedData(_ session: Session) throws -> EvaluationData {
        let community = try generatedCommunity()
        var all = try community?.interactions ?? DataFiles.interactions(train)
        if let arrivals { all = all.arriving(seed: arrivals) }
        let rows: (train: InteractionTable, test: InteractionTable)
        if let split {
            guard let cut = Split(split) else {
                throw CommandFailure.usage("--split \(split) is no split")
            }
            rows = try cut.apply(to: all, seed: seed)
        } else {
            rows = (all, try DataFiles.interactions(test))
        }
        var data = EvaluationData(
            train: rows.train, test: rows.test, trust: try trustPairs(community))
        if let likeness = try likenessTrust() { data = data.trustingSimilar(likeness) }
        let rejected = all.rejectedLines + rows.test.rejectedLines
        if rejected > 0 { session.console.note("\(rejected) lines could not be used") }
        switch asking {
        case .all: break
        case .trusting: data = data.asking { !data.trust.entries($0).isEmpty }
        case .trustless: data = data.asking { data.trust.entries($0).isEmpty }
        }
        if let users { data = data.asking(users, seed: seed) }
        if let claimAttack {
            guard let attack = ClaimAttack(claimAttack) else {
                throw CommandFailure.usage("--claim-attack \(claimAttack) is no attack")
            }
            data = try attack.applied(to: data)
        }
        if let attack {
            data = try Attack(attack).applied(to: data)
        }
        session.console.note(
            "\(data.users.count) users, \(data.items.count) items, \(data.train.entryCount) in "
                + "train, \(data.test.entryCount) in test, \(data.trust.entryCount) trust edges, "
                + "\(data.scoredUsers.count) users asked")
        return data
    }

    /// `--train community:users=1000`, alone.
    private func generatedCommunity() throws -> GeneratedCommunity? {
        guard let recipe = Self.recipe("community", train) else { return nil }
        guard train.count == 1 else {
            throw CommandFailure.usage("--train community: stands alone")
        }
        return try GeneratedCommunity(recipe)
    }

    /// `--trust similar:count=5,shared=2`, alone.
    private func likenessTrust() throws -> SimilarTrust? {
        guard let recipe = Self.recipe("similar", trust) else { return nil }
        guard trust.count == 1 else {
            throw CommandFailure.usage("--trust similar: stands alone")
        }
        return try SimilarTrust(recipe)
    }

    /// From files; a generated community brings its own where none are named.
    private func trustPairs(_ community: GeneratedCommunity?) throws -> [TrustPair] {
        if Self.recipe("similar", trust) != nil { return [] }
        if let community, trust.isEmpty { return community.trust }
        return try DataFiles.trust(trust)
    }

    /// What follows `name:` in the first of the values that begins so.
    private static func recipe(_ name: String, _ values: [String]) -> String? {
        values.first { $0 == name || $0.hasPrefix(name + ":") }.map {
            String($0.dropFirst(name.count + 1))
        }
    }

    private func chosenMethods() throws -> [MethodName] {
        if methods == "all" { return MethodName.allCases }
        return try methods.split(separator: ",").map { name in
            guard let method = MethodName(name: String(name)) else {
                throw CommandFailure.usage(
                    "there is no method \(name)",
                    hint: MethodName.allCases.map(\.rawValue).joined(separator: ", "))
            }
            return method
        }
    }

    /// One of the methods or of the lists made elsewhere; nil compares with none.
    private func chosenReference(_ methods: [MethodName]) throws -> String? {
        guard let against else { return nil }
        let names = try methods.map(\.rawValue) + foreignLists().map(\.0)
        let name = MethodName(name: against)?.rawValue ?? against
        guard names.contains(name) else {
            throw CommandFailure.usage(
                "--against \(against) is none of the methods", hint: names.joined(separator: ", "))
        }
        return name
    }

    private func chosenLengths() throws -> [Int] {
        let lengths = k.split(separator: ",").map { Int($0) ?? 0 }
        guard !lengths.isEmpty, lengths.allSatisfy({ (1...10_000).contains($0) }) else {
            throw CommandFailure.usage("--k takes lengths from 1 to 10000, as in 10,20")
        }
        return Set(lengths).sorted()
    }

    private func chosenSettings() throws -> MethodSettings {
        var settings = MethodSettings()
        settings.seed = seed
        for setting in set {
            let sides = setting.split(separator: "=", maxSplits: 1)
            guard sides.count == 2 else {
                throw CommandFailure.usage("--set takes name=value, not \(setting)")
            }
            try settings.set(String(sides[0]), to: String(sides[1]))
        }
        return settings
    }

    private func foreignLists() throws -> [(String, String)] {
        try lists.map { list in
            let sides = list.split(separator: "=", maxSplits: 1)
            guard sides.count == 2 else {
                throw CommandFailure.usage("--lists takes name=file, not \(list)")
            }
            return (String(sides[0]), String(sides[1]))
        }
    }

    private func save(
        _ lists: RankedLists, _ name: String, _ data: EvaluationData, _ directory: String
    ) throws {
        let folder = Files.url(directory)
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true)
            try Data(lists.text(data).utf8).write(
                to: folder.appendingPathComponent("\(name).tsv"), options: .atomic)
        } catch {
            throw CommandFailure(
                .cannotCreate, code: "cannot-create",
                "cannot write lists to \(directory): \(Files.reason(error))")
        }
    }
}

enum TableForm: String, ExpressibleByArgument, CaseIterable {
    case markdown, tsv, json

    var form: EvaluationTable.Form {
        switch self {
        case .markdown: .markdown
        case .tsv: .tsv
        case .json: .json
        }
    }
}

enum AskedUsers: String, ExpressibleByArgument, CaseIterable {
    case all, trustless, trusting
}

enum CatalogueArgument: String, ExpressibleByArgument, CaseIterable {
    case train, union

    var extent: Catalogue.Extent { self == .train ? .train : .union }
}
