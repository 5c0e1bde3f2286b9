import CZeroMQ
import Primitives

/// A ration as a program of the kernel in front of listening sockets (classic BPF, McCanne & Jacobson 1993; socket(7),
/// SO_ATTACH_FILTER): who is not let in gets no answer to the first packet, and sends it again after a second. What is
/// refused there costs this process nothing.
struct ListenerFilter {
    private(set) var descriptors: [Int32] = []
    private var isAttached = false
    private var dropsBefore: UInt32 = 0

    mutating func add(_ descriptor: Int32) {
        if !descriptors.contains(descriptor) { descriptors.append(descriptor) }
    }

    /// False where the kernel takes no such program: everybody is let in then.
    @discardableResult
    mutating func apply(_ ration: HandshakeRate.Ration?) -> Bool {
        guard let ration else {
            if isAttached { for descriptor in descriptors { vb_detach_filter(descriptor) } }
            isAttached = false
            return true
        }
        let program = Self.program(ration)
        isAttached = true
        return descriptors.reduce(true) { done, descriptor in
            unsafe vb_attach_filter(descriptor, program, Int32(program.count)) == 0 && done
        }
    }

    /// Packets that were not let in since the last call.
    mutating func takeDrops() -> Int {
        let drops = descriptors.reduce(UInt32(0)) { $0 &+ vb_socket_drops($1) }
        defer { dropsBefore = drops }
        return Int(drops &- dropsBefore)
    }

    // MARK: The program

    private static let take = instruction(0x06, 0xffff_ffff)
    private static let drop = instruction(0x06, 0)

    private static func instruction(_ code: UInt64, _ k: UInt32, yes: UInt64 = 0, no: UInt64 = 0)
        -> UInt64
    {
        code | yes << 16 | no << 24 | UInt64(k) << 32
    }

    /// Loads a word of the network's header, `SKF_NET_OFF` of linux/filter.h.
    private static func word(_ offset: UInt32) -> UInt64 {
        instruction(0x20, 0xfff0_0000 + offset)
    }
    private static func mask(_ bits: UInt32) -> UInt64 { instruction(0x54, bits) }
    /// Goes on with the next instruction if equal, or behind `skip` of them.
    private static func equal(_ value: UInt32, otherwise skip: UInt64) -> UInt64 {
        instruction(0x15, value, no: skip)
    }

    static func program(_ ration: HandshakeRate.Ration) -> [UInt64] {
        let four = part(
            known: ration.known.filter(\.isIPv4).flatMap { [word(12)] + exactly($0) + [take] },
            refused: ration.refused.filter(\.isIPv4).flatMap {
                [
                    word(12), mask(0xffff_ff00), equal(UInt32($0.low & 0xffff_ff00), otherwise: 1),
                    drop,
                ]
            }, ration.share)
        let six = part(
            known: ration.known.filter { !$0.isIPv4 }.flatMap { sixtyFour($0) + [take] },
            refused: ration.refused.filter { !$0.isIPv4 }.flatMap {
                [
                    word(8), equal(UInt32($0.high >> 32), otherwise: 4), word(12),
                    mask(0xffff_0000), equal(UInt32($0.high & 0xffff_0000), otherwise: 1), drop,
                ]
            }, ration.share)
        // A packet that opens no connection passes: connections inherit the program from their listener.
        let head = [
            instruction(0x30, 13), mask(0x12), instruction(0x15, 2, yes: 1), take,
            instruction(0x30, 0xfff0_0000), mask(0xf0), equal(0x60, otherwise: 1),
            instruction(0x05, UInt32(four.count)),
        ]
        return head + four + six
    }

    private static func part(known: [UInt64], refused: [UInt64], _ share: Double) -> [UInt64] {
        let limit = UInt32(clamping: UInt64(max(0, min(1, share)) * 4_294_967_296))
        // `SKF_AD_OFF + SKF_AD_RANDOM`; let in below the limit.
        let chance = [instruction(0x20, 0xffff_f038), instruction(0x35, limit, no: 1), drop, take]
        return known + refused + chance
    }

    private static func exactly(_ address: NetworkAddress) -> [UInt64] {
        [equal(UInt32(address.low & 0xffff_ffff), otherwise: 1)]
    }

    /// A host of IPv6 has a /64 to itself.
    private static func sixtyFour(_ address: NetworkAddress) -> [UInt64] {
        [
            word(8), equal(UInt32(address.high >> 32), otherwise: 3), word(12),
            equal(UInt32(address.high & 0xffff_ffff), otherwise: 1),
        ]
    }
}
