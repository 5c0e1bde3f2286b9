import CSodium

/// What Argon2id pays to turn a passphrase into a key: the same price for us and for a guesser.
public struct PassphraseCost: Hashable, Sendable, CustomStringConvertible {
    /// Passes over the memory.
    public let operations: UInt32
    public let memoryKibibytes: UInt32

    /// libsodium's "moderate": 3 passes over 256 MiB, about a second. The default for files.
    public static let moderate = PassphraseCost(
        known: crypto_pwhash_OPSLIMIT_MODERATE, memoryBytes: Int(crypto_pwhash_MEMLIMIT_MODERATE))

    /// libsodium's "interactive": 2 passes over 64 MiB, about 0.2 s.
    public static let interactive = PassphraseCost(
        known: crypto_pwhash_OPSLIMIT_INTERACTIVE,
        memoryBytes: Int(crypto_pwhash_MEMLIMIT_INTERACTIVE))

    /// The least that libsodium takes, 1 pass over 8 KiB: for tests only, it protects nothing.
    public static let minimal = PassphraseCost(
        known: crypto_pwhash_OPSLIMIT_MIN, memoryBytes: Int(crypto_pwhash_MEMLIMIT_MIN))

    /// The largest cost that is read from a file: 16 passes, 1 GiB (libsodium's "sensitive" is 4 and
    /// 1 GiB). Above it a planted file would only be a way to exhaust the machine.
    public static let limit = PassphraseCost(uncheckedOperations: 16, memoryKibibytes: 1 << 20)

    /// Nil below libsodium's least cost or above `limit`.
    public init?(operations: UInt32, memoryKibibytes: UInt32) {
        guard (1...Self.limit.operations).contains(operations),
            (8...Self.limit.memoryKibibytes).contains(memoryKibibytes)
        else { return nil }
        self.init(uncheckedOperations: operations, memoryKibibytes: memoryKibibytes)
    }

    private init(uncheckedOperations: UInt32, memoryKibibytes: UInt32) {
        operations = uncheckedOperations
        self.memoryKibibytes = memoryKibibytes
    }

    private init(known operations: some BinaryInteger, memoryBytes: Int) {
        self.init(
            uncheckedOperations: UInt32(operations),
            memoryKibibytes: UInt32(memoryBytes / 1024))
    }

    public var description: String { "argon2id, \(operations) passes, \(memoryKibibytes) KiB" }
}
