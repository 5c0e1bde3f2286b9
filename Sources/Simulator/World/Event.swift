import NodeCore
import Primitives
import Records

/// Something that happens at one instant of virtual time. `events` of a report counts these.
enum Event {
    /// A frame arrives at one end of a connection.
    case frame(connection: Int, atDialler: Bool, [UInt8])
    case linkUp(connection: Int)
    /// One end notices that a connection is gone.
    case linkDown(connection: Int, atDialler: Bool)
    case dial(edge: Int)
    /// The end of a host's turn, or a deadline of its node.
    case turn(host: Int, life: Int)
    /// The store of a host carries out its oldest operation.
    case store(host: Int, life: Int)
    /// The result of an effect arrives at the node.
    indirect case answer(host: Int, life: Int, Input)
    /// A user does something.
    case act(host: Int)
    /// A Byzantine program's clock.
    case tick(host: Int)
    case fault(Int)
    case restart(host: Int)
    /// The process of a host is no longer stopped.
    case wake(host: Int)
    case heal(Int)
    case endOfFaults
    /// Users whose node waits in vain to be told that its disk is not an old copy say so themselves.
    case assurances
    case sample
    case endOfWarmUp
    /// A node says anew where it is, and keeps what it knows of others.
    case addresses(host: Int, life: Int)

    /// For the trace: what kind it is and whom it concerns.
    var trace: (kind: UInt64, who: Int) {
        switch self {
        case .frame(let connection, let atDialler, _): (atDialler ? 1 : 2, connection)
        case .linkUp(let connection): (3, connection)
        case .linkDown(let connection, let atDialler): (atDialler ? 4 : 5, connection)
        case .dial(let edge): (6, edge)
        case .turn(let host, _): (7, host)
        case .store(let host, _): (8, host)
        case .answer(let host, _, _): (9, host)
        case .act(let host): (10, host)
        case .tick(let host): (11, host)
        case .fault(let number): (12, number)
        case .restart(let host): (13, host)
        case .heal(let number): (14, number)
        case .endOfFaults: (15, 0)
        case .sample: (16, 0)
        case .endOfWarmUp: (17, 0)
        case .assurances: (18, 0)
        case .wake(let host): (19, host)
        case .addresses(let host, _): (20, host)
        }
    }
}
