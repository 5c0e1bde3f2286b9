import Foundation
import Glibc
import Primitives
import Synchronization
import Testing
import Transport

/// What an attack did to a node and to the peer that it was serving.
struct AttackFigures: Sendable {
    var output = ""
    var status: Int32 = 0
    var echoes = 0
    var slowestEchoMilliseconds = 0
    var newcomerMilliseconds: Int?
    var bytesBefore = 0
    var bytesPeak = 0
    var processorSeconds = 0.0
    var seconds = 0.0
    var counters = TransportCounters()
    var census: [MapCensus] = []

    var growthMebibytes: Double { Double(bytesPeak - bytesBefore) / 1_048_576 }

    /// What the attacker printed under `name`; nil when it is absent or null.
    func number(_ name: String) -> Double? {
        let object = try? JSONSerialization.jsonObject(with: Data(output.utf8))
        return ((object as? [String: Any])?[name] as? NSNumber)?.doubleValue
    }

    private var refusals: String {
        let counts = Refusal.allCases.map { ($0, counters.count(of: $0)) }.filter { $0.1 > 0 }
        return counts.map { "\($0.0): \($0.1)" }.joined(separator: ", ")
    }

    var summary: String {
        let percent = Int(100 * processorSeconds / max(seconds, 0.001))
        return """
            \(output.trimmingCharacters(in: .whitespacesAndNewlines))
                growth \(String(format: "%.1f", growthMebibytes)) MiB, CPU \(percent) %, \
            \(echoes) echoes, slowest \(slowestEchoMilliseconds) ms, \
            newcomer \(newcomerMilliseconds.map { "\($0) ms" } ?? "none"), \
            accepted \(counters.accepted), refused \(refusals)
            """
    }
}

/// A node that echoes, on a thread of its own, attacked by a child process while a peer talks with
/// it. Meant for a process of its own: it measures the whole process.
final class AttackBench: Sendable {
    let keys: CurveKeys
    private let address = Mutex("")
    private let isStopped = Atomic(false)
    private let threads = DispatchGroup()
    private let figures = Mutex(AttackFigures())

    init() throws {
        keys = try CurveKeys.generate()
    }

    /// Runs `command`, in which PORT, HEXKEY and Z85KEY are replaced, and returns what happened.
    func run(_ command: [String], limits: TransportLimits = TransportLimits()) throws
        -> AttackFigures
    {
        let isListening = DispatchSemaphore(value: 0)
        start { [self] in try serve(limits, isListening) }
        isListening.wait()
        start { [self] in try converse() }
        // The peer's warm-up: allocations of normal work come before the baseline.
        while figures.withLock({ $0.echoes }) < 2_000 { usleep(10_000) }
        let processorBefore = clock(CLOCK_PROCESS_CPUTIME_ID)
        let start = clock(CLOCK_MONOTONIC)
        let before = status("VmRSS")
        figures.withLock {
            $0.echoes = 0
            $0.slowestEchoMilliseconds = 0
            $0.bytesBefore = before
        }
        let attacker = try launch(command)
        let newcomerIsDone = DispatchSemaphore(value: 0)
        self.start { [self] in
            defer { newcomerIsDone.signal() }
            try comeLater()
        }
        attacker.process.waitUntilExit()
        let seconds = clock(CLOCK_MONOTONIC) - start
        let processor = clock(CLOCK_PROCESS_CPUTIME_ID) - processorBefore
        newcomerIsDone.wait()
        isStopped.store(true, ordering: .relaxed)
        threads.wait()
        let output = attacker.output.fileHandleForReading.readDataToEndOfFile()
        return figures.withLock {
            $0.output = String(decoding: output, as: UTF8.self)
            $0.status = attacker.process.terminationStatus
            $0.bytesPeak = max($0.bytesPeak, before)
            $0.seconds = seconds
            $0.processorSeconds = processor
            return $0
        }
    }

    private func start(_ body: @escaping @Sendable () throws -> Void) {
        threads.enter()
        Thread.detachNewThread { [self] in
            do { try body() } catch { Issue.record(error) }
            threads.leave()
        }
    }

    private func launch(_ command: [String]) throws -> (process: Process, output: Pipe) {
        let port = address.withLock { String($0.split(separator: ":").last ?? "") }
        // A key in Z85 may begin with a dash, so it is one word with its option.
        let values = [
            "PORT": port, "HEXKEY": keys.publicKey.hex,
            "--server-key=Z85KEY": "--server-key=\(keys.publicKey.z85)",
        ]
        let (process, output) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = command.map { values[$0] ?? $0 }
        process.standardOutput = output
        try process.run()
        return (process, output)
    }

    private func serve(_ limits: TransportLimits, _ isListening: DispatchSemaphore) throws {
        let endpoint = try Endpoint(keys: keys, limits: limits)
        let bound = try endpoint.listen(on: "tcp://127.0.0.1:0")
        address.withLock { $0 = bound }
        isListening.signal()
        while !isStopped.load(ordering: .relaxed) {
            for case .frame(let link, let bytes) in endpoint.poll(timeoutMilliseconds: 50) {
                _ = endpoint.send(frame: bytes, to: link)
            }
            let resident = status("VmRSS")
            figures.withLock { $0.bytesPeak = max($0.bytesPeak, resident) }
        }
        figures.withLock {
            $0.counters = endpoint.counters
            $0.census = endpoint.census
        }
        endpoint.close()
    }

    /// The peer that is served throughout: one echo after the other.
    private func converse() throws {
        let endpoint = try Endpoint(keys: CurveKeys.generate())
        let link = try endpoint.dial(address: address.withLock { $0 }, key: keys.publicKey)
        var sent = clock(CLOCK_MONOTONIC)
        while !isStopped.load(ordering: .relaxed) {
            for event in endpoint.poll(timeoutMilliseconds: 50) {
                switch event {
                case .up: break
                case .frame:
                    let milliseconds = Int((clock(CLOCK_MONOTONIC) - sent) * 1_000)
                    figures.withLock {
                        $0.echoes += 1
                        $0.slowestEchoMilliseconds = max($0.slowestEchoMilliseconds, milliseconds)
                    }
                    // A talkative peer, not a benchmark: the attack needs a processor too.
                    usleep(500)
                case .down(_, let reason) where !isStopped.load(ordering: .relaxed):
                    Issue.record("the peer was dropped: \(reason)")
                default: continue
                }
                sent = clock(CLOCK_MONOTONIC)
                let outcome = endpoint.send(frame: [UInt8](repeating: 1, count: 200), to: link)
                #expect(outcome == .sent || isStopped.load(ordering: .relaxed))
            }
        }
        // An echo that never came counts as well.
        let pending = Int((clock(CLOCK_MONOTONIC) - sent) * 1_000)
        figures.withLock { $0.slowestEchoMilliseconds = max($0.slowestEchoMilliseconds, pending) }
        endpoint.close()
    }

    /// An honest peer that comes in the middle of the attack.
    private func comeLater() throws {
        usleep(700_000)
        var limits = TransportLimits()
        limits.reconnectMilliseconds = 100
        let endpoint = try Endpoint(keys: CurveKeys.generate(), limits: limits)
        let start = clock(CLOCK_MONOTONIC)
        let link = try endpoint.dial(address: address.withLock { $0 }, key: keys.publicKey)
        while figures.withLock({ $0.newcomerMilliseconds }) == nil,
            clock(CLOCK_MONOTONIC) < start + 10
        {
            for event in endpoint.poll(timeoutMilliseconds: 50) {
                if case .up = event { _ = endpoint.send(frame: [9], to: link) }
                if case .frame = event {
                    let milliseconds = Int((clock(CLOCK_MONOTONIC) - start) * 1_000)
                    figures.withLock { $0.newcomerMilliseconds = milliseconds }
                }
            }
        }
        endpoint.close()
    }
}

/// Seconds of a system clock.
func clock(_ id: clockid_t) -> Double {
    var time = timespec()
    unsafe clock_gettime(id, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// A figure in bytes of this process's status.
func status(_ name: String) -> Int {
    guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
        let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name + ":") })
    else { return 0 }
    return 1_024 * (Int(line.split(whereSeparator: { !$0.isNumber }).first ?? "") ?? 0)
}
