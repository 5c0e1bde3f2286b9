import NodeCore
import Primitives
import Records

/// A whole network under virtual time: nodes, links, disks, users, faults and adversaries from one seed.
///
/// One driver of the core, as the daemon is the other. Single-threaded; the same scenario and seed give the same
/// trace hash on every run and in every build.
public final class Simulation {
    /// As the seed resolved it.
    public let scenario: Scenario
    public let seed: UInt64

    let scheme: any SignatureScheme
    let network: NetworkID
    var hosts: [Host] = []
    var edges: [Edge] = []
    var connections: [Connection] = []

    var queue = EventQueue()
    /// Arrays that carried effects and may carry others.
    private var spareEffects: [[Effect]] = []
    /// The frame that was sent last, and its bytes: a node often sends one frame on many links.
    private var lastSent: (frame: Frame, bytes: [UInt8])?
    /// One copy of each record that is on some disk.
    private var shared: [RecordID: Record] = [:]
    /// Virtual milliseconds since the start.
    var now: UInt64 = 0
    var trace = TraceHash()
    var events: UInt64 = 0

    var netRandom: SeededRandom
    var diskRandom: SeededRandom
    var workloadRandom: SeededRandom
    var faultRandom: SeededRandom

    var plan: [Fault] = []
    var cuts: [Cut] = []
    var isQuiet = false
    /// Hosts whose process is stopped.
    var pausedHosts = 0
    var oracle: Oracle
    var metrics = Metrics()
    let items: [ItemID]
    /// Where the files of hosts lie, where there are any.
    var scratch: Scratch?
    /// Where addresses are exchanged.
    var discovery = Discovery()
    /// Where lists are judged.
    var study: RecommendationStudy?

    /// What true time is at virtual time 0: 2026-01-01T00:00:00Z.
    static let epochMilliseconds: UInt64 = 1_767_225_600_000

    /// A world at virtual time 0. `scenario` may be a swarm; the seed resolves it.
    public convenience init(_ scenario: Scenario, seed: UInt64) {
        self.init(scenario, seed: seed, audience: nil)
    }

    /// `audience`: whose lists another run of this network judged.
    init(_ scenario: Scenario, seed: UInt64, audience: RecommendationCast.Audience?) {
        let resolved = scenario.resolved(seed: seed)
        self.scenario = resolved
        self.seed = seed
        netRandom = SeededRandom(seed: seed, stream: "net")
        diskRandom = SeededRandom(seed: seed, stream: "disk")
        workloadRandom = SeededRandom(seed: seed, stream: "workload")
        faultRandom = SeededRandom(seed: seed, stream: "faults")
        let keys = KeyMaker(isReal: resolved.usesRealSignatures, seed: seed)
        scheme = keys.scheme
        network = NetworkID(name: "simnet", scheme: keys.scheme)
        items = (0..<resolved.items).compactMap { ItemID("item:\($0)") }
        oracle = Oracle(resolved, scheme: keys.scheme, network: network)
        guard !resolved.isModel else { return }
        if resolved.egos > 0 {
            study = RecommendationStudy(resolved, seed: seed, audience: audience)
        }
        build(keys)
        planFaults()
        start()
    }

    /// Runs to the end and says what happened. `progress` hears of virtual time, in milliseconds; under fidelity
    /// `model` of records that were followed to their end.
    public func run(progress: (_ now: UInt64, _ end: UInt64) -> Void = { _, _ in }) -> RunReport {
        if scenario.isModel {
            var model = ModelRun(scenario, seed: seed)
            return model.run(progress: progress)
        }
        let end = UInt64(scenario.activeSeconds + scenario.settleSeconds) * 1000
        run(through: end, progress: progress)
        if oracle.canGoOn { finish() }
        return report()
    }

    /// Runs what happens until a time, and judges nothing.
    func run(through end: UInt64, progress: (_ now: UInt64, _ end: UInt64) -> Void = { _, _ in }) {
        while oracle.canGoOn, let next = queue.pop(through: end) {
            now = next.time
            events += 1
            let mark = next.event.trace
            trace.fold(now)
            trace.fold(mark.kind << 48 ^ UInt64(mark.who))
            if let sleeper = sleeper(of: next.event) {
                sleeper.pause?.waiting.append(next.event)
            } else {
                take(next.event)
            }
            if events & 0x3fff == 0 { progress(now, end) }
        }
    }

    func take(_ event: Event) {
        switch event {
        case .frame(let connection, let atDialler, let bytes):
            arrive(bytes, on: connection, atDialler: atDialler)
        case .linkUp(let connection): linkUp(connection)
        case .linkDown(let connection, let atDialler): linkDown(connection, atDialler: atDialler)
        case .dial(let edge): dial(edge)
        case .turn(let host, let life): turn(hosts[host], life)
        case .store(let host, let life): storeReady(hosts[host], life)
        case .answer(let host, let life, let input):
            if hosts[host].life == life { feed(hosts[host], input) }
        case .act(let host): act(hosts[host])
        case .tick(let host): tick(hosts[host])
        case .fault(let number): strike(plan[number])
        case .restart(let host): restart(hosts[host])
        case .wake(let host): wakeInTime(hosts[host])
        case .heal(let number): heal(number)
        case .endOfFaults: endFaults()
        case .assurances: assure()
        case .sample: sample()
        case .endOfWarmUp: metrics.restartTraffic()
        case .addresses(let host, let life): addressesDue(hosts[host], life)
        }
    }

    func schedule(_ event: Event, after milliseconds: UInt64) {
        queue.push(event, at: now + milliseconds)
    }

    // MARK: The node of a host

    /// The clocks of a host.
    func moment(_ host: Host) -> Moment {
        let wall = Int64(Self.epochMilliseconds + now) + host.clockOffset
        return Moment(
            wall: Instant(milliseconds: UInt64(max(0, wall))),
            monotonicMilliseconds: now + 1000 - host.clockLag)
    }

    /// Gives one input to the node of a host and carries out what follows.
    func feed(_ host: Host, _ input: Input) {
        guard host.isRunning else { return }
        let moment = moment(host)
        host.highestWall = max(host.highestWall, moment.wall)
        let before = oracle.before(input, host)
        var effects = spareEffects.popLast() ?? []
        host.node?.handle(input, at: moment, effects: &effects)
        oracle.after(input, before, host, now)
        perform(&effects, host)
        if host.isRunning { ensureTurn(host, at: now + 1) }
    }

    private func ensureTurn(_ host: Host, at time: UInt64) {
        if let planned = host.turnAt, planned <= time { return }
        host.turnAt = time
        queue.push(.turn(host: host.index, life: host.life), at: time)
    }

    private func turn(_ host: Host, _ life: Int) {
        guard host.life == life, host.isRunning else { return }
        // Earlier than now where the process was stopped meanwhile.
        if let planned = host.turnAt, planned <= now { host.turnAt = nil }
        if let planned = host.deadlineAt, planned <= now { host.deadlineAt = nil }
        let moment = moment(host)
        var effects = spareEffects.popLast() ?? []
        host.node?.handle(.endOfTurn, at: moment, effects: &effects)
        perform(&effects, host)
        oracle.afterTurn(host, now) { peer(of: $0, from: host) }
        guard let deadline = host.node?.deadlineInPlace() else { return }
        let due = max(deadline, moment.monotonicMilliseconds + 1) - 1000 + host.clockLag
        if let planned = host.deadlineAt, planned <= due { return }
        host.deadlineAt = due
        queue.push(.turn(host: host.index, life: life), at: due)
    }

    /// Carries effects out; one of them may give the node its next input.
    private func perform(_ effects: inout [Effect], _ host: Host) {
        for effect in effects { perform(effect, host) }
        effects.removeAll(keepingCapacity: effects.capacity < 256)
        spareEffects.append(effects)
    }

    /// The bytes of a frame, one array for all links on which it is sent at once.
    func encode(_ frame: Frame) -> [UInt8] {
        if let lastSent, lastSent.frame == frame { return lastSent.bytes }
        let bytes = frame.encoded
        lastSent = (frame, bytes)
        return bytes
    }

    /// The batch with the one copy of each record that all disks share: equal bytes, kept once.
    private func share(_ batch: StoreBatch) -> StoreBatch {
        var batch = batch
        for position in batch.records.indices {
            let record = batch.records[position].record
            if let held = shared[record.id] {
                if held.encoded == record.encoded { batch.records[position].record = held }
            } else {
                shared[record.id] = record
            }
        }
        return batch
    }

    private func perform(_ effect: Effect, _ host: Host) {
        switch effect {
        case .send(let link, let frame): send(frame, on: link, from: host)
        case .disconnect(let link, let reason):
            if !connections[Int(link.value)].isEnded {
                oracle.disconnected(host, link, peer(of: link, from: host), reason, now)
            }
            hangUp(link, reason, host)
        case .commitOwn(let id, let records, let tombstones):
            enqueue(.commitOwn(id, records, tombstones), host)
        case .commit(let id, let batch): enqueue(.commit(id, share(batch)), host)
        case .readRange(let id, let request, let bytes):
            enqueue(.readRange(id, request, maximumBytes: bytes), host)
        case .readFeeds(let id, let feeds): enqueue(.readFeeds(id, feeds), host)
        case .published(let id, let result): published(id, result, host)
        case .rank(let id, let job): rank(id, job, host)
        case .notice(let notice): oracle.noticed(notice, host, now)
        case .overlay(let action): perform(action, host)
        // Users here invite nobody.
        case .invitationClaimed: break
        }
    }
}

extension Node {
    /// `nextDeadline`, mutating so that it is asked in place: reading it through an optional field of a class
    /// would first copy the whole node, a hundred references, every turn.
    fileprivate mutating func deadlineInPlace() -> UInt64? { nextDeadline }
}
