import Evaluation
import Foundation
import Primitives
import Testing

/// The evaluator in Python that the figures of others were made with.
enum ReferenceEvaluator {
    static let script = "tools/evaluate.py"
    static let python = "/usr/bin/python3"
    static var isThere: Bool {
        Shared.has(script) && FileManager.default.isExecutableFile(atPath: python)
    }

    static func run(_ arguments: [String]) throws -> [String: Any] {
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = [Shared.folder.appending(path: script).path()] + arguments
        process.environment = ["PYTHONDONTWRITEBYTECODE": "1", "PATH": "/usr/bin:/bin"]
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }
}

@Suite("Agreement with evaluate.py")
struct AgreementTests {
    /// Lists with what real lists have: known items, repeats, items that nobody has, nothing at all.
    private func messyLists(_ data: EvaluationData, seed: UInt64) -> String {
        var random = SeededRandom(seed: seed, stream: "lists")
        var text = "# user item\n"
        for user in data.users where random.unit() < 0.9 {
            for _ in 0..<random.below(26) {
                let item =
                    random.unit() < 0.05
                    ? "stranger\(random.below(3))" : data.items[random.below(data.items.count)]
                text += "\(user)\t\(item)\n"
            }
        }
        return text
    }

    private func text(_ table: InteractionTable) -> String {
        table.rows.map { "\($0.user)\t\($0.item)\t\($0.weight)\n" }.joined()
    }

    @Test(
        "the same lists get the same figures within 1e-9",
        .enabled(
            if: ReferenceEvaluator.isThere,
            "needs ../shared/tools/evaluate.py and /usr/bin/python3"),
        arguments: [1, 2, 3] as [UInt64])
    func agreement(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let cut = try Split.coldStart(share: 0.5, kept: Int(seed)).apply(
            to: crowds(seed: seed), seed: seed)
        let train = try folder.write(text(cut.train), to: "train.tsv")
        let test = try folder.write(text(cut.test), to: "test.tsv")
        let data = EvaluationData(
            train: try DataFiles.interactions([train]), test: try DataFiles.interactions([test]))
        let lists = try folder.write(messyLists(data, seed: seed), to: "lists.tsv")
        let extent = seed == 2 ? Catalogue.Extent.union : .train
        let theirs = try ReferenceEvaluator.run([
            "--train", train, "--test", test, "--recs", lists, "--k", "3,10,20", "--json",
            "--catalog", extent.rawValue,
        ])
        let evaluator = Evaluator(data, lengths: [3, 10, 20], extent: extent, threads: 1)
        let ours = evaluator.reports(
            "x", try RankedLists(path: lists, data: data), seconds: 0)
        for report in ours {
            for figure in report.figures {
                guard let value = theirs["\(figure.name)@\(report.k)"] as? Double else { continue }
                #expect(
                    abs(figure.mean - value) < 1e-9,
                    "seed \(seed): \(figure.name)@\(report.k) \(figure.mean), expected \(value)")
            }
        }
        let shared = Set(ours[0].figures.map(\.name)).filter { theirs["\($0)@10"] != nil }
        #expect(shared.count == 9, "all nine metrics of evaluate.py were compared")
        let counts = try #require(theirs["counts"] as? [String: Int])
        let clean = CleanLists(try RankedLists(path: lists, data: data), data, length: 20)
        #expect(counts["scored_users"] == clean.users.count)
        #expect(counts["dropped_train"] == clean.droppedTrain && clean.droppedTrain > 0)
        #expect(counts["dropped_repeats"] == clean.droppedRepeats && clean.droppedRepeats > 0)
        #expect(counts["users_without_list"] == clean.usersWithoutList)
        #expect(counts["users_with_short_list"] == clean.usersWithShortList)
    }

    @Test(
        "popularity on FilmTrust is worth what the data's table says",
        .enabled(if: Shared.has("data/filmtrust/train.tsv"), "needs ../shared/data/filmtrust"))
    func filmTrust() async throws {
        let folder = Shared.folder.appending(path: "data/filmtrust").path()
        let data = EvaluationData(
            train: try DataFiles.interactions(["\(folder)/train.tsv"]),
            test: try DataFiles.interactions(["\(folder)/test.tsv"]))
        let evaluator = Evaluator(data, lengths: [20], threads: 2)
        let found = try await evaluator.lists(.popularity, MethodSettings())
        let lists = try #require(found).lists
        let accuracy = AccuracyMetrics(CleanLists(lists, data, length: 20), data, k: 20)
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        // Ties between items of one popularity leave a little freedom.
        #expect(abs(mean(accuracy.recall) - 0.7809) < 0.003)
        #expect(abs(mean(accuracy.ndcg) - 0.5826) < 0.003)
    }
}
