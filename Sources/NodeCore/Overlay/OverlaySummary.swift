public import Primitives

/// What a node knows of the network around it.
public struct OverlaySummary: Sendable {
    /// Where others are told that we are.
    public var announced: NetworkAddress?
    /// Nodes that were only told of, and nodes that answered.
    public var new: Int
    public var tried: Int
    /// Nodes that the overlay dialled and is linked with.
    public var outbound: [KnownNode]
}
