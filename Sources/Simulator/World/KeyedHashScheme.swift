import Primitives
import Records

/// Signatures for large simulations: a keyed hash that the whole simulated world shares.
///
/// About a hundred times cheaper than Ed25519. No program of the simulator forges one: an adversary that has no
/// key sends random bytes instead.
struct KeyedHashScheme: SignatureScheme {
    private let secret: UInt64

    init(seed: UInt64) {
        var random = SeededRandom(seed: seed, stream: "signature secret")
        secret = random.next()
    }

    func isValid(_ key: PublicKey) -> Bool { key.raw != .zero }

    func verify(_ signature: Signature, of message: [UInt8], by key: PublicKey) -> Bool {
        signature.bytes == mark(message, key)
    }

    func nodeKey(of signer: PublicKey) -> NodeKey? { NodeKey(raw: signer.raw) }

    func digest(_ message: [UInt8]) -> Bytes32 {
        var lanes = Lanes(message, start: (1, 2, 3, 4))
        return lanes.block(0)
    }

    /// What only the holder of `key` is supposed to write: 64 bytes.
    func mark(_ message: [UInt8], _ key: PublicKey) -> [UInt8] {
        let words = key.raw.words
        var lanes = Lanes(
            message, start: (words.0 ^ secret, words.1 &+ secret, words.2, words.3))
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Signature.count)
        lanes.block(0).append(to: &bytes)
        lanes.block(32).append(to: &bytes)
        return bytes
    }
}

/// Signs in the simulated world.
struct KeyedHashSigner: Signer {
    let publicKey: PublicKey
    let scheme: KeyedHashScheme

    /// A key that follows from a random stream.
    init(random: inout SeededRandom, scheme: KeyedHashScheme) {
        var bytes: [UInt8] = []
        for _ in 0..<Bytes32.count { bytes.append(UInt8(truncatingIfNeeded: random.next())) }
        guard let key = PublicKey(bytes) else { broken("a key has 32 bytes") }
        publicKey = key
        self.scheme = scheme
    }

    func sign(_ message: [UInt8]) -> Signature {
        guard let signature = Signature(scheme.mark(message, publicKey)) else {
            broken("a signature has 64 bytes")
        }
        return signature
    }
}

/// Four words stirred by every word of a message.
private struct Lanes {
    private var a: UInt64
    private var b: UInt64
    private var c: UInt64
    private var d: UInt64

    init(_ message: [UInt8], start: (UInt64, UInt64, UInt64, UInt64)) {
        (a, b, c, d) = start
        forEachWord(of: message.span) { stir($0) }
        for round: UInt64 in 1...4 { stir(round) }
    }

    private mutating func stir(_ word: UInt64) {
        a = (a ^ word) &* 0x9e37_79b9_7f4a_7c15
        b = (b &+ word) &* 0xbf58_476d_1ce4_e5b9
        c = (c ^ a ^ a >> 29) &* 0x94d0_49bb_1331_11eb
        d = (d &+ b ^ c >> 31) &* 0xd6e8_feb8_6659_fd93
        a ^= d >> 32
        b ^= c >> 32
    }

    /// The next 32 bytes of output; `number` of them came before.
    mutating func block(_ number: UInt64) -> Bytes32 {
        stir(number)
        return Bytes32(words: (a, b, c, d))
    }
}
