import Dispatch

/// What a daemon takes while something goes on around it.
struct LoadWatch {
    let process: Int32
    private let start = DispatchTime.now()
    private let residentBefore: UInt64
    private let secondsBefore: Double
    private(set) var residentPeak: UInt64

    init(_ process: Int32) {
        self.process = process
        residentBefore = ProcessMemory.residentBytes(of: process) ?? 0
        secondsBefore = ProcessTime.seconds(of: process) ?? 0
        residentPeak = residentBefore
    }

    mutating func look() {
        residentPeak = max(residentPeak, ProcessMemory.residentBytes(of: process) ?? 0)
    }

    var growthBytes: UInt64 { residentPeak - residentBefore }
    var elapsedSeconds: Double { DispatchTime.now().seconds(since: start) }

    /// Of one core, since the watch began.
    var processorShare: Double {
        ((ProcessTime.seconds(of: process) ?? 0) - secondsBefore) / max(0.001, elapsedSeconds)
    }
}
