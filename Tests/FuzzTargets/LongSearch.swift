/// Runs a property on the inputs of a series, and times each: the search without a sanitizer.
///
/// A broken property ends the process; what `Progress` told last says near which number.
public struct LongSearch: Sendable {
    /// An input that takes longer hangs (threats.md, T14).
    public static let limitNanoseconds: UInt64 = 100_000_000
    private static let beatNanoseconds: UInt64 = 1_000_000_000
    /// A machine that does something else meanwhile slows any run; the fastest is the input's own.
    private static let repetitions = 5

    public struct Progress: Hashable, Sendable {
        public var executions: UInt64 = 0
        /// Number of the input that took longest by itself.
        public var slowest: UInt64 = 0
        public var slowestNanoseconds: UInt64 = 0
        public var isHanging: Bool { slowestNanoseconds > limitNanoseconds }
    }

    private let series: InputSeries
    private let numbers: StrideTo<UInt64>

    /// Searches through `numbers` of `series`, in that order.
    public init(_ series: InputSeries, numbers: StrideTo<UInt64>) {
        self.series = series
        self.numbers = numbers
    }

    /// Runs `check` on each input until one takes longer than the limit, which the result then tells.
    ///
    /// `now` reads a clock in nanoseconds, `willRun` hears each number before its input runs, `beat`
    /// the progress about once a second.
    public func run(
        check: ([UInt8]) -> Void, now: () -> UInt64, willRun: ((UInt64) -> Void)? = nil,
        beat: (Progress) -> Void
    ) -> Progress {
        var progress = Progress()
        var bytes: [UInt8] = []
        var last = now()
        var nextBeat = last + Self.beatNanoseconds
        for number in numbers {
            series.write(number, into: &bytes)
            willRun?(number)
            check(bytes)
            progress.executions += 1
            var time = now()
            if time - last > progress.slowestNanoseconds {
                let own = (0..<Self.repetitions).reduce(UInt64.max) { fastest, _ in
                    let start = now()
                    check(bytes)
                    return min(fastest, now() - start)
                }
                if own > progress.slowestNanoseconds {
                    progress.slowest = number
                    progress.slowestNanoseconds = own
                }
                if progress.isHanging { return progress }
                time = now()
            }
            last = time
            if time >= nextBeat {
                beat(progress)
                nextBeat = time + Self.beatNanoseconds
            }
        }
        return progress
    }
}
