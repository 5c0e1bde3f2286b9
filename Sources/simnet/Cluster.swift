import Foundation
import Simulator

/// Hands the shares of a sweep to an existing Dask scheduler, by the small Python program in `simnet/cluster`.
///
/// The workers there start the same `simnet` with the same arguments as the processes here would, so the
/// same seeds give the same bytes.
struct Cluster {
    let address: String
    /// The program on the machines of the cluster.
    let simnet: String?
    let jobs: Int

    static let program = "simnet/cluster/fan.py"

    private struct Job: Encodable {
        var address: String
        var simnet: String
        var scenario: String
        var shares: [[UInt64]]
        var out: String?
    }

    func results(
        of seeds: [UInt64], _ scenario: Scenario, out: String?, progress: (Int) throws -> Void
    ) throws -> [SeedResult] {
        guard FileManager.default.fileExists(atPath: Self.program) else {
            throw FileFailure(
                message: "\(Self.program) is not here: run simnet at the root of its sources")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            ProcessInfo.processInfo.environment["SIMNET_PYTHON"] ?? "python3", Self.program,
        ]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        do {
            try process.run()
            let job = Job(
                address: address, simnet: simnet ?? Bundle.main.executableURL?.path ?? "simnet",
                scenario: scenario.toml, shares: Worker.shares(seeds), out: out)
            try input.fileHandleForWriting.write(contentsOf: JSONEncoder().encode(job))
            try input.fileHandleForWriting.close()
        } catch {
            throw FileFailure(
                message: "cannot start \(Self.program): \(error.localizedDescription)")
        }
        let results = try read(output.fileHandleForReading, progress)
        process.waitUntilExit()
        guard process.terminationStatus == 0, results.count == seeds.count else {
            throw FileFailure(
                message: "the cluster did \(results.count) of \(seeds.count) seeds"
                    + (out == nil ? "" : "; the same command goes on from there"))
        }
        return results
    }

    /// Lines as the workers finish, in no order.
    private func read(_ handle: FileHandle, _ progress: (Int) throws -> Void) throws
        -> [SeedResult]
    {
        var results: [SeedResult] = []
        var rest = ""
        while true {
            let data = handle.availableData
            guard !data.isEmpty else { return results }
            rest += String(decoding: data, as: UTF8.self)
            var lines = rest.split(separator: "\n", omittingEmptySubsequences: false)
            rest = String(lines.removeLast())
            for line in lines {
                if let result = SeedResult(line) {
                    results.append(result)
                } else if line.hasPrefix("died\t"), let seed = UInt64(line.dropFirst(5)) {
                    results.append(SeedResult(died: seed))
                }
            }
            try progress(results.count)
        }
    }
}
