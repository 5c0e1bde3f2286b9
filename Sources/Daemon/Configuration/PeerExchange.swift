import NodeCore

/// Whether this node learns of other nodes from its peers, and tells them of some (docs/overlay.md).
public enum PeerExchange: String, CaseIterable, Hashable, Sendable {
    /// Only peers that the user named or invited are dialled, and nobody is told of anybody.
    case off
    case `public`
    /// Loopback and private addresses are told and dialled too: for a net whose hosts are known, and for tests.
    case local

    var scope: OverlaySettings.Scope? {
        switch self {
        case .off: nil
        case .public: .public
        case .local: .local
        }
    }
}
