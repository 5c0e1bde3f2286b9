internal import Datasets
import Primitives
public import Foundation

extension Community {
    /// The bounds of a community cut out of a data set.
    private enum CutLimits {
        /// Items kept of a member: the heaviest.
        static let items = 60
        /// Members that a made-up trust edge may name, where a set has no trust of its own.
        static let kindred = 3
    }

    /// `count` people of a folder with `train.tsv` and, if there is one, `trust.tsv`.
    ///
    /// Starts at the user with the most trust edges and goes on to the most active user who has an
    /// edge, in either direction, to somebody chosen; ties by identifier. Throws `.file` when the
    /// folder cannot be read, `.usage` when it holds too few people.
    public static func dataSet(folder: URL, count: Int = 12) throws(TestbedFailure) -> Community {
        let tastes = try tastes(in: folder.appendingPathComponent("train.tsv"))
        let trustFile = folder.appendingPathComponent("trust.tsv")
        let hasTrust = FileManager.default.fileExists(atPath: trustFile.path)
        let graph =
            hasTrust
            ? try trust(in: trustFile, among: tastes) : sharedItems(tastes)
        let chosen = choose(count, tastes: tastes, graph: graph)
        guard chosen.count == count else {
            throw TestbedFailure(
                code: .usage, operation: "choose \(count) people from \(folder.path)",
                message: "only \(chosen.count) people with items are connected by trust")
        }
        var notes: [String] = []
        if !hasTrust {
            notes.append(
                "\(folder.lastPathComponent) says nothing about trust: each person here trusts the "
                    + "\(CutLimits.kindred) others with the most items in common")
        }
        return Community(
            origin: "\(count) of \(tastes.count) people of \(folder.lastPathComponent)",
            notes: notes,
            members: members(
                chosen, tastes: tastes,
                graph: hasTrust ? graph : sharedItems(tastes.filter { chosen.contains($0.key) })),
            titles: [:])
    }

    private static func members(
        _ chosen: [String], tastes: [String: [Interaction]], graph: [String: [String: Double]]
    ) -> [Member] {
        let positions = Dictionary(uniqueKeysWithValues: zip(chosen, chosen.indices))
        return chosen.map { user in
            let edges = (graph[user] ?? [:]).compactMap { target, weight in
                positions[target].map { TrustEdge(target: $0, weight: weight) }
            }
            let items = (tastes[user] ?? []).sorted { ($1.weight, $0.item) < ($0.weight, $1.item) }
            return Member(
                name: "user"
                    + user.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.lowercased(),
                taste: "", interactions: Array(items.prefix(CutLimits.items)),
                trusted: edges.sorted { $0.target < $1.target })
        }
    }

    /// The most active user next to those chosen, again and again.
    private static func choose(
        _ count: Int, tastes: [String: [Interaction]], graph: [String: [String: Double]]
    ) -> [String] {
        var neighbours: [String: Set<String>] = [:]
        for (source, targets) in graph {
            for target in targets.keys {
                neighbours[source, default: []].insert(target)
                neighbours[target, default: []].insert(source)
            }
        }
        let busiest = neighbours.min { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        guard let start = busiest?.key else { return [] }
        var chosen = [start]
        var frontier = neighbours[start] ?? []
        while chosen.count < count {
            let next = frontier.min {
                ((tastes[$1] ?? []).count, $0) < ((tastes[$0] ?? []).count, $1)
            }
            guard let next else { break }
            chosen.append(next)
            frontier.formUnion(neighbours[next] ?? [])
            frontier.subtract(chosen)
        }
        return chosen
    }

    // MARK: Files

    private static func tastes(in file: URL) throws(TestbedFailure) -> [String: [Interaction]] {
        var tastes: [String: [Interaction]] = [:]
        for line in try rows(of: file, as: .plain) {
            guard case .interaction(let row) = line.row, let user = row.user,
                ItemID(row.item) != nil
            else { continue }
            tastes[user, default: []].append(
                Interaction(item: row.item, kind: .play, weight: row.weight ?? 1))
        }
        return tastes
    }

    /// Who trusts whom among the users who have items.
    private static func trust(
        in file: URL, among tastes: [String: [Interaction]]
    ) throws(TestbedFailure) -> [String: [String: Double]] {
        var graph: [String: [String: Double]] = [:]
        for line in try rows(of: file, as: .trust) {
            guard case .trust(let row) = line.row, row.source != row.target,
                tastes[row.source] != nil, tastes[row.target] != nil
            else { continue }
            graph[row.source, default: [:]][row.target] = row.weight ?? 1
        }
        return graph
    }

    private static func rows(
        of file: URL, as format: DatasetFormat
    ) throws(TestbedFailure) -> [DatasetLine] {
        var reader = DatasetReader(format: format)
        do {
            let bytes = Array(try Data(contentsOf: file))
            return try reader.read(bytes) + reader.finish()
        } catch {
            throw TestbedFailure(
                code: .file, operation: "read \(file.path)",
                message: "the file is missing or is no \(format.rawValue) file", cause: "\(error)")
        }
    }

    /// Trust for a set without any: the users with the most items in common, among the most active.
    private static func sharedItems(
        _ tastes: [String: [Interaction]]
    ) -> [String: [String: Double]] {
        let active = tastes.sorted {
            ($1.value.count, $0.key) < ($0.value.count, $1.key)
        }.prefix(200)
        let items = active.map { ($0.key, Set($0.value.map(\.item))) }
        var graph: [String: [String: Double]] = [:]
        for (user, own) in items {
            let ranked = items.filter { $0.0 != user }
                .map { (user: $0.0, shared: own.intersection($0.1).count) }
                .sorted { ($1.shared, $0.user) < ($0.shared, $1.user) }
            for other in ranked.prefix(CutLimits.kindred) where other.shared > 0 {
                graph[user, default: [:]][other.user] = 1
            }
        }
        return graph
    }
}
