import NodeCore

/// One fault of a plan.
struct Fault {
    enum Kind: String, CaseIterable {
        case halves
        case isolation
        case oneWay = "one-way"
        case reset
        case delaySpike = "delay-spike"
        case crash
        case powerCut = "power-cut"
        case oldCopy = "old-copy"
        case clockJump = "clock-jump"
        case fullDisk = "full-disk"
        case brokenDisk = "broken-disk"
        case stall
        case halfOpen = "half-open"
        case storm
        case prefix
        case pause
        case bitFlip = "bit-flip"

        /// How many of them a scenario asks for.
        var count: any KeyPath<Scenario, Int> & Sendable {
            switch self {
            case .halves: \.halves
            case .isolation: \.isolations
            case .oneWay: \.oneWayCuts
            case .reset: \.resets
            case .delaySpike: \.delaySpikes
            case .crash: \.crashes
            case .powerCut: \.powerCuts
            case .oldCopy: \.oldCopies
            case .clockJump: \.clockJumps
            case .fullDisk: \.fullDisks
            case .brokenDisk: \.brokenDisks
            case .stall: \.stalls
            case .halfOpen: \.halfOpens
            case .storm: \.storms
            case .prefix: \.prefixes
            case .pause: \.pauses
            case .bitFlip: \.bitFlips
            }
        }
    }

    let kind: Kind
    let host: Int
    /// What the kind makes of it.
    let draw: UInt64
    let lasts: UInt64
}

/// A path that carries nothing: from every host in `from` to every host in `to`.
struct Cut {
    let number: Int
    let from: [Bool]
    let to: [Bool]

    func blocks(_ sender: Int, _ receiver: Int) -> Bool { from[sender] && to[receiver] }
}
