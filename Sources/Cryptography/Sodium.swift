import CSodium
import Glibc
import Primitives

/// libsodium as a whole: whether it runs here and computes what the standards say.
public enum Sodium {
    /// Initialises libsodium and runs the self-test. Call it once, before the first key is used;
    /// calling it again is harmless.
    ///
    /// Throws `.libraryUnusable` when libsodium does not start, computes a wrong signature or
    /// digest, or lacks the fix of CVE-2025-69277.
    public static func start() throws(CryptographyFailure) {
        guard initialised >= 0 else {
            throw unusable("libsodium does not start", cause: "sodium_init returned \(initialised)")
        }
        try SelfTest.run(SelfTest.Library())
    }

    /// Keeps this process, and those it starts, from ever writing a core dump.
    ///
    /// Locked memory is left out of dumps anyway, but a copy of a key can stay in a register or on
    /// the stack where nothing can wipe it. A program that holds keys calls this at its start.
    /// Throws `.inputOutput` when the system refuses.
    public static func forbidCoreDumps() throws(CryptographyFailure) {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) == 0 else {
            throw CryptographyFailure(
                code: .inputOutput, operation: "forbid core dumps",
                message: "the system refuses; forbid them before the start: ulimit -c 0",
                cause: "setrlimit, errno \(errno)")
        }
    }

    /// The version of the library that is linked at run time, as in "1.0.18".
    public static var version: String {
        unsafe String(cString: sodium_version_string())
    }

    /// Everything that draws random bytes or locked memory passes here, so that a caller that
    /// forgot `start()` still never runs on an uninitialised library.
    static func requireReady() {
        require(initialised >= 0, "libsodium is initialised before it is used")
    }

    /// 0 at the first, 1 at a later initialisation, -1 on failure. Thread-safe: libsodium takes a
    /// lock of its own, and Swift initialises a static once.
    private static let initialised: CInt = sodium_init()

    static func unusable(_ message: String, cause: String) -> CryptographyFailure {
        CryptographyFailure(
            code: .libraryUnusable, operation: "start the cryptography",
            message: "\(message); update the package: apt-get install --only-upgrade libsodium23",
            cause: cause)
    }
}
