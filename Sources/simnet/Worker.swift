import Foundation
import Synchronization

/// What the workers of a sweep are given beside their seeds.
struct WorkSource: Sendable {
    /// As `ScenarioFile.load` takes it.
    let scenario: String
    let changes: [String]
    /// The folder for run directories, if they are kept.
    let out: String?

    var arguments: [String] {
        ["sweep", scenario] + changes.flatMap { ["--set", $0] } + (out.map { ["--out", $0] } ?? [])
    }
}

/// Processes that work through seeds: each takes a share, and a death costs one seed.
enum Worker {
    /// Seeds that one process takes at a time.
    private static let share = 4

    /// Shares of neighbouring seeds. Requires ascending seeds.
    static func shares(_ seeds: [UInt64]) -> [[UInt64]] {
        var shares: [[UInt64]] = []
        for seed in seeds {
            if let last = shares.last, last.count < share, last.last == seed - 1 {
                shares[shares.count - 1].append(seed)
            } else {
                shares.append([seed])
            }
        }
        return shares
    }

    /// Results of all seeds in no order. `progress` hears how many are done, and may end it by throwing.
    static func results(
        of seeds: [UInt64], jobs: Int, _ source: WorkSource, progress: (Int) throws -> Void
    ) throws -> [SeedResult] {
        let shares = shares(seeds)
        let collected = Mutex<(next: Int, results: [SeedResult], failure: (any Error)?)>(
            (0, [], nil))
        let done = DispatchSemaphore(value: 0)
        for _ in 0..<jobs {
            let thread = Thread {
                while let part = collected.withLock({ state -> [UInt64]? in
                    guard state.next < shares.count, state.failure == nil else { return nil }
                    state.next += 1
                    return shares[state.next - 1]
                }) {
                    do {
                        let results = try run(part, source)
                        collected.withLock { $0.results += results }
                    } catch {
                        collected.withLock { $0.failure = error }
                    }
                }
                done.signal()
            }
            thread.start()
        }
        var finished = 0
        while finished < jobs {
            if done.wait(timeout: .now() + .milliseconds(200)) == .success { finished += 1 }
            try progress(collected.withLock { $0.results.count })
        }
        return try collected.withLock { state in
            if let failure = state.failure { throw failure }
            return state.results
        }
    }

    /// One process for neighbouring seeds; what it leaves undone by dying is done by another.
    static func run(_ seeds: [UInt64], _ source: WorkSource) throws -> [SeedResult] {
        var results: [SeedResult] = []
        while results.count < seeds.count {
            let rest = seeds[results.count...]
            let output = try launch(rest[rest.startIndex], seeds[seeds.count - 1], source)
            results += output.split(separator: "\n").compactMap { SeedResult($0) }
            if results.count < seeds.count {
                results.append(SeedResult(died: seeds[results.count]))
            }
        }
        return results
    }

    private static func launch(_ first: UInt64, _ last: UInt64, _ source: WorkSource) throws
        -> String
    {
        let process = Process()
        process.executableURL = Bundle.main.executableURL
        process.arguments = source.arguments + ["--worker", "--seeds", "\(first)..\(last)"]
        let pipe = Pipe()
        process.standardOutput = pipe
        do {
            try process.run()
        } catch {
            throw FileFailure(message: "cannot start a worker: \(error.localizedDescription)")
        }
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        // What its own arguments or files forbid, no other process can do either.
        if data.isEmpty, [64, 65, 74].contains(process.terminationStatus) {
            throw ExitedWorker(status: process.terminationStatus)
        }
        return String(decoding: data, as: UTF8.self)
    }
}

/// A worker that said on standard error what is wrong, and did nothing.
struct ExitedWorker: Error {
    let status: Int32
}
