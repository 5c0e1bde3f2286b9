/// What one connection has brought in against what came out of it as finished messages.
///
/// A message arrives whole or not at all, so bytes that do not come out belong to a message that is
/// still being sent: one frame of an honest peer, without bound from a hostile one. Connection
/// bytes that are never delivered (handshake, heartbeats) would add up over days; they are written
/// off at each delivery, back to the last moment when nothing finished was waiting: a message
/// delivered later began after that moment, so nothing unfinished lay before it.
struct ByteAccount {
    /// A heartbeat and its answer are 114 bytes; this allows more than one a second.
    static let allowanceBytesPerSecond: UInt64 = 128
    /// Handshake of CURVE with generous metadata.
    static let allowanceBytes: UInt64 = 2_048

    private var readBytes: UInt64 = 0
    private var baseBytes: UInt64 = 0
    private var baseMilliseconds: UInt64
    private var deliveredBytes: UInt64 = 0
    private var mark: (read: UInt64, delivered: UInt64, milliseconds: UInt64)?
    private(set) var stalledSinceMilliseconds: UInt64?

    init(nowMilliseconds: UInt64) { baseMilliseconds = nowMilliseconds }

    /// How far a handshake can have come: nothing, part of the greeting (64 bytes), all of it, the
    /// HELLO as well (202 bytes, which libzmq refuses unless its box is good).
    var handshakeStage: Int {
        switch readBytes {
        case 0: 0
        case 1..<64: 1
        case 64..<266: 2
        default: 3
        }
    }

    /// Greeting and HELLO came, and no INITIATE (at least 257 bytes more): half of a handshake's arithmetic, for nothing.
    var hasOnlyGreeted: Bool { readBytes >= 266 && readBytes < 266 + 257 }

    /// Bytes that libzmq has read and not handed over.
    var undelivered: Int {
        let out = baseBytes + deliveredBytes
        return readBytes > out ? Int(readBytes - out) : 0
    }

    /// A finished message came out. `payloadBytes` is the length of its only frame.
    mutating func deliver(payloadBytes: Int) {
        deliveredBytes += UInt64(Self.wireBytes(ofPayload: payloadBytes))
        stalledSinceMilliseconds = nil
        if let mark {
            baseBytes = mark.read
            baseMilliseconds = mark.milliseconds
            deliveredBytes -= mark.delivered
            self.mark = nil
        }
    }

    /// A reading of the connection. `isDrained`: no finished message was waiting just before.
    mutating func observe(read: UInt64, isDrained: Bool, nowMilliseconds: UInt64) {
        readBytes = max(readBytes, read)
        if isDrained { mark = (readBytes, deliveredBytes, nowMilliseconds) }
        let elapsed = (max(nowMilliseconds, baseMilliseconds) - baseMilliseconds) / 1_000
        let allowed = Self.allowanceBytes + Self.allowanceBytesPerSecond * elapsed
        if UInt64(undelivered) <= allowed {
            stalledSinceMilliseconds = nil
        } else if stalledSinceMilliseconds == nil {
            stalledSinceMilliseconds = nowMilliseconds
        }
    }

    /// Bytes on the wire of a message: ZMTP 3.1 frame header, "\x07MESSAGE", nonce 8, MAC 16, flags.
    static func wireBytes(ofPayload count: Int) -> Int {
        let body = count + 33
        return body + (body <= 255 ? 2 : 9)
    }
}
