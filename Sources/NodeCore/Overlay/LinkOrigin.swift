public import Primitives

/// Where a link leads, as the transport sees it.
public struct LinkOrigin: Hashable, Sendable {
    /// The other end: of an outbound link the address that was dialled.
    public var address: NetworkAddress
    /// The peer was named by the user, or invited: the overlay neither dials nor ends such links, and believes
    /// what such a peer tells.
    public var isAnchor: Bool

    public init(address: NetworkAddress, isAnchor: Bool) {
        self.address = address
        self.isAnchor = isAnchor
    }
}
