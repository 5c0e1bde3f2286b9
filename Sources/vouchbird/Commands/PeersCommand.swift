import ArgumentParser
import Daemon
import Primitives

struct PeersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "peers", abstract: "The nodes that this one exchanges records with.",
        subcommands: [PeersAdd.self, PeersList.self, PeersRemove.self])
}

struct PeersAdd: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Connect to a node, now and after every start.")

    @OptionGroup var global: GlobalOptions
    @Argument(help: "tcp://HOST:PORT") var address: String
    @Argument(help: "The node's key, 64 hexadecimal digits: its `identity show` says it.")
    var nodeKey: String

    func validate() throws {
        guard TransportAddress.isValid(address) else {
            throw ValidationError("\(address) is no address: tcp://HOST:PORT is expected")
        }
        try validateNodeKey(nodeKey)
    }

    func execute(_ session: Session) async throws {
        let request = Request.peerAdd(address: address, nodeKey: nodeKey.lowercased())
        guard let answer = try session.ask(request, for: DoneDocument.self) else { return }
        session.console.line(TerminalText.safe(answer.message))
    }
}

struct PeersRemove: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "rm", abstract: "Forget a node and end the link to it.")

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The node's key, 64 hexadecimal digits.") var nodeKey: String

    func validate() throws { try validateNodeKey(nodeKey) }

    func execute(_ session: Session) async throws {
        let request = Request.peerRemove(nodeKey: nodeKey.lowercased())
        guard let answer = try session.ask(request, for: DoneDocument.self) else { return }
        session.console.line(TerminalText.safe(answer.message))
    }
}

struct PeersList: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Peers and the state of the links to them.")

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) async throws {
        guard let list = try session.ask(.peerList, for: PeerListDocument.self) else { return }
        defer { printOverlay(list.overlay, session) }
        guard !list.items.isEmpty else {
            return session.console.note(
                "No peers. Ask a friend for an invitation: \(session.command("invite accept LINK"))"
            )
        }
        let rows = list.items.map { peer in
            [
                peer.author.map { AuthorText.short($0, name: peer.name) } ?? peer.name ?? "-",
                TerminalText.safe(peer.state), TerminalText.safe(peer.direction),
                TerminalText.safe(peer.address ?? "-"),
                peer.roundTripMilliseconds.map { TerminalText.decimal($0, 1) + " ms" } ?? "-",
                peer.nodeKey, TerminalText.safe(peer.detail ?? ""),
            ]
        }
        let head = ["who", "state", "link", "address", "round trip", "node key", ""]
        let table = TerminalText.table([head] + rows, right: [4])
        session.console.line(session.console.bold(table[0]))
        session.console.lines(Array(table.dropFirst()))
    }

    private func printOverlay(_ overlay: PeerListDocument.Overlay?, _ session: Session) {
        guard let overlay else { return }
        session.console.note(
            "Learnt from peers (\(overlay.exchange)): \(overlay.new) nodes told, \(overlay.tried) answered, "
                + "\(overlay.outbound) linked; "
                + (overlay.announced.map { "peers are told of \($0)" }
                    ?? "nobody is told of this one"))
    }
}

private func validateNodeKey(_ text: String) throws {
    guard NodeKey(hex: text) != nil else {
        throw ValidationError("\(text) is no node key: 64 hexadecimal digits are expected")
    }
}
