import FaultDisks
import Foundation
import Primitives
import Testing

@testable import Storage

/// T5, T34 and T35 of the threats, on the real files: power that fails at any write, errors at any operation.
@Suite("power loss", .serialized)
struct PowerLossTests {
    /// Seeds of the first test, of the others a fifth; `VOUCHBIRD_POWER_CUTS=500` for the bar of threats.md.
    static let seeds =
        UInt64(ProcessInfo.processInfo.environment["VOUCHBIRD_POWER_CUTS"] ?? "") ?? 50

    @Test(
        "after a power cut nothing acknowledged is missing, both files are whole, and no feed forks"
    )
    func powerCuts() throws {
        var outcomes = PowerLossRun.Outcomes()
        for seed in 1...Self.seeds {
            var run = try PowerLossRun(seed: seed)
            for _ in 0..<3 { try run.live(failing: .powerCut) }
            outcomes.add(run.outcomes)
        }
        // Else the cuts came where they tested nothing.
        #expect(outcomes.cuts > 2 * Int(Self.seeds) && outcomes.lostNetBatches > 0, "\(outcomes)")
        #expect(outcomes.keptInFlight > 0 && outcomes.lostInFlight > 0, "\(outcomes)")
    }

    @Test(
        "after an error of the disk the files go on, and a power cut later takes nothing acknowledged",
        arguments: [FaultDisk.Failure.ioError, .full])
    func errors(_ failure: FaultDisk.Failure) throws {
        var outcomes = PowerLossRun.Outcomes()
        for seed in 1...Self.seeds / 5 {
            var run = try PowerLossRun(seed: 1_000_000 + seed)
            try run.live(failing: failure)
            try run.live(failing: .powerCut)
            outcomes.add(run.outcomes)
        }
        #expect(outcomes.failedCommits > 0, "\(outcomes)")
    }

    /// Nothing can be promised on such a disk but honesty: the loss is found, or what is read is what was written.
    @Test("a disk that lies about synchronisations is never believed silently")
    func lies() throws {
        var outcomes = PowerLossRun.Outcomes()
        for seed in 1...Self.seeds / 5 {
            var run = try PowerLossRun(seed: 2_000_000 + seed)
            try run.live(failing: .powerCut, onLyingDisk: true)
            outcomes.add(run.outcomes)
        }
        #expect(outcomes.lostAcknowledged > 0 || outcomes.refusedToOpen > 0, "\(outcomes)")
    }
}
