public import ArgumentParser
import Foundation
public import FuzzTargets
import Primitives

/// One process of `make fuzz-long`: an optimised build, no sanitizer, our own changes of the corpus.
@main
struct LongFuzz: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fuzz-long",
        abstract: "Runs a fuzz target on numbered inputs; one line of progress a second.",
        discussion: """
            A line is: executions, nanoseconds since the start, nanoseconds and number of the slowest \
            input, resident bytes. Ends with 1 when an input takes over 100 ms or memory grows; a broken \
            property ends the process.
            """)

    /// What memory may grow by after the first second: a small object left behind by every 200th of
    /// 10^8 executions is more, a heap that settles is less.
    private static let growthBytes = 16 << 20

    /// Of the processor's time, between two lines of progress.
    private static let endlessSeconds = 20

    @Argument(help: "A target of Tests/FuzzTargets.")
    var target: FuzzTarget
    @Option(help: "How many inputs all jobs run together.")
    var runs: UInt64 = 1_000_000
    @Option(help: "Number of the first input.")
    var first: UInt64 = 0
    @Option(help: "Processes that share the inputs.")
    var jobs: UInt64 = 1
    @Option(help: "Which of them this is, from 0.")
    var job: UInt64 = 0
    @Option(help: "Seed of the series of inputs.")
    var seed: UInt64 = 1
    @Option(help: "Folder with a corpus for each target.")
    var corpus = "Tests/FuzzTests/Corpus"
    @Flag(help: "Print each number before its input runs.")
    var each = false
    @Option(help: "Write the first input to this file instead of running anything.")
    var write: String?

    func validate() throws {
        guard jobs > 0, job < jobs, first <= UInt64.max - runs else {
            throw ValidationError("a job is one of the jobs, and numbers have 64 bits")
        }
    }

    func run() throws {
        let series = InputSeries(try originals(), seed: seed)
        if let write {
            return try Data(series.input(first)).write(to: URL(filePath: write))
        }
        let search = LongSearch(
            series, numbers: stride(from: first + job, to: first + runs, by: Int(jobs)))
        let start = Self.now()
        var settledBytes: Int?
        let willRun = each ? { (number: UInt64) in Self.say("\(number)") } : nil
        let target = target
        Self.limitTime()
        let progress = search.run(
            check: { target.check($0) }, now: Self.now, willRun: willRun,
            beat: { progress in
                Self.limitTime()
                settledBytes = settledBytes ?? Self.residentBytes()
                if !each { Self.say(progress, since: start) }
            })
        if !each { Self.say(progress, since: start) }
        let growth = Self.residentBytes() - (settledBytes ?? .max)
        if progress.isHanging || growth > Self.growthBytes { throw ExitCode.failure }
    }

    /// Of the repository, by name, then the seeds: the series depends on the order.
    private func originals() throws -> [[UInt8]] {
        let folder = URL(filePath: corpus).appending(path: target.rawValue)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        return try names.map { try Array(Data(contentsOf: folder.appending(path: $0))) }
            + target.seeds
    }

    private static func say(_ progress: LongSearch.Progress, since start: UInt64) {
        say(
            [
                progress.executions, now() - start, progress.slowestNanoseconds, progress.slowest,
                UInt64(residentBytes()),
            ].map(String.init).joined(separator: "\t"))
    }

    private static func say(_ line: String) {
        FileHandle.standardOutput.write(Data("\(line)\n".utf8))
    }

    /// From now on the process dies of SIGPROF unless it is told again: an endless input ends it.
    private static func limitTime() {
        var limit = itimerval()
        limit.it_value.tv_sec = endlessSeconds
        require(unsafe setitimer(CInt(ITIMER_PROF.rawValue), &limit, nil) == 0, "there is a timer")
    }

    /// A clock that only goes forward, in nanoseconds.
    private static func now() -> UInt64 {
        var time = timespec()
        require(unsafe clock_gettime(CLOCK_MONOTONIC, &time) == 0, "there is a clock")
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Bytes of memory that this process holds: the second number of proc(5), statm, is in pages.
    private static func residentBytes() -> Int {
        let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        let pages = text?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}

extension FuzzTarget: ExpressibleByArgument {}
