import Primitives

/// Watches every connection from outside libzmq and ends those that break the rules.
///
/// libzmq counts finished messages only, so a message that never ends grows without bound, and it
/// has no call that drops one inbound peer. The guard knows each connection's descriptor from the
/// socket monitor. An edge-triggered epoll set tells which connections receive anything, so an idle
/// node is not woken and a flood is seen within `guardMilliseconds`.
final class ConnectionGuard {
    typealias Serial = UInt64

    /// A connection that the guard has ended.
    struct Cut {
        let serial: Serial
        let descriptor: Int32
        let side: Connection.Side
        let reason: Refusal
    }

    let arrivals: ArrivalSet
    private let limits: TransportLimits
    private(set) var connections: BoundedTable<Serial, Connection>
    /// Inbound connections not yet heard, oldest first.
    private var halfOpen: [Serial] = []
    private var nextSerial: Serial = 1
    private var lastCheckMilliseconds: UInt64 = 0
    private var lastSweepMilliseconds: UInt64 = 0
    private var isArmed = false
    /// Who is let in when too many come.
    private(set) var handshakes: HandshakeRate
    /// Of connections that are gone.
    private var formerTraffic = TrafficBytes()

    init(limits: TransportLimits, capacity: Int) throws(TransportError) {
        self.limits = limits
        handshakes = HandshakeRate(limits: limits)
        connections = BoundedTable(capacity: capacity)
        arrivals = try ArrivalSet()
    }

    // MARK: Inputs

    /// Takes a new connection under watch; ends older half-open ones when there are too many.
    /// Nil when the table is full: the connection is ended at once.
    func admit(
        _ descriptor: Int32, side: Connection.Side, nowMilliseconds now: UInt64, cuts: inout [Cut]
    ) -> Serial? {
        let connection = Connection(descriptor: descriptor, side: side, nowMilliseconds: now)
        if connection.isHalfOpen {
            handshakes.accepted(connection.address, nowMilliseconds: now)
            makeRoom(for: connection, &cuts)
        }
        let serial = nextSerial
        nextSerial += 1
        guard connections.set(serial, connection) else {
            connection.shutDown()
            return nil
        }
        if connection.isHalfOpen { halfOpen.append(serial) }
        arrivals.watch(descriptor, name: serial)
        isArmed = true
        return serial
    }

    /// A message came out of a connection.
    func deliver(_ serial: Serial, payloadBytes: Int) {
        guard let slot = connections.slot(of: serial) else { return }
        connections[slot: slot].account.deliver(payloadBytes: payloadBytes)
    }

    /// The connection spoke: it is half-open no longer.
    func establish(_ serial: Serial) {
        connections.update(serial) { connection in
            connection.isHalfOpen = false
        }
        halfOpen.removeAll { $0 == serial }
    }

    /// Forgets a connection that libzmq has closed.
    func forget(_ serial: Serial) {
        guard var connection = connections.remove(serial) else { return }
        // One that libzmq has closed keeps its last reading, of a quarter of a second ago at most.
        _ = connection.read(isDrained: false, nowMilliseconds: lastCheckMilliseconds)
        formerTraffic += connection.traffic
        if connection.isHalfOpen {
            halfOpen.removeAll { $0 == serial }
            if connection.account.hasOnlyGreeted { handshakes.spend(1) }
        } else {
            note(connection, lastCheckMilliseconds)
        }
    }

    /// The arithmetic of so many handshakes is done.
    func finishHandshakes(_ count: Int) { handshakes.spend(count) }

    /// Whom the listener is to let in from now on; nil where nothing changes. O(connections) while there are too many.
    func decideRation(nowMilliseconds now: UInt64) -> HandshakeRate.Ration?? {
        if let due = handshakes.nextMilliseconds, now >= due {
            for connection in connections.values where !connection.isHalfOpen {
                note(connection, now)
            }
        }
        return handshakes.decide(nowMilliseconds: now)
    }

    /// Ends a connection and forgets it.
    func drop(_ serial: Serial) {
        connections[serial]?.shutDown()
        forget(serial)
    }

    /// Reads which connections have received something since the last call.
    func collectArrivals() {
        arrivals.collect { serial in
            guard let slot = connections.slot(of: serial) else { return }
            connections[slot: slot].isTouched = true
            isArmed = true
        }
    }

    /// Takes the due readings and ends what breaks a rule. `isDrained`: libzmq had no finished
    /// message left just before. O(connections), with three system calls for each active one.
    func check(nowMilliseconds now: UInt64, isDrained: Bool, cuts: inout [Cut]) {
        lastCheckMilliseconds = now
        collectArrivals()
        isArmed = false
        let isSweep = now >= lastSweepMilliseconds + UInt64(limits.sweepMilliseconds)
        if isSweep { lastSweepMilliseconds = now }
        var due: [(Serial, Refusal)] = []
        var total = 0
        for slot in connections.keys.indices {
            if isSweep || connections[slot: slot].isTouched {
                // A connection that is gone is forgotten when its monitor event comes.
                if !connections[slot: slot].read(isDrained: isDrained, nowMilliseconds: now) {
                    connections[slot: slot].isTouched = false
                }
                isArmed = isArmed || connections[slot: slot].isTouched
            }
            let undelivered = connections[slot: slot].account.undelivered
            total += undelivered
            if let reason = fault(slot, undelivered, now) {
                due.append((connections.keys[slot], reason))
                total -= undelivered
            }
        }
        for (serial, reason) in due { cut(serial, reason, &cuts) }
        while total > limits.undeliveredBytesTotal, let worst = worstSlot() {
            total -= connections[slot: worst].account.undelivered
            cut(connections.keys[worst], .undeliveredTotal, &cuts)
        }
    }

    // MARK: Queries

    /// What all connections carried since the start.
    var traffic: TrafficBytes {
        connections.values.reduce(into: formerTraffic) { $0 += $1.traffic }
    }

    var halfOpenCount: Int { halfOpen.count }

    /// Whether the epoll set belongs into the poll set: not while the next check is set anyway.
    var wantsArrivals: Bool { !isArmed }

    /// When `check` is due next; nil without connections. Deadlines are met within a sweep.
    var nextCheckMilliseconds: UInt64? {
        if isArmed { return lastCheckMilliseconds + UInt64(limits.guardMilliseconds) }
        if connections.isEmpty { return nil }
        return lastSweepMilliseconds + UInt64(limits.sweepMilliseconds)
    }

    func establishedInbound(in netgroup: Netgroup) -> Int {
        connections.values.count {
            !$0.isHalfOpen && $0.side == .inbound && $0.address.netgroup == netgroup
        }
    }

    // MARK: Helpers

    private func note(_ connection: Connection, _ now: UInt64) {
        let age = max(now, connection.admittedMilliseconds) - connection.admittedMilliseconds
        handshakes.note(
            connection.address, linkedMilliseconds: age, isDialled: connection.side != .inbound)
    }

    private func deadline(_ slot: Int) -> UInt64? {
        if connections[slot: slot].isHalfOpen {
            return connections[slot: slot].admittedMilliseconds
                + UInt64(limits.handshakeMilliseconds)
        }
        return connections[slot: slot].account.stalledSinceMilliseconds.map {
            $0 + UInt64(limits.frameMilliseconds)
        }
    }

    private func fault(_ slot: Int, _ undelivered: Int, _ now: UInt64) -> Refusal? {
        if undelivered > limits.undeliveredBytes { return .undelivered }
        guard let deadline = deadline(slot), now >= deadline else { return nil }
        return connections[slot: slot].isHalfOpen ? .silent : .stalledFrame
    }

    private func worstSlot() -> Int? {
        connections.keys.indices.max {
            connections[slot: $0].account.undelivered < connections[slot: $1].account.undelivered
        }
    }

    private func cut(_ serial: Serial, _ reason: Refusal, _ cuts: inout [Cut]) {
        guard let connection = connections[serial] else { return }
        cuts.append(
            Cut(
                serial: serial, descriptor: connection.descriptor, side: connection.side,
                reason: reason))
        drop(serial)
    }

    /// Ends half-open connections so that an honest newcomer gets in: those least far in the
    /// handshake first, the oldest of them first.
    private func makeRoom(for newcomer: Connection, _ cuts: inout [Cut]) {
        let (address, now) = (newcomer.address, newcomer.admittedMilliseconds)
        if !address.isLoopback {
            let group = address.netgroup
            let count = halfOpen.count { connections[$0]?.address.netgroup == group }
            if count >= limits.halfOpenPerNetgroup {
                dropOldestHalfOpen(.halfOpenNetgroup, now, &cuts) { $0.address.netgroup == group }
            }
        }
        if halfOpen.count >= limits.halfOpen {
            dropOldestHalfOpen(.halfOpenCap, now, &cuts) { _ in true }
        }
    }

    private func dropOldestHalfOpen(
        _ reason: Refusal, _ now: UInt64, _ cuts: inout [Cut],
        where matches: (Connection) -> Bool
    ) {
        collectArrivals()
        var victim: (stage: Int, serial: Serial)?
        for serial in halfOpen {
            guard let slot = connections.slot(of: serial), matches(connections[slot: slot]) else {
                continue
            }
            if connections[slot: slot].isTouched {
                _ = connections[slot: slot].read(isDrained: false, nowMilliseconds: now)
            }
            let stage = connections[slot: slot].account.handshakeStage
            if victim.map({ stage < $0.stage }) ?? true { victim = (stage, serial) }
            // None is less far: in a flood of silent connections the search ends with the first.
            if stage == 0 { break }
        }
        if let victim { cut(victim.serial, reason, &cuts) }
    }
}
