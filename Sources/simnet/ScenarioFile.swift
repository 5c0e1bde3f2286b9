import ArgumentParser
import Foundation
import Simulator

/// Which scenario, with what changed.
struct ScenarioArguments: ParsableArguments {
    @Argument(help: "A scenario file, or the name of one in simnet/scenarios.")
    var scenario: String

    @Option(name: .customLong("set"), help: "Change one key: section.key=value. May be repeated.")
    var changes: [String] = []

    /// Only real daemons have a part of the machine that can be limited.
    func load(forDaemons: Bool = false) throws -> Scenario {
        var loaded = try ScenarioFile.load(scenario)
        for change in changes { try loaded.set(change) }
        if !forDaemons {
            let limits = [
                ("limits.descriptors", loaded.descriptors),
                ("limits.memory_mebibytes", loaded.memoryMebibytes),
            ]
            for (key, value) in limits where value > 0 {
                throw ScenarioFailure(
                    message: "\(try place(of: key)): only real daemons can be short of it",
                    hint: "simnet local \(scenario)")
            }
        }
        return loaded
    }

    /// Where a key was given its value.
    private func place(of key: String) throws -> String {
        let change = changes.last { $0.hasPrefix("\(key)=") }
        return try change.map { "--set \($0)" } ?? ScenarioFile.place(of: key, in: scenario)
    }

    /// What depends on the seed and would end the run.
    func check(_ scenario: Scenario, seeds: some Sequence<UInt64>) throws {
        let place = try place(of: "recommendation.attack")
        for seed in seeds { try scenario.checkCommunity(seed: seed, at: place) }
    }
}

enum ScenarioFile {
    static let folder = "simnet/scenarios"
    /// Larger files are refused unread.
    private static let maximumBytes = 1 << 20

    static func load(_ name: String) throws -> Scenario {
        try Scenario(toml: text(of: name), path: path(of: name))
    }

    /// Where a key stands in a scenario file.
    static func place(of key: String, in name: String) throws -> String {
        Scenario.place(of: key, in: try text(of: name), path: path(of: name))
    }

    private static func text(of name: String) throws -> String {
        let path = path(of: name)
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ScenarioFailure(
                message: "\(path): no such scenario", hint: "simnet list shows those that exist")
        }
        guard data.count <= maximumBytes, let text = String(data: data, encoding: .utf8) else {
            throw ScenarioFailure(
                message: "\(path): not a text file of at most \(maximumBytes) bytes", hint: nil)
        }
        return text
    }

    static var names: [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(".toml") }.map { String($0.dropLast(5)) }.sorted()
    }

    private static func path(of name: String) -> String {
        name.contains("/") || name.hasSuffix(".toml") ? name : "\(folder)/\(name).toml"
    }
}
