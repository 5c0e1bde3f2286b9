/// Every cap of the transport. The figures are those of the protocol (docs/protocol.md).
public struct TransportLimits: Hashable, Sendable {
    /// Largest payload of a frame, in bytes. libzmq is told this plus 64, because it counts the
    /// *encrypted* frame, which is 33 bytes longer.
    public var maximumFrameBytes = 64 << 10
    /// Established links, inbound and outbound together.
    public var connections = 256
    /// Connections that the kernel holds for a listener that is behind (listen(2)).
    public var backlog = 4_096
    /// Inbound connections that have not yet spoken.
    public var halfOpen = 64
    /// Of these, in one netgroup (/24 or /48). Loopback is exempt: everyone there is this machine.
    public var halfOpenPerNetgroup = 4
    /// Handshakes of strangers a second, above which newcomers are let in by chance, and how many may come at once
    /// (threats.md, T41). 200 cost a sixth of a core.
    public var handshakesPerSecond = 200
    public var handshakeBurst = 200
    /// Connections a second of one netgroup, and of one address that had a link before, above which it is left out while
    /// there are too many. Loopback has no netgroup.
    public var handshakesPerNetgroup = 20
    public var handshakesPerKnownAddress = 20
    /// How long it is left out.
    public var refusalMilliseconds = 10_000
    /// Least time between two decisions on who is let in.
    public var rationMilliseconds = 50
    /// Addresses that had a link, remembered: those of the longest links.
    public var knownAddresses = 64
    /// Netgroups that are left out at once.
    public var refusedNetgroups = 64
    /// Established inbound links in one netgroup. Loopback is exempt.
    public var inboundPerNetgroup = 2
    /// Peers that this node dials.
    public var outboundLinks = 64
    /// Bytes that one connection may have brought in without a finished message.
    public var undeliveredBytes = 1 << 20
    /// The same over all connections; past it the worst one is cut. A one-byte frame takes 36 bytes
    /// on the wire and 64 in libzmq, so memory is up to twice this figure.
    public var undeliveredBytesTotal = 4 << 20
    /// Frames waiting to be sent to one link, in bytes.
    public var outboundQueueBytesPerLink = 1 << 20
    /// Frames waiting to be sent over all links, in bytes.
    public var outboundQueueBytesTotal = 32 << 20
    /// Frames waiting to be sent to one link, in messages (libzmq's SNDHWM).
    public var outboundQueueFrames = 1_000
    /// From the first SYN to a connection. Short, because the kernel repeats a lost SYN after 1, 3
    /// and 7 s, and a listener under a flood of connects loses most of them.
    public var connectMilliseconds = 2_000
    /// From accept to the first message. The dialler speaks first.
    public var handshakeMilliseconds = 5_000
    /// From the first byte of a frame to its last.
    public var frameMilliseconds = 10_000
    /// Between two ZMTP PINGs of ours.
    public var heartbeatMilliseconds = 30_000
    /// Silence after a PING that ends a connection; with the interval, dead after 75 s.
    public var heartbeatTimeoutMilliseconds = 45_000
    /// First wait before a lost outbound link is dialled again; doubles up to the maximum.
    public var reconnectMilliseconds = 500
    public var reconnectMaximumMilliseconds = 30_000
    /// Kernel buffers of one connection in each direction, in bytes: without it the kernel lets a
    /// single connection hold several MiB.
    public var kernelBufferBytes = 256 << 10
    /// Of a peer that the user named the first attempts are short, and follow each other at random within one and two
    /// such waits: under a flood of connects each SYN has the same small chance, and the kernel sends only the first,
    /// and one after a second. With 2 s an attempt the fourth came at 6 s (T20: 5 s). 400 ms are a round trip around
    /// the Earth; who is farther away is reached by the long attempts that follow.
    public var quickConnectMilliseconds = 400
    public var quickReconnectMilliseconds = 100
    public var quickAttempts = 12
    /// File descriptors that the transport leaves to the rest of the process.
    public var reservedDescriptors = 64
    /// Banned node keys remembered; the oldest is forgotten first.
    public var bans = 4_096
    /// Largest request or reply on the control socket, in bytes.
    public var controlFrameBytes = 16 << 20
    /// How long answers on the control socket may take to be read after the end.
    public var controlLingerMilliseconds = 1_000
    /// Least time between two looks of the connection guard, and so its reaction time to a flood.
    public var guardMilliseconds = 10
    /// Longest time between two readings of a connection: a second net below the first, which
    /// tells of arrivals as long as the connection has room to write.
    public var sweepMilliseconds = 250
    /// Datagrams of the local net that are looked at in a second, and the longest of them, in bytes. Each costs
    /// a signature at most.
    public var datagramsPerSecond = 20
    public var datagramBytes = 256
    /// Frames taken out of libzmq in one call of `poll`.
    public var framesPerPoll = 256

    public init() {}

    /// libzmq's RCVHWM: finished messages of one connection never amount to more than half of
    /// `undeliveredBytes`, so what goes beyond can only be a message that does not end. At least 2:
    /// with 1, libzmq 4.3.4 delivers nothing from a connection that ZAP has let in.
    var receiveHighWaterMark: Int { max(2, undeliveredBytes / 2 / maximumFrameBytes) }
}
