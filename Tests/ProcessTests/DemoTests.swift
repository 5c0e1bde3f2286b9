import Daemon
import Foundation
import Testbed
import Testing

extension ProcessTests {
    @Suite("The demo") struct DemoRuns {
        @Test("a small demo holds every claim and leaves nothing running and nothing on disk")
        func small() throws {
            let result = try CommandResult.run(
                Bench.binary,
                ["demo", "--nodes", "5", "--sybils", "30", "--seed", "3", "--json"], seconds: 120)
            #expect(result.exitCode == 0, "\(result.output) \(result.errorOutput)")
            let report = try DocumentCoder.decode(
                DemoReport.self, from: Array(result.output.utf8))
            #expect(report.holds && !report.claims.isEmpty)
            #expect(report.agreement.feeds == 35)
            #expect(report.users.count == 5)
            #expect(
                report.users.contains { ($0.spam["salsa"] ?? 0) > 0 }, "the attack is no attack")
            let folder = try #require(
                result.errorOutput.firstMatch(of: /nodes in (\S+)/)?.output.1)
            #expect(!FileManager.default.fileExists(atPath: String(folder)))
            #expect(try daemons(below: String(folder)).isEmpty)
        }

        @Test("a demo that is killed takes its daemons with it")
        func killed() throws {
            let demo = try ChildProcess(
                executable: Bench.binary, arguments: ["demo", "--nodes", "4", "--sybils", "10"])
            let line = try #require(
                demo.errorLine(seconds: 60) { $0.contains("nodes in ") }, "\(demo.lastWords)")
            let folder = try #require(line.firstMatch(of: /nodes in (\S+)/)?.output.1)
            #expect(demo.errorLine(seconds: 60) { $0.contains("daemons run") } != nil)
            let running = try daemons(below: String(folder))
            #expect(running.count == 4)
            demo.kill()
            for process in running { #expect(waitForEnd(of: process), "\(process) still runs") }
            try FileManager.default.removeItem(atPath: String(folder))
        }

        /// Processes whose command line names a folder.
        private func daemons(below folder: String) throws -> [Int32] {
            try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }
                .filter { process in
                    let file = URL(fileURLWithPath: "/proc/\(process)/cmdline")
                    guard let words = try? Data(contentsOf: file) else { return false }
                    return String(decoding: words, as: UTF8.self).contains(folder)
                }
        }

        private func waitForEnd(of process: Int32) -> Bool {
            let deadline = DispatchTime.now() + 10
            while FileManager.default.fileExists(atPath: "/proc/\(process)/cmdline"),
                (try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(process)/cmdline")))?.isEmpty
                    == false
            {
                if DispatchTime.now() > deadline { return false }
            }
            return true
        }
    }
}
