import Evaluation
import Foundation
import Primitives

/// Rows from `user item [weight]` triples in words.
func table(_ text: String) -> InteractionTable {
    InteractionTable(
        text.split(separator: ",").map { line in
            let words = line.split(separator: " ").map(String.init)
            return .init(
                user: words[0], item: words[1], weight: words.count > 2 ? Double(words[2]) ?? 0 : 1)
        })
}

/// Two crowds with a taste each, drawn by a seed: users `u0..`, items `i00..`, half of the items
/// liked by the even users and half by the odd ones, with a few strays.
func crowds(users: Int = 40, items: Int = 30, seed: UInt64) -> InteractionTable {
    var random = SeededRandom(seed: seed)
    var rows: [InteractionTable.Row] = []
    for user in 0..<users {
        for item in 0..<items {
            let isOwn = user % 2 == item % 2
            guard random.unit() < (isOwn ? 0.4 : 0.04) else { continue }
            rows.append(
                .init(
                    user: "u\(user)", item: item < 10 ? "i0\(item)" : "i\(item)",
                    weight: Double(1 + random.below(50))))
        }
    }
    return InteractionTable(rows)
}

/// Everybody trusts the next two of their crowd.
func crowdTrust(users: Int = 40) -> [TrustPair] {
    (0..<users).flatMap { user in
        [2, 4].map { TrustPair(source: "u\(user)", target: "u\((user + $0) % users)") }
    }
}

/// A cut of two crowds, with times if wanted.
func crowdData(
    seed: UInt64, users: Int = 40, items: Int = 30, timed: Bool = false
) throws -> EvaluationData {
    let all = crowds(users: users, items: items, seed: seed)
    let cut = try Split.leaveOut(share: 0.3).apply(
        to: timed ? all.arriving(seed: seed) : all, seed: seed)
    return EvaluationData(
        train: cut.train, test: cut.test, trust: crowdTrust(users: users))
}

/// A folder that is gone when the test is over.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(
            path: "vouchbird-evaluation-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ text: String, to name: String) throws -> String {
        let file = url.appending(path: name)
        try Data(text.utf8).write(to: file)
        return file.path()
    }
}

/// Files beside the checkout that tests may read when they are there.
enum Shared {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "shared")

    static func has(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: path).path())
    }
}
