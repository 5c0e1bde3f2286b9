import Glibc

/// The clock of the transport's own timers.
enum Monotonic {
    /// Milliseconds since an arbitrary origin; never goes back.
    static var milliseconds: UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000 + UInt64(time.tv_nsec) / 1_000_000
    }
}
