import Primitives

extension Scenario {
    /// The scenario that a seed means: itself, or for a swarm one with each count drawn, half of them 0.
    public func resolved(seed: UInt64) -> Scenario {
        guard isSwarm else { return self }
        var drawn = self
        drawn.isSwarm = false
        var random = SeededRandom(seed: seed, stream: "swarm")
        for field in ScenarioField.all where field.isDrawn {
            var own = SeededRandom(seed: seed, stream: "swarm \(field.name)")
            let isOn = (field.hasOwnStream ? own.below(2) : random.below(2)) == 0
            let draw = field.hasOwnStream ? own.next() : random.next()
            guard case .integer(let path, _) = field.kind else { continue }
            let most = self[keyPath: path]
            guard most > 0 else { continue }
            drawn[keyPath: path] = isOn ? 1 + Int(draw % UInt64(most)) : 0
        }
        drawn.drawStore(seed: seed)
        drawn.drawDiscovery(seed: seed)
        // What a peer's disk wrote while it said that it had failed comes to light when the peer restarts, too late for an
        // author who was restored from an old copy and asked in between. Nobody can be blamed for that.
        // A copy of own.db from before its bits flipped is an old copy too.
        let isSetBack = drawn.oldCopies > 0 || drawn.bitFlips > 0
        if isSetBack { drawn.brokenDisks = 0 }
        // Nor can an author ask back what nobody holds any more because all took its feed from a later checkpoint on.
        if isSetBack { drawn.strangerRecordLimit = 0 }
        drawn.honestNodes = max(3, honestNodes / 2) + random.below(max(1, honestNodes / 2 + 1))
        drawn.freeRiders = min(freeRiders, drawn.honestNodes - 3)
        drawn.behindNAT = min(drawn.behindNAT, drawn.honestNodes - 1)
        drawn.dialledLinks = 1 + random.below(dialledLinks)
        drawn.lossPerMillion = random.below(2) == 0 ? 0 : lossPerMillion
        drawn.delayMilliseconds = 1 + random.below(max(1, delayMilliseconds))
        drawn.actionSeconds = actionSeconds * (0.5 + random.unit())
        return drawn
    }

    /// A swarm that asks for the real files has them in a part of its seeds.
    private mutating func drawStore(seed: UInt64) {
        var random = SeededRandom(seed: seed, stream: "swarm nodes.store")
        guard hasFiles, random.below(100) >= fileSeedPercent else { return }
        store = "memory"
        bitFlips = 0
    }

    /// A quarter of the seeds exchange addresses where the swarm allows it, each honest node in a prefix of its own.
    private mutating func drawDiscovery(seed: UInt64) {
        var random = SeededRandom(seed: seed, stream: "swarm network.discovery")
        hasDiscovery = hasDiscovery && random.below(4) == 0
        guard !hasDiscovery else {
            anchors = 1 + random.below(anchors)
            netgroups = max(netgroups, 4_096)
            poisonedAnchors = random.below(poisonedAnchors + 1)
            return
        }
        (addressPoisoners, adaptiveEclipsers, poisonedAnchors) = (0, 0, 0)
    }
}
