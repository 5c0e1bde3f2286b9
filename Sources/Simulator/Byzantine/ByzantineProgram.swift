import Primitives
import Records

/// A hostile peer as a small program that speaks frames. The greeting and PONG are done for it.
protocol ByzantineProgram {
    /// What its HELLO says that it can do.
    var capabilities: UInt64 { get }
    /// A link is greeted and ready.
    mutating func ready(_ link: LinkID, _ world: inout ByzantineWorld)
    mutating func receive(_ frame: Frame, on link: LinkID, _ world: inout ByzantineWorld)
    /// A link is up at this end and leads to `peer`. Only where addresses are exchanged.
    mutating func linked(_ link: LinkID, to peer: NetworkAddress, _ direction: LinkDirection)
    /// Such a link is down.
    mutating func unlinked(_ link: LinkID)
    /// Once a virtual second.
    mutating func tick(_ world: inout ByzantineWorld)
}

extension ByzantineProgram {
    var capabilities: UInt64 { 0 }
    mutating func ready(_ link: LinkID, _ world: inout ByzantineWorld) {}
    mutating func linked(_ link: LinkID, to peer: NetworkAddress, _ direction: LinkDirection) {}
    mutating func unlinked(_ link: LinkID) {}
    mutating func receive(_ frame: Frame, on link: LinkID, _ world: inout ByzantineWorld) {}
    mutating func tick(_ world: inout ByzantineWorld) {}
}

/// What a hostile program sees and does.
struct ByzantineWorld {
    let now: Instant
    /// Seconds since the start of the run.
    let second: UInt64
    /// Ready links, in the order in which they came up.
    let links: [LinkID]
    let network: NetworkID
    let scheme: any SignatureScheme
    var random: SeededRandom
    /// Bytes to send, in order.
    var outbox: [(LinkID, [UInt8])] = []
    /// Addresses to dial once, in order.
    var dials: [NetworkAddress] = []

    mutating func send(_ frame: Frame, on link: LinkID) { outbox.append((link, frame.encoded)) }

    mutating func sendAll(_ frame: Frame) {
        let bytes = frame.encoded
        for link in links { outbox.append((link, bytes)) }
    }

    mutating func item() -> ItemID {
        guard let item = ItemID("item:\(random.below(1000))") else {
            broken("a short ASCII name is an item")
        }
        return item
    }

    /// 64 bytes that sign nothing.
    mutating func junkSignature() -> [UInt8] {
        (0..<Signature.count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }
}
