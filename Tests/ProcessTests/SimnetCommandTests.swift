import Foundation
import TestSupport
import Testbed
import Testing

extension ProcessTests {
    @Suite("The simnet program") struct SimnetCommandTests {
        private static let binary = Bench.binary.deletingLastPathComponent()
            .appendingPathComponent("simnet")
        /// A run of seconds even without optimisation.
        private static let short = [
            "--set", "run.active_seconds=20", "--set", "run.settle_seconds=20", "--set",
            "nodes.honest=4",
        ]

        private struct Answer {
            var exitCode: Int32
            var output: String
            var errorOutput: String
        }

        private func simnet(_ arguments: [String], seconds: Double = 300) throws -> Answer {
            let child = try ChildProcess(
                executable: Self.binary, arguments: arguments, directory: Bench.packageRoot)
            child.releaseLeash()
            guard case .exited(let code)? = child.wait(seconds: seconds) else {
                child.kill()
                Issue.record("\(child.commandLine): \(child.lastWords)")
                return Answer(exitCode: -1, output: "", errorOutput: child.lastWords)
            }
            child.drain()
            return Answer(
                exitCode: code, output: child.outputText, errorOutput: child.errorText)
        }

        /// Lines of a sweep that speak of seeds.
        private func seedLines(_ result: Answer) -> [Substring] {
            result.output.split(separator: "\n").filter { $0.contains("\t") }
        }

        @Test(
            "T12, T36: the quick form of the soak measures its parts, and the bars that need no time hold"
        )
        func soak() throws {
            let arguments = [
                "soak", "--quick", "--only", "idle,endless,damage", "--seconds", "2", "--damages",
                "2",
            ]
            let result = try simnet(arguments)
            let rows = result.output.split(separator: "\n").filter { $0.hasPrefix("| ") }
                .dropFirst()
            #expect(rows.count == 9, "\(result.output) \(result.errorOutput)")
            #expect(!result.output.contains("can be measured"), "\(result.output)")
            for row in rows where row.hasPrefix("| T") {
                #expect(row.hasSuffix("| met |"), "\(row)")
            }
            #expect(try simnet(["soak", "--only", "nothing"]).exitCode == 64)
        }

        @Test(
            "a scenario that cannot be run ends with 65 and the line, usage with 64, files with 74")
        func exitCodes() throws {
            let scratch = try Scratch()
            let unknown = try scratch.write("unknown.toml", "[run]\n\n[faults]\ncrashs = 2\n")
            let crowded = try scratch.write(
                "crowded.toml",
                "[recommendation]\negos = 4\nattack = \"sybil-region\"\nregion_edges = 200\n"
                    + "region_sybils = 500\n")
            let cases: [([String], Int32, String)] = [
                (["run", crowded], 65, "line 3"),
                (["sweep", crowded, "--seeds", "1..2"], 65, "can be deceived"),
                (["run", unknown], 65, "line 4"),
                (["sweep", unknown, "--seeds", "1..2"], 65, "line 4"),
                (["run", "no-such-scenario"], 65, "no such scenario"),
                (["run", "calm", "--set", "nodes.honest=1"], 65, "nodes.honest"),
                (["local", "swarm", "--seed", "36"], 65, "not with real daemons"),
                (
                    ["run", "calm", "--set", "limits.descriptors=64"], 65,
                    "--set limits.descriptors=64: only real daemons can be short of it"
                ),
                (["sweep", "calm", "--seeds", "9"], 64, "FIRST..LAST"),
                (["report", scratch.path], 74, "no runs"),
                (["verify", scratch.path], 74, "manifest"),
            ]
            for (arguments, code, words) in cases {
                let result = try simnet(arguments)
                #expect(result.exitCode == code, "\(arguments): \(result.errorOutput)")
                #expect(result.errorOutput.contains(words), "\(arguments): \(result.errorOutput)")
            }
        }

        @Test("an interrupted sweep goes on where it stopped, and says what an unbroken one says")
        func resume() throws {
            let scratch = try Scratch()
            let sweep = ["sweep", "calm", "--seeds", "1..5", "--out", "\(scratch.path)/runs"]
            let whole = try simnet(sweep + Self.short)
            #expect(whole.exitCode == 0 && seedLines(whole).count == 5)
            // The manifest is written last, so this is what a kill leaves.
            try FileManager.default.removeItem(
                atPath: "\(scratch.path)/runs/seed-3/manifest.json")
            let again = try simnet(sweep + ["--jobs", "2"] + Self.short)
            #expect(again.errorOutput.contains("4 seeds were done before"))
            #expect(seedLines(again) == seedLines(whole))
            let other = try simnet(sweep + Self.short + ["--set", "nodes.honest=5"])
            #expect(other.exitCode == 74 && other.errorOutput.contains("another scenario"))
        }

        @Test("report and compare read what a sweep left, verify repeats it")
        func reading() throws {
            let scratch = try Scratch()
            for (name, more) in [
                ("one", []), ("two", ["--set", "network.delay_milliseconds=400"]),
            ] {
                let sweep = [
                    "sweep", "calm", "--seeds", "1..3", "--out", "\(scratch.path)/\(name)",
                ]
                #expect(try simnet(sweep + Self.short + more).exitCode == 0)
            }
            let page = "\(scratch.path)/report.html"
            let both = ["\(scratch.path)/one", "\(scratch.path)/two"]
            #expect(try simnet(["report"] + both + ["--out", page]).exitCode == 0)
            let html = try String(contentsOfFile: page, encoding: .utf8)
            #expect(html.contains("<td data-value="))
            let comparison = try simnet(["compare"] + both)
            let delay = comparison.output.split(separator: "\n").first {
                $0.contains("delay_p50_milliseconds")
            }
            // Ten times the delay of a link is seen with three seeds.
            #expect(delay?.hasPrefix("*") == true, "\(comparison.output)")
            #expect(comparison.output.contains("seed by seed"))
            let verified = try simnet(["verify", "\(scratch.path)/one/seed-2"])
            #expect(verified.exitCode == 0 && verified.output.hasPrefix("same"))
        }

        @Test("shrink prints a smaller scenario that violates the same, and the command for it")
        func shrinking() throws {
            let scratch = try Scratch()
            let file = "\(scratch.path)/small.toml"
            let result = try simnet(
                [
                    "shrink", "calm", "--seed", "2", "--set", "limits.feeds=3", "--set",
                    "faults.resets=2", "--out", file,
                ] + Self.short)
            #expect(result.exitCode == 0, "\(result.errorOutput)")
            #expect(result.output.contains("# again: simnet run \(file) --seed 2"))
            let text = try String(contentsOfFile: file, encoding: .utf8)
            #expect(text.contains("feeds = 3") && !text.contains("resets"))
            let again = try simnet(["run", file, "--seed", "2"])
            #expect(again.exitCode == 1 && again.output.contains("not-converged"))
        }

        @Test(
            "real daemons with a kill, a partition and lossy links lose nothing that was answered")
        func local() throws {
            let scratch = try Scratch()
            let out = "\(scratch.path)/local"
            let result = try simnet([
                "local", "local", "--seed", "3", "--out", out, "--set", "nodes.honest=5", "--set",
                "run.active_seconds=8", "--set", "faults.crashes=1", "--set",
                "faults.partition_seconds=3", "--set", "run.settle_seconds=120",
            ])
            #expect(result.exitCode == 0, "\(result.output)\n\(result.errorOutput)")
            let rows = try String(contentsOfFile: "\(out)/metrics.tsv", encoding: .utf8)
            #expect(rows.contains("\tfault.crash\tend\t1.0"))
            let report = ["report", out, "--out", "\(scratch.path)/report.html"]
            #expect(try simnet(report).exitCode == 0)
            let verified = try simnet(["verify", out])
            #expect(verified.exitCode == 65 && verified.errorOutput.contains("real processes"))
        }

        @Test(
            "real daemons with four inbound links and 96 MiB each agree; with fewer files they say how many are needed"
        )
        func cramped() throws {
            let result = try simnet(["local", "cramped", "--seed", "3"])
            #expect(result.exitCode == 0, "\(result.output)\n\(result.errorOutput)")
            let refused = result.output.split(separator: "\n").first {
                $0.contains("connections_refused")
            }
            let count = refused?.split(separator: " ").last.flatMap { Int($0) } ?? 0
            #expect(count > 0, "\(result.output)")
            let fewer = try simnet(["local", "cramped", "--set", "limits.descriptors=200"])
            #expect(fewer.exitCode != 0)
            #expect(fewer.errorOutput.contains("200 open files are allowed"))
        }

        @Test(
            "T45: daemons of another build are upgraded by kills, and one goes back and forth, with every record"
        )
        func upgrade() throws {
            let other = Bench.binary.path
            let result = try simnet([
                "local", "upgrade", "--older", other, "--set", "nodes.honest=3", "--set",
                "run.active_seconds=6", "--set", "faults.crashes=1", "--set", "faults.halves=0",
            ])
            #expect(result.exitCode == 0, "\(result.output)\n\(result.errorOutput)")
            #expect(result.output.contains("older_takes_directory 1"))
            let absent = try simnet(["local", "upgrade", "--older", "/no/such/vouchbird"])
            #expect(absent.exitCode != 0 && absent.errorOutput.contains("/no/such/vouchbird"))
        }

        @Test("links too slow for anything to arrive are reported as what they are: no agreement")
        func localBites() throws {
            let result = try simnet([
                "local", "calm", "--set", "nodes.honest=3", "--set", "run.active_seconds=3",
                "--set",
                "run.settle_seconds=1", "--set", "network.delay_milliseconds=60000",
            ])
            #expect(result.exitCode == 1, "\(result.output)\n\(result.errorOutput)")
            #expect(result.output.contains("not-converged"))
            #expect(!result.output.contains("acknowledged-lost"))
        }

        @Test("the plan of a local run follows from its seed, links everybody and heals in time")
        func plan() {
            var size = LocalPlan.Size()
            size.nodes = 9
            size.kills = 3
            size.halves = 2
            size.isolations = 1
            size.resets = 4
            for seed in UInt64(1)...20 {
                let plan = LocalPlan(size, seed: seed)
                let again = LocalPlan(size, seed: seed)
                #expect(plan.publications == again.publications && plan.kills == again.kills)
                #expect(plan.links == again.links && plan.resets == again.resets)
                for node in 0..<9 {
                    let isOnRing = plan.links.contains {
                        ($0.from, $0.to) == (node, (node + 1) % 9)
                    }
                    #expect(isOnRing, "seed \(seed)")
                }
                #expect(plan.links.count > 9 && plan.links.allSatisfy { $0.from != $0.to })
                #expect(plan.cuts.count == 3)
                for cut in plan.cuts {
                    let apart = cut.side.count { $0 }
                    #expect((1...8).contains(apart), "seed \(seed)")
                    #expect(cut.untilMilliseconds <= size.activeSeconds * 1000)
                }
            }
            let first = LocalPlan(size, seed: 1).publications
            #expect(first != LocalPlan(size, seed: 2).publications)
        }

        @Test(
            "a sweep on a Dask cluster gives the same bytes",
            .enabled(
                if: Python.has("dask.distributed"),
                "needs dask: pip install -r simnet/cluster/requirements.txt"))
        func cluster() throws {
            let child = try ChildProcess(
                executable: URL(fileURLWithPath: Python.interpreter),
                arguments: ["simnet/cluster/test_fan.py", Self.binary.path],
                directory: Bench.packageRoot)
            #expect(child.wait(seconds: 600) == .exited(0), "\(child.lastWords)")
            child.drain()
            #expect(child.outputText.contains("the same files"))
        }
    }
}
