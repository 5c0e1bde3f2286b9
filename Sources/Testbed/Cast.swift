import Cryptography
import Daemon
import Primitives
import Records

/// The people of a demo with their nodes and keys, by index into the community's members.
struct Cast {
    let community: Community
    let network: LocalNetwork
    let identities: [IdentityDocument]
    let authors: [PublicKey]
    let networkID: NetworkID
    private let names: [PublicKey: String]

    init(community: Community, network: LocalNetwork) throws(TestbedFailure) {
        self.community = community
        self.network = network
        var identities: [IdentityDocument] = []
        var authors: [PublicKey] = []
        var names: [PublicKey: String] = [:]
        for (member, node) in zip(community.members, network.nodes) {
            let identity = try node.identity()
            guard let author = PublicKey(text: identity.author) else {
                throw TestbedFailure(
                    code: .answer, operation: "ask \(node.name) who it is",
                    message: "\(identity.author) is no author")
            }
            identities.append(identity)
            authors.append(author)
            names[author] = member.name
        }
        self.identities = identities
        self.authors = authors
        self.names = names
        networkID = NetworkID(name: "main", scheme: Ed25519Scheme())
    }

    var nodes: [LocalNode] { network.nodes }

    func name(_ index: Int) -> String { community.members[index].name }

    /// Who an author is to the reader of the demo.
    func name(ofAuthor text: String) -> String {
        PublicKey(text: text).flatMap { names[$0] } ?? "a Sybil"
    }

    /// Every two members of whom one trusts the other, once.
    var trustPairs: [(Int, Int)] {
        var pairs: [(Int, Int)] = []
        for (source, member) in community.members.enumerated() {
            for edge in member.trusted {
                let pair = (min(source, edge.target), max(source, edge.target))
                if !pairs.contains(where: { $0 == pair }) { pairs.append(pair) }
            }
        }
        return pairs
    }

    /// The first member whom somebody trusts over exactly two steps, if there is one: there the
    /// attack edge starts, so that somebody stands two steps from it.
    var victim: Int {
        let hops = community.members.indices.map { community.hops(from: $0) }
        return community.members.indices.first { victim in hops.contains { $0[victim] == 2 } } ?? 0
    }

    /// Whose list is shown: the first two steps from the attack edge, or else the furthest.
    var shown: Int {
        let distances = community.members.indices.map { community.hops(from: $0)[victim] ?? 0 }
        return distances.firstIndex(of: 2) ?? distances.firstIndex(of: distances.max() ?? 0) ?? 0
    }

    /// What a member writes: titles of items that nobody has named yet, interactions, trust.
    func drafts(of member: Community.Member, titled: inout Set<String>) -> [Draft] {
        var drafts: [Draft] = []
        for interaction in member.interactions {
            if let title = community.titles[interaction.item],
                titled.insert(interaction.item).inserted
            {
                drafts.append(Draft(kind: .title, item: interaction.item, title: title))
            }
            drafts.append(
                Draft(
                    kind: interaction.kind == .play ? .play : .like, item: interaction.item,
                    weight: interaction.weight))
        }
        for edge in member.trusted {
            drafts.append(
                Draft(
                    kind: .trust, author: identities[edge.target].author, weight: edge.weight))
        }
        return drafts
    }
}
