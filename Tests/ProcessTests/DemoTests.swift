import Daemon
import Foundation
import Testbed
import Testing

extension ProcessTests {
    @Suite("The demo") struct DemoRuns {
        @Test("a small demo holds its claims and leaves nothing running and nothing on disk")
        func small() throws {
            // Into a file: a pipe's end is seen late, or not at all, when another test's child inherited it.
            let file = FileManager.default.temporaryDirectory.appending(
                path: "vb-demo-\(UUID().uuidString).json")
            defer { try? FileManager.default.removeItem(at: file) }
            let line = "exec \"$0\" demo --nodes 5 --sybils 30 --seed 3 --json > \"$1\""
            let result = try CommandResult.run(
                URL(fileURLWithPath: "/bin/sh"), ["-c", line, Bench.binary.path, file.path],
                seconds: 120)
            #expect([0, 1].contains(result.exitCode), "\(result.errorOutput)")
            let report = try DocumentCoder.decode(
                DemoReport.self, from: Array(try Data(contentsOf: file)))
            #expect(report.claims.count == 5 && report.holds == (result.exitCode == 0))
            // A debug build beside other tests may be slow; it may not be wrong.
            let broken = report.claims.filter { !$0.holds && !$0.text.contains("answers in under") }
            #expect(broken.isEmpty, "\(broken)")
            #expect(report.agreement.feeds == 35)
            #expect(report.users.count == 5)
            #expect(
                report.users.contains { ($0.spam["salsa"] ?? 0) > 0 }, "the attack is no attack")
            if let folder = result.errorOutput.firstMatch(of: /nodes in (\S+)/)?.output.1 {
                #expect(!FileManager.default.fileExists(atPath: String(folder)))
                #expect(try daemons(below: String(folder)).isEmpty)
            }
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

        @Test("Ctrl-C ends a demo with 130, with nothing running and nothing on disk")
        func interrupted() throws {
            let demo = try ChildProcess(
                executable: Bench.binary, arguments: ["demo", "--nodes", "4", "--sybils", "10"])
            let line = try #require(
                demo.errorLine(seconds: 60) { $0.contains("nodes in ") }, "\(demo.lastWords)")
            let folder = try #require(line.firstMatch(of: /nodes in (\S+)/)?.output.1)
            demo.signal(SIGINT)
            #expect(demo.wait(seconds: 20) == .exited(130), "\(demo.lastWords)")
            #expect(try daemons(below: String(folder)).isEmpty)
            #expect(!FileManager.default.fileExists(atPath: String(folder)))
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
