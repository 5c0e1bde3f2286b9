public import Primitives

/// How a node takes part in the exchange of addresses; none at all without one.
public struct OverlaySettings: Sendable {
    /// Which addresses are told, believed and dialled.
    public enum Scope: String, Hashable, Sendable {
        /// Those that anybody can reach.
        case `public`
        /// Also loopback and private ones, each a network group of its own: for a net whose hosts are known.
        case local
        /// None of what peers tell, and nobody is told anything: only what nodes of the local net say themselves.
        case heard
    }

    public var scope: Scope
    /// Secret, and kept with the addresses: see `Overlay`.
    public var seed: UInt64
    public var limits = OverlayLimits()

    public init(scope: Scope, seed: UInt64) {
        self.scope = scope
        self.seed = seed
    }

    /// Whether an address is for this scope.
    public func admits(_ address: NetworkAddress) -> Bool {
        switch scope {
        case .heard: false
        case .public: address.isPublic
        case .local: address.port != 0 && (address.isPublic || address.isNear)
        }
    }
}
