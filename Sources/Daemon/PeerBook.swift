import NodeCore
import Primitives
import Records
import Storage

/// The nodes that the user named, and how we stand with each.
struct PeerBook {
    struct Peer {
        let nodeKey: NodeKey
        var address: String?
        var author: PublicKey?
        /// The link that we dial, up or not.
        var link: LinkID?
        var isUp = false
        /// Why it is not up, in the transport's words.
        var trouble: String?
    }

    /// Bounded by the user and by invitations, both capped in the store.
    private(set) var peers: [Peer] = []
    var invitations: [StoredInvitation]

    init(_ stored: [StoredPeer], invitations: [StoredInvitation]) {
        peers = stored.map {
            Peer(nodeKey: $0.nodeKey, address: $0.address, author: $0.author)
        }
        self.invitations = invitations
    }

    var dialable: [Peer] { peers.filter { $0.address != nil } }

    func peer(_ key: NodeKey) -> Peer? { peers.first { $0.nodeKey == key } }

    mutating func add(_ key: NodeKey, address: String?, author: PublicKey?) {
        if let position = peers.firstIndex(where: { $0.nodeKey == key }) {
            peers[position].address = address ?? peers[position].address
            peers[position].author = author ?? peers[position].author
        } else {
            peers.append(Peer(nodeKey: key, address: address, author: author))
        }
    }

    mutating func remove(_ key: NodeKey) -> Peer? {
        guard let position = peers.firstIndex(where: { $0.nodeKey == key }) else { return nil }
        return peers.remove(at: position)
    }

    mutating func dialling(_ key: NodeKey, over link: LinkID) {
        change(key) { $0.link = link }
    }

    mutating func cannotDial(_ key: NodeKey, why: String) { change(key) { $0.trouble = why } }

    /// The link that we dial is up.
    mutating func linkUp(_ key: NodeKey) {
        change(key) { peer in
            peer.isUp = true
            peer.trouble = nil
        }
    }

    mutating func linkDown(_ link: LinkID, why: String) {
        for position in peers.indices {
            if peers[position].link == link {
                peers[position].isUp = false
                peers[position].trouble = why
            }
        }
    }

    mutating func dialFailed(_ link: LinkID, why: String) {
        for position in peers.indices where peers[position].link == link {
            peers[position].trouble = why
        }
    }

    /// We gave this outbound link up; the peer's own link to us serves.
    mutating func stoodDown(_ link: LinkID) {
        for position in peers.indices where peers[position].link == link {
            peers[position].link = nil
            peers[position].isUp = false
        }
    }

    private mutating func change(_ key: NodeKey, _ change: (inout Peer) -> Void) {
        guard let position = peers.firstIndex(where: { $0.nodeKey == key }) else { return }
        change(&peers[position])
    }
}
