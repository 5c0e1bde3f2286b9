import CSodium
import Primitives

/// libsodium as a whole: whether it runs here and computes what the standards say.
public enum Sodium {
    /// Initialises libsodium and runs the self-test. Call it once, before the first key is used;
    /// calling it again is harmless. About 0.3 ms.
    ///
    /// Throws `.libraryUnusable` when libsodium does not start, computes a wrong signature or
    /// digest, or lacks the fix of CVE-2025-69277.
    public static func start() throws(CryptographyFailure) {
        guard initialised >= 0 else {
            throw unusable("libsodium does not start", cause: "sodium_init returned \(initialised)")
        }
        try SelfTest.run(SelfTest.Library())
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
