import Primitives
import Testing

@testable import Simulator

@Suite("The queue of events") struct EventQueueTests {
    @Test(
        "events come by time, and in the order of scheduling where times are equal",
        arguments: [UInt64(1), 2, 3])
    func order(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var queue = EventQueue()
        var expected: [(time: UInt64, number: Int)] = []
        var happened: [Int] = []
        var now: UInt64 = 0
        for number in 0..<3000 {
            // Soon, at once, and far beyond the wheel.
            let reach = [1, 50, 5_000, 400_000][random.below(4)]
            let time = now + UInt64(random.below(reach))
            queue.push(.fault(number), at: time)
            expected.append((time, number))
            if random.below(3) == 0, let next = queue.pop(through: .max) {
                now = next.time
                if case .fault(let number) = next.event { happened.append(number) }
                // The earliest that waits, the first of its time.
                let first = expected.indices.min {
                    (expected[$0].time, expected[$0].number)
                        < (expected[$1].time, expected[$1].number)
                }
                #expect(
                    first.map { expected.remove(at: $0).number } == happened.last, "seed \(seed)")
            }
        }
        expected.sort { ($0.time, $0.number) < ($1.time, $1.number) }
        var rest: [Int] = []
        while let next = queue.pop(through: .max) {
            if case .fault(let number) = next.event { rest.append(number) }
        }
        #expect(rest == expected.map(\.number), "seed \(seed)")
        #expect(queue.count == 0)
    }

    @Test("nothing later than the end is given, and it is still there afterwards")
    func end() {
        var queue = EventQueue()
        queue.push(.sample, at: 10)
        queue.push(.sample, at: 90_000)
        #expect(queue.pop(through: 50)?.time == 10)
        #expect(queue.pop(through: 50) == nil)
        #expect(queue.pop(through: 89_999) == nil)
        #expect(queue.pop(through: 90_000)?.time == 90_000)
    }
}
