import Daemon
import Dispatch
public import Foundation

/// Runs real daemons on loopback through links that delay, stall, reset and part, kills some of them, and
/// looks from outside whether anything was lost.
public final class LocalRun {
    private let plan: LocalPlan
    let binary: URL
    let older: URL?
    private let network: LocalNetwork
    private let relay: Relay
    private let start = DispatchTime.now()
    var findings = LocalFindings()
    /// By node: items whose publication was answered.
    var acknowledged: [[String]]
    private var refused = 0
    private var kills = 0
    /// Killed and not started again.
    private var down: Set<Int> = []
    private var highestMemory: UInt64 = 0
    /// Records beside the publications: whom each user trusts.
    private var opening: UInt64 = 0
    private var begun = DispatchTime.now()

    /// Starts daemons and links. `linkProgram` is `simnet/local/link.py`; `keep` takes the nodes' directories; `older`
    /// is another build of `vouchbird`, which every second node runs until it is killed.
    public init(
        _ plan: LocalPlan, binary: URL, linkProgram: URL, keep: URL? = nil, older: URL? = nil
    ) throws(TestbedFailure) {
        self.plan = plan
        self.binary = binary
        self.older = older
        acknowledged = [[String]](repeating: [], count: plan.size.nodes)
        var settings = LocalNode.Settings(binary: binary)
        settings.descriptors = plan.size.descriptors
        settings.memoryMebibytes = plan.size.memoryMebibytes
        network = try LocalNetwork(
            names: (0..<plan.size.nodes).map { "node-\($0)" }, settings: settings, keep: keep,
            older: older)
        relay = try Relay(
            plan, nodes: network.nodes, program: linkProgram, directory: network.directory)
        try network.start()
        for (link, port) in zip(plan.links, relay.ports) {
            let key = try network.nodes[link.to].identity().nodeKey
            _ = try network.nodes[link.from].request(
                .peerAdd(address: "tcp://127.0.0.1:\(port)", nodeKey: key), as: DoneDocument.self)
        }
    }

    deinit { close() }

    /// Ends every process. May be called again.
    public func close() {
        network.close()
        relay.stop()
    }

    /// Runs the plan to its end. `progress` hears how many milliseconds of the active phase have passed.
    public func run(progress: (_ now: Int, _ end: Int) -> Void) throws(TestbedFailure)
        -> LocalFindings
    {
        try publishTrust()
        begun = .now()
        relay.begin()
        let end = plan.size.activeSeconds * 1000
        for event in timeline() {
            while true {
                let wait = event.atMilliseconds - now
                guard wait > 0 else { break }
                Pause.milliseconds(min(wait, 200))
                progress(now, end)
            }
            try carryOut(event)
        }
        try settle()
        try goBack()
        let counts = try relay.finish()
        findings.milliseconds = UInt64(now)
        sum(counts)
        return findings
    }

    var now: Int { Int(DispatchTime.now().seconds(since: begun) * 1000) }
    var nodes: [LocalNode] { network.nodes }
    private var published: Int { acknowledged.reduce(0) { $0 + $1.count } }
}

// MARK: What happens

extension LocalRun {
    private enum Happening {
        case publish(LocalPlan.Publication)
        case kill(Int)
        case restart(Int)
        case look
    }

    private struct Event {
        var atMilliseconds: Int
        var happening: Happening
    }

    private func timeline() -> [Event] {
        var events = plan.publications.map {
            Event(atMilliseconds: $0.atMilliseconds, happening: .publish($0))
        }
        for kill in plan.kills {
            events.append(Event(atMilliseconds: kill.atMilliseconds, happening: .kill(kill.node)))
            events.append(
                Event(atMilliseconds: kill.restartMilliseconds, happening: .restart(kill.node)))
        }
        for second in stride(from: 0, through: plan.size.activeSeconds, by: plan.size.sampleSeconds)
        {
            events.append(Event(atMilliseconds: second * 1000, happening: .look))
        }
        // Stable: equal times keep the order above.
        return events.enumerated().sorted {
            ($0.element.atMilliseconds, $0.offset) < ($1.element.atMilliseconds, $1.offset)
        }.map(\.element)
    }

    private func carryOut(_ event: Event) throws(TestbedFailure) {
        findings.events += 1
        switch event.happening {
        case .publish(let publication): publish(publication)
        case .kill(let node):
            nodes[node].kill()
            down.insert(node)
            kills += 1
        case .restart(let node): try restart(node)
        case .look: look()
        }
    }

    /// Whoever is killed twice starts again once, and as this version whatever it was.
    private func restart(_ node: Int) throws(TestbedFailure) {
        guard down.contains(node), nodes[node].running == nil else { return }
        nodes[node].binary = binary
        try nodes[node].start()
        down.remove(node)
    }

    /// Every user trusts its neighbours on the ring.
    private func publishTrust() throws(TestbedFailure) {
        var authors: [String] = []
        for node in nodes { authors.append(try node.identity().author) }
        let reach = min(2, (nodes.count - 1) / 2)
        for (number, node) in nodes.enumerated() {
            let drafts = (1...max(1, reach)).flatMap { step in
                [number + step, number + nodes.count - step].map {
                    Draft(kind: .trust, author: authors[$0 % nodes.count], weight: 1)
                }
            }
            let distinct = drafts.reduce(into: [Draft]()) { if !$0.contains($1) { $0.append($1) } }
            try node.publish(distinct)
            opening += UInt64(distinct.count)
        }
    }

    /// A node that is down, or not ready yet, refuses; only an answer is a promise.
    private func publish(_ publication: LocalPlan.Publication) {
        let node = nodes[publication.node]
        let isUp = node.running != nil
        do throws(TestbedFailure) {
            let answer = try node.request(
                .publish(drafts: [Draft(kind: .like, item: publication.item, weight: 1)]),
                as: PublishDocument.self)
            if answer.items.first?.outcome == .written {
                acknowledged[publication.node].append(publication.item)
            } else {
                refused += 1
            }
        } catch {
            refused += 1
            findings.check(
                !isUp || node.running != nil, "daemon-died", node: publication.node, at: now,
                error.description)
        }
    }

    private func look() {
        var known: UInt64 = 0
        var looked = 0
        var disk: UInt64 = 0
        var budget: UInt64 = 0
        var fill: [(name: String, value: Double)] = []
        for node in nodes {
            guard let process = node.processIdentifier, let status = try? node.status() else {
                continue
            }
            looked += 1
            known += status.records.known
            disk = max(disk, status.store.ownBytes + status.store.netBytes)
            budget = max(budget, status.store.budgetBytes)
            highestMemory = max(
                highestMemory, ProcessMemory.residentBytes(of: process) ?? 0)
            for (position, map) in status.maps.enumerated() {
                let value = Double(map.count) / Double(max(1, map.cap))
                if position == fill.count { fill.append((map.name, 0)) }
                fill[position].value = max(fill[position].value, value)
            }
        }
        let wanted = (opening + UInt64(published)) * UInt64(max(1, looked))
        note("nodes_up", Double(looked))
        note("published", Double(published))
        note("convergence", min(1, Double(known) / Double(max(1, wanted))))
        note("disk_bytes", Double(disk))
        note("memory_bytes", Double(highestMemory))
        for (name, value) in fill { note("map_fill", value, group: name) }
        if budget > 0, !findings.figures.contains(where: { $0.name == "disk_bytes_bound" }) {
            findings.figures.append(("disk_bytes_bound", Double(budget)))
        }
    }

    private func note(_ metric: String, _ value: Double, group: String = "nodes") {
        findings.rows.append(
            LocalFindings.Row(
                second: UInt64(now / 1000), metric: metric, group: group, value: value))
    }
}

// MARK: What must hold

extension LocalRun {
    /// Faults are over: everybody agrees, and holds every record that was answered.
    private func settle() throws(TestbedFailure) {
        for node in down.sorted() { try restart(node) }
        for (number, node) in nodes.enumerated() {
            findings.check(
                node.running != nil, "daemon-died", node: number, at: now, node.lastWords)
        }
        for node in nodes { try node.waitUntilReady() }
        let quiet = DispatchTime.now()
        do throws(TestbedFailure) {
            try AgreementMonitor(nodes: nodes).wait(
                feeds: nodes.count, records: opening + UInt64(published),
                seconds: Double(plan.size.settleSeconds))
            findings.check(true, "not-converged", node: nil, at: now, "")
        } catch {
            guard error.code == .deadline else { throw error }
            findings.check(false, "not-converged", node: nil, at: now, error.message)
        }
        findings.figures.append(
            ("seconds_to_agreement", DispatchTime.now().seconds(since: quiet)))
        look()
        for (number, node) in nodes.enumerated() { try checkRecords(number, node) }
    }

    func checkRecords(_ number: Int, _ node: LocalNode) throws(TestbedFailure) {
        let held = Set(try node.edges(.interactions).map(\.target))
        for (author, items) in acknowledged.enumerated() {
            let lost = items.filter { !held.contains($0) }
            findings.check(
                lost.isEmpty, author == number ? "acknowledged-lost" : "not-converged",
                node: number, at: now,
                "\(lost.count) of \(items.count) answered records of node \(author) are missing, "
                    + "\(lost.first ?? "") first")
        }
        let status = try node.status()
        findings.check(
            status.records.forkedFeeds == 0, "self-fork", node: number, at: now,
            "\(status.records.forkedFeeds) feeds are frozen")
        for map in status.maps {
            findings.check(
                map.count <= map.cap, "census-over-cap", node: number, at: now,
                "\(map.name): \(map.count) of \(map.cap)")
        }
    }

    private func sum(_ counts: Relay.Counts) {
        let deliveries = (Int(opening) + published) * (nodes.count - 1)
        findings.figures += [
            ("published", Double(published)), ("refused", Double(refused)),
            ("deliveries", Double(deliveries)), ("bytes_sent", Double(counts.bytes)),
            ("bytes_per_delivery", Double(counts.bytes) / Double(max(1, deliveries))),
            ("memory_bytes", Double(highestMemory)),
            ("connections", Double(counts.connections)),
            ("connections_refused", Double(counts.refused)),
            ("fault.crash", Double(kills)), ("fault.reset", Double(counts.resets)),
            ("fault.stall", Double(counts.stalls)),
            ("held_back_milliseconds", Double(counts.cutMilliseconds)),
        ]
        findings.check(
            plan.cuts.isEmpty || counts.cutMilliseconds + counts.refused > 0,
            "fault-never-struck", node: nil, at: now, "partitions")
        findings.check(
            plan.resets.isEmpty || counts.resets > 0, "fault-never-struck", node: nil, at: now,
            "resets")
    }
}
