import Foundation
import Synchronization

/// Processes that work through seeds: each takes a share, and a death costs one seed.
enum Worker {
    /// Seeds that one process takes at a time.
    private static let share: UInt64 = 4

    /// Results of all seeds, ascending. `progress` hears how many are done.
    static func results(
        of seeds: ClosedRange<UInt64>, jobs: Int, _ arguments: ScenarioArguments,
        progress: (Int) -> Void
    ) throws -> [SeedResult] {
        let shares = stride(from: seeds.lowerBound, through: seeds.upperBound, by: Int(share)).map {
            $0...min($0 + share - 1, seeds.upperBound)
        }
        let collected = Mutex<(next: Int, results: [SeedResult], failure: (any Error)?)>(
            (0, [], nil))
        let done = DispatchSemaphore(value: 0)
        for _ in 0..<jobs {
            let thread = Thread {
                while let part = collected.withLock({ state -> ClosedRange<UInt64>? in
                    guard state.next < shares.count, state.failure == nil else { return nil }
                    state.next += 1
                    return shares[state.next - 1]
                }) {
                    do {
                        let results = try run(part, arguments)
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
            progress(collected.withLock { $0.results.count })
        }
        return try collected.withLock { state in
            if let failure = state.failure { throw failure }
            return state.results.sorted { $0.seed < $1.seed }
        }
    }

    /// One process; what it leaves undone by dying is done by another.
    private static func run(_ seeds: ClosedRange<UInt64>, _ arguments: ScenarioArguments) throws
        -> [SeedResult]
    {
        var results: [SeedResult] = []
        var next = seeds.lowerBound
        while next <= seeds.upperBound {
            let output = try launch(next...seeds.upperBound, arguments)
            results += output.split(separator: "\n").compactMap { SeedResult($0) }
            next = (results.last.map { $0.seed + 1 }) ?? seeds.lowerBound
            if next <= seeds.upperBound {
                results.append(SeedResult(died: next))
                next += 1
            }
        }
        return results
    }

    private static func launch(_ seeds: ClosedRange<UInt64>, _ arguments: ScenarioArguments) throws
        -> String
    {
        let process = Process()
        process.executableURL = Bundle.main.executableURL
        process.arguments =
            ["sweep", arguments.scenario, "--worker", "--seeds"]
            + ["\(seeds.lowerBound)..\(seeds.upperBound)"]
            + arguments.changes.flatMap { ["--set", $0] }
        let pipe = Pipe()
        process.standardOutput = pipe
        do {
            try process.run()
        } catch {
            throw FileFailure(message: "cannot start a worker: \(error.localizedDescription)")
        }
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
