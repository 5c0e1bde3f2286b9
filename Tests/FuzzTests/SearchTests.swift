import FuzzTargets
import Primitives
import Records
import Cryptography
import Testing

/// What `make fuzz-long` stands on: inputs by number, and the time of each.
@Suite("Long search")
struct SearchTests {
    private static let originals: [[UInt8]] = [Array(0..<40), [], Array(0..<200)]

    @Test("a number of a seed is always the same bytes, whatever was made before", arguments: [3])
    func repeats(_ seed: UInt64) {
        let series = InputSeries(Self.originals, seed: seed)
        var bytes: [UInt8] = []
        for number in (0..<500 as Range<UInt64>).reversed() {
            series.write(number, into: &bytes)
            #expect(bytes == InputSeries(Self.originals, seed: seed).input(number))
        }
        let distinct = Set((0..<500).map { series.input($0) })
        // The empty one gives few.
        #expect(distinct.count > 350, "seed \(seed): \(distinct.count) of 500 differ")
        #expect(series.input(7) != InputSeries(Self.originals, seed: seed + 1).input(7))
    }

    @Test("changes reach past the limit of a frame and stay near it", arguments: [5])
    func limits(_ seed: UInt64) {
        let series = InputSeries([Array(0..<200)], seed: seed)
        let longest = (0..<40_000).map { series.input($0).count }.max() ?? 0
        #expect(longest > WireLimits.frameBytes, "seed \(seed)")
        #expect(longest < 70_000, "seed \(seed): a search is not of long inputs")
    }

    /// Runs `check` under a clock that the check itself moves.
    private func search(
        _ count: UInt64, _ nanoseconds: (Int) -> UInt64
    ) -> LongSearch.Progress {
        var time: UInt64 = 0
        var calls = 0
        let search = LongSearch(
            InputSeries(Self.originals, seed: 1), numbers: stride(from: 0, to: count, by: 1))
        return search.run(
            check: { _ in
                time += nanoseconds(calls)
                calls += 1
            },
            now: { time }, beat: { _ in })
    }

    @Test("an input that is slow whenever it runs ends the search")
    func hangs() {
        let progress = search(10) { $0 >= 4 ? LongSearch.limitNanoseconds + 1 : 0 }
        #expect(progress.isHanging)
        #expect(progress.executions == 5)
        #expect(progress.slowest == 4)
    }

    @Test("an input that was slow once does not")
    func noise() {
        let progress = search(10) { $0 == 4 ? 10 * LongSearch.limitNanoseconds : 0 }
        #expect(!progress.isHanging)
        #expect(progress.executions == 10)
    }

    @Test("the seeds hold each kind of record and of frame, so that a search starts at all of them")
    func kinds() {
        let records = FuzzTarget.record.seeds.compactMap {
            try? Record(decoding: $0[...], scheme: Ed25519Scheme()).body.payload.kind
        }
        #expect(Set(records).isSuperset(of: RecordKind.play...RecordKind.revoke))
        let frames = Set(FuzzTarget.frame.seeds.compactMap(\.first))
        // Every type that decodes with nothing behind it fails in another field than its own.
        let known = (UInt8.min...UInt8.max).filter { type in
            do throws(DecodingFailure) {
                _ = try Frame.decode([type])
                return true
            } catch {
                return error.field != "type"
            }
        }
        #expect(frames == Set(known))
    }
}
