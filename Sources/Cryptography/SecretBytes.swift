import CSodium
import Primitives

/// Bytes in memory that libsodium locks, keeps out of core dumps, guards and wipes at the end.
///
/// What it does not cover: a copy that the processor's registers held for a moment can stay on a
/// stack. See `Sodium.forbidCoreDumps`.
///
/// A final class because it owns the allocation. The contents never change after `init`, where the
/// pages turn read-only: that is what makes `@unchecked Sendable` true. `@safe` because no address
/// leaves it but for the length of a closure.
@safe
final class SecretBytes: @unchecked Sendable, CustomStringConvertible, CustomReflectable {
    let count: Int
    private let start: UnsafeMutablePointer<UInt8>

    /// Allocates `count` bytes, lets `fill` write them and freezes them. Each allocation takes at
    /// least four pages, so this is for keys, not for data. `fill` may throw: nothing remains then.
    init(
        count: Int, fill: (UnsafeMutablePointer<UInt8>) throws(CryptographyFailure) -> Void
    ) throws(CryptographyFailure) {
        Sodium.requireReady()
        guard let start = unsafe sodium_malloc(count) else {
            throw CryptographyFailure(
                code: .outOfMemory, operation: "hold a secret key",
                message: "the system gives no locked memory; raise the limit: ulimit -l unlimited",
                cause: "sodium_malloc(\(count))")
        }
        self.count = count
        unsafe self.start = start.assumingMemoryBound(to: UInt8.self)
        // Every field is set: when `fill` throws, deinit runs and frees.
        try unsafe fill(self.start)
        let frozen = unsafe sodium_mprotect_readonly(start)
        require(frozen == 0, "pages of our own can be made read-only")
    }

    /// Uniform random bytes.
    convenience init(randomCount count: Int) throws(CryptographyFailure) {
        try unsafe self.init(count: count) { start in unsafe randombytes_buf(start, count) }
    }

    /// A copy of `bytes`, which stay the caller's to wipe.
    convenience init(copying bytes: [UInt8]) throws(CryptographyFailure) {
        try unsafe self.init(count: bytes.count) { start in
            unsafe start.update(from: bytes, count: bytes.count)
        }
    }

    deinit {
        unsafe sodium_free(start)
    }

    /// Lends the bytes; the pointer must not leave `body`.
    func withPointer<Result>(_ body: (UnsafePointer<UInt8>) -> Result) -> Result {
        unsafe body(UnsafePointer(start))
    }

    /// A copy outside the locked memory, to be wiped by the caller.
    func copy() -> [UInt8] {
        unsafe Array(UnsafeBufferPointer(start: start, count: count))
    }

    var description: String { "\(count) secret bytes" }

    /// Without this, `dump` and string interpolation of an owner would show the address.
    var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}
