/// Why the transport turned something away: the fixed labels of its counters.
public enum Refusal: String, Hashable, Sendable, CaseIterable {
    case banned = "banned"
    case full = "no room for another link"
    case netgroupFull = "too many links from its network"
    case handshakeProtocol = "broke the handshake's rules"
    case handshakeBrokenOff = "broke off during the handshake"
    case silent = "did not speak in time"
    case halfOpenCap = "made room for a newer connection"
    case halfOpenNetgroup = "made room for a newer connection of its network"
    case undelivered = "sent too much without finishing a message"
    case undeliveredTotal = "held the most of too many unfinished bytes"
    case stalledFrame = "did not finish a frame in time"
    case multipart = "sent a message of several frames"
    case oversized = "sent an oversized frame"
    case noUser = "sent a message without an authenticated key"
    case replaced = "the same key connected again"
    case stray = "a message of a connection that is gone"
    case rationed = "came when too many did"
    case notRationed = "too many came, and the kernel takes no filter"
    case acceptFailed = "could not be accepted"
}

/// What the transport has done since it was made.
public struct TransportCounters: Hashable, Sendable {
    public internal(set) var accepted = 0
    public internal(set) var linksUp = 0
    public internal(set) var framesReceived = 0
    public internal(set) var framesSent = 0
    public internal(set) var payloadBytesReceived = 0
    public internal(set) var payloadBytesSent = 0
    private var refusals = [Int](repeating: 0, count: Refusal.allCases.count)

    public init() {}

    /// How often `reason` applied.
    public func count(of reason: Refusal) -> Int { refusals[Self.index(reason)] }

    mutating func add(_ reason: Refusal, _ count: Int = 1) {
        refusals[Self.index(reason)] += count
    }

    private static func index(_ reason: Refusal) -> Int {
        Refusal.allCases.firstIndex(of: reason) ?? 0
    }
}
