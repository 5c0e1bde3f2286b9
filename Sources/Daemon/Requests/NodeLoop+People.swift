import Cryptography
import Logging
import NodeCore
import Primitives
import Records
import Storage
import Transport

/// Requests about people and peers: trust, names, links, invitations.
extension NodeLoop {
    struct TrustStatement {
        var author: PublicKey
        var weight: Weight
    }

    /// Whom the user trusts directly, by what the own feed says last of each.
    func trustEdges() -> [TrustStatement] {
        var latest: [PublicKey: Weight] = [:]
        for entry in node.ownLog.entries where !entry.isRetracted {
            if case .trust(let author, let weight) = entry.payload { latest[author] = weight }
        }
        return latest.filter { $0.value > .zero }
            .map { TrustStatement(author: $0.key, weight: $0.value) }
            .sorted { ($1.weight, $0.author) < ($0.weight, $1.author) }
    }

    func trustListDocument() -> TrustListDocument {
        TrustListDocument(
            items: trustEdges().map { edge in
                TrustListDocument.Entry(
                    author: edge.author.text, name: names[edge.author], weight: edge.weight.value,
                    trust: node.trust(in: edge.author), isBlocked: node.isBlocked(edge.author))
            })
    }

    func nameAuthor(_ text: String, _ name: String?, for client: ControlClient) throws {
        let author = try author(text)
        if let name {
            guard (1...64).contains(name.utf8.count), Title(name) != nil,
                PublicKey(text: name) == nil
            else {
                throw RequestFailure(
                    code: .badInput, message: "a name is 1 to 64 bytes of printable text")
            }
        }
        try store.setPetname(name, for: author)
        names[author] = name
        reply(
            client,
            DoneDocument(
                message: name.map { "\(author.shortText) is \($0) here" }
                    ?? "\(author.shortText) has no name here"))
    }

    func block(_ text: String, _ isBlocked: Bool, for client: ControlClient) throws {
        let author = try author(text)
        try store.setBlocked(author, isBlocked)
        input(.authorBlocked(author, isBlocked: isBlocked))
        let who = names[author] ?? author.shortText
        reply(
            client,
            DoneDocument(
                message: isBlocked
                    ? "\(who) counts for nothing in your ranking; nobody is told"
                    : "\(who) is no longer blocked"))
    }

    func peerListDocument() -> PeerListDocument {
        let summaries = node.linkSummaries
        var entries = peers.peers.map { peer in
            let link = summaries.first { $0.nodeKey == peer.nodeKey }
            return PeerListDocument.Entry(
                nodeKey: peer.nodeKey.hex, address: peer.address, author: peer.author?.text,
                name: peer.author.flatMap { names[$0] },
                state: link.map { $0.isReady ? "connected" : "greeting" }
                    ?? (peer.address == nil ? "waiting" : "connecting"),
                direction: (link?.direction ?? .outbound).rawValue, isConfigured: true,
                roundTripMilliseconds: link?.roundTripMilliseconds.map(Double.init),
                detail: link == nil ? peer.trouble : nil)
        }
        for summary in summaries where peers.peer(summary.nodeKey) == nil {
            let learnt = node.overlaySummary?.outbound.first { $0.key == summary.nodeKey }
            entries.append(
                PeerListDocument.Entry(
                    nodeKey: summary.nodeKey.hex, address: learnt.map { "tcp://\($0.address)" },
                    author: nil, name: nil,
                    state: summary.isReady ? "connected" : "greeting",
                    direction: summary.direction.rawValue, isConfigured: false,
                    roundTripMilliseconds: summary.roundTripMilliseconds.map(Double.init),
                    detail: learnt.map { _ in "learnt from peers" }))
        }
        return PeerListDocument(items: entries, overlay: overlayDocument())
    }

    private func overlayDocument() -> PeerListDocument.Overlay? {
        node.overlaySummary.map {
            PeerListDocument.Overlay(
                exchange: configuration.gossip.peerExchange.rawValue,
                announced: $0.announced.map { "tcp://\($0)" }, new: $0.new, tried: $0.tried,
                outbound: $0.outbound.count)
        }
    }

    func addPeer(_ address: String, _ keyText: String, for client: ControlClient) throws {
        guard let key = NodeKey(hex: keyText) else {
            throw RequestFailure(
                code: .badInput, message: "a node key is 64 hexadecimal digits",
                hint: "ask the other side for: vouchbird identity show")
        }
        guard TransportAddress.isValid(address) else {
            throw RequestFailure(
                code: .badInput, message: "\(address.debugDescription) is not tcp://HOST:PORT")
        }
        guard key != identity.node.publicKey else {
            throw RequestFailure(code: .badInput, message: "this is our own node key")
        }
        try pin(key, address: address, author: nil)
        reply(client, DoneDocument(message: "connecting to \(address)"))
    }

    /// Keeps a peer for good and dials it unless it is linked already.
    private func pin(_ key: NodeKey, address: String?, author: PublicKey?) throws {
        if let old = peers.peer(key), let link = old.link, address != nil, old.address != address {
            endpoint.hangUp(link)
            peers.stoodDown(link)
        }
        try store.setPeer(
            StoredPeer(
                nodeKey: key, address: address ?? peers.peer(key)?.address,
                author: author ?? peers.peer(key)?.author, addedAt: Clock.wall()))
        peers.add(key, address: address, author: author)
        if let peer = peers.peer(key), peer.link == nil, !isLinked(key) { dial(peer) }
    }

    func removePeer(_ keyText: String, for client: ControlClient) throws {
        guard let key = NodeKey(hex: keyText), let peer = peers.remove(key) else {
            throw RequestFailure(
                code: .notFound, message: "no such peer", hint: "peers: vouchbird peers list")
        }
        try store.removePeer(key)
        if let link = peer.link { endpoint.hangUp(link) }
        reply(client, DoneDocument(message: "no longer connecting to \(keyText)"))
    }

    // MARK: Invitations

    func invite(_ label: String?, _ lifetimeSeconds: UInt64, for client: ControlClient) throws {
        guard (60...2_592_000).contains(lifetimeSeconds) else {
            throw RequestFailure(
                code: .badInput, message: "an invitation lasts from a minute to 30 days")
        }
        guard let address = (configuration.node.announce + listening).first else {
            throw RequestFailure(
                code: .unavailable, message: "this node listens nowhere",
                hint: "set node.listen or node.announce in config.toml")
        }
        let now = Clock.wall()
        let stored = StoredInvitation(
            token: SystemRandom.bytes(InvitationClaim.tokenBytes), createdAt: now,
            expiresAt: now.advanced(byMilliseconds: lifetimeSeconds * 1000), label: label,
            usedBy: nil, usedByAuthor: nil)
        try store.addInvitation(stored)
        peers.invitations.append(stored)
        let invitation = Invitation(
            address: address, nodeKey: identity.node.publicKey,
            author: identity.author.publicKey, token: stored.token)
        reply(
            client,
            InviteDocument(
                link: invitation.link, label: label, expiresAt: stored.expiresAt.text))
    }

    func inviteListDocument() -> InviteListDocument {
        InviteListDocument(
            items: peers.invitations.map {
                InviteListDocument.Entry(
                    label: $0.label, createdAt: $0.createdAt.text, expiresAt: $0.expiresAt.text,
                    usedBy: $0.usedByAuthor?.text)
            })
    }

    func accept(_ link: String, for client: ControlClient) throws {
        guard let invitation = Invitation(link: link) else {
            throw RequestFailure(
                code: .badInput, message: "not a whole invitation link",
                hint: "it has four parts: vouchbird://HOST:PORT/NODEKEY/AUTHOR/TOKEN")
        }
        guard invitation.nodeKey != identity.node.publicKey else {
            throw RequestFailure(code: .badInput, message: "this is your own invitation")
        }
        try pin(
            invitation.nodeKey, address: invitation.address, author: invitation.author)
        let address = configuration.node.announce.first ?? ""
        input(
            .redeem(
                invitation.nodeKey,
                InvitationClaim(
                    token: invitation.token, author: identity.author.publicKey,
                    address: Array(address.utf8))))
        reply(
            client,
            InviteAcceptDocument(
                author: invitation.author.text, nodeKey: invitation.nodeKey.hex,
                address: invitation.address,
                next: "vouchbird trust add \(invitation.author.text) --name NAME"))
    }

    /// A peer used one of our invitations: pin it, once.
    func claimed(_ link: LinkID, _ key: NodeKey, _ claim: InvitationClaim) {
        let now = Clock.wall()
        guard let place = peers.invitations.firstIndex(where: { $0.token == claim.token }),
            peers.invitations[place].expiresAt > now,
            peers.invitations[place].usedBy == nil || peers.invitations[place].usedBy == key
        else {
            log.notice(
                "an invitation that is unknown, used or expired", metadata: ["link": "\(link)"])
            return
        }
        let text = String(decoding: claim.address, as: UTF8.self)
        do {
            peers.invitations[place].usedBy = key
            peers.invitations[place].usedByAuthor = claim.author
            try store.useInvitation(token: claim.token, by: key, author: claim.author)
            try pin(
                key, address: TransportAddress.isValid(text) ? text : nil, author: claim.author)
        } catch {
            log.error("cannot keep the invited peer", metadata: ["why": "\(error)"])
        }
    }
}
