public import Primitives
public import Records

/// A node that could be dialled: what an address record said, after its signature was checked.
public struct KnownNode: Hashable, Sendable {
    public var key: NodeKey
    public var address: NetworkAddress
    /// Nobody passes it on after that.
    public var expires: Instant
    /// The node's own word for it, to be passed on; nil only in studies without signatures.
    public var record: AddressRecord?
    /// Counts with all others of its /24 although its address is private: see `netgroup`.
    var sharesGroup = false

    public init(key: NodeKey, address: NetworkAddress, expires: Instant) {
        self.key = key
        self.address = address
        self.expires = expires
    }

    /// What a record says, of which the signature was checked.
    init(key: NodeKey, record: AddressRecord) {
        self.init(key: key, address: record.address, expires: record.expires)
        self.record = record
    }

    /// The group that it is chosen by. Addresses of a local net share one group, and where its hosts are known
    /// nothing follows from that: there each node is its own. A node that was only heard on the local net shares it:
    /// one host there could name any number of ports.
    public var netgroup: Netgroup {
        address.isPublic || sharesGroup ? address.netgroup : address.ownGroup
    }
}

/// Who told of a node.
public enum AddressSource: Hashable, Sendable {
    /// A pinned friend, an invitation, or the user: believed alone.
    case anchor
    /// The node itself, over a link that comes from the very host it names: dialling back disturbs nobody else.
    case itself
    /// Any other peer: two network groups have to agree before an address is tried (threats.md, T25).
    case peer(Netgroup)
}

/// The caps and intervals of an overlay; docs/protocol.md, "Overlay".
public struct OverlayLimits: Sendable {
    /// Slots of the peer view. 100 as in Basalt (Auvolat et al., arXiv 2102.04063).
    public var viewSlots = 100
    /// The first slots of the view are the peers that are dialled (protocol.md section 5).
    public var outbound = 8
    /// Nodes in one answer (protocol.md section 3).
    public var nodesPerAnswer = 16
    /// One answer a peer in this time (threats.md, T25).
    public var answerMilliseconds: UInt64 = 600_000
    /// A host is not dialled twice in this time unless the last time worked (T25: one probe an hour).
    public var probeMilliseconds: UInt64 = 3_600_000
    /// A node that may be dialled is tried this often, to see whether it answers and what it knows.
    public var feelerMilliseconds: UInt64 = 120_000
    /// The same for the first of them after a start: six hours in which a poisoned start is outgrown (measured:
    /// docs/overlay.md).
    public var quickFeelerMilliseconds: UInt64 = 30_000
    public var quickFeelers = 720
    /// How long a feeler stays to hear what the other knows.
    public var feelerLinkMilliseconds: UInt64 = 10_000
    /// One dialled slot begins anew this often, so that no choice lasts.
    public var renewMilliseconds: UInt64 = 1_200_000
    /// How long a dial may take.
    public var dialMilliseconds: UInt64 = 15_000
    /// Buckets and places of the table of nodes that were only told of.
    public var newBuckets = 64
    public var newPlaces = 32
    /// Buckets that what one network group tells can reach.
    public var bucketsPerSource = 8
    /// Buckets and places of the table of nodes that answered.
    public var triedBuckets = 16
    public var triedPlaces = 32
    /// Nodes of one network group in both tables: as many as may be linked inbound (protocol.md section 3).
    public var nodesPerGroup = 2
    /// Hosts whose last dial failed, remembered.
    public var probes = 4_096
    /// Links whose last exchange is remembered: one for each of 256 links (protocol.md section 3), and room for those
    /// that are being tried while all are taken: an unknown dialled link would be dialled again for ever.
    public var exchanges = 288

    public init() {}
}
