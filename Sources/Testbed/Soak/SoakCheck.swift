/// A part of `make soak`: bars of real daemons that take longer than a test may.
public enum SoakCheck: String, CaseIterable, Sendable {
    case idle, flood, handshakes, slow, endless, strangers, kills, damage, network

    public var summary: String {
        switch self {
        case .idle: "an idle node with twelve peers: processor, memory, traffic"
        case .flood: "T20: ten thousand connects a second, silent, partial, garbage"
        case .handshakes: "T41: whole handshakes as fast as they come"
        case .slow: "T21: two hundred slow peers"
        case .endless: "T12: a message that never ends"
        case .strangers: "T42: records of ever new authors that nobody signed"
        case .kills: "T34: SIGKILL at random moments"
        case .damage: "T36: random damage of net.db"
        case .network: "T34, T26: twenty daemons, kills, partitions, resets"
        }
    }
}
