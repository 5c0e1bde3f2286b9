import Daemon
import Dispatch
import Foundation
import Primitives

/// Rows T34 and T36: a daemon that is killed, and one whose cache is damaged.
extension Soak {
    /// Kills a node that publishes, at random moments: what it acknowledged is there at the end, in one chain.
    func kills() throws(TestbedFailure) -> [SoakRow] {
        var random = SeededRandom(seed: seed, stream: "soak-kills")
        return try withNetwork(["ana", "ben"]) { network throws(TestbedFailure) -> [SoakRow] in
            let (ana, ben) = (network.nodes[0], network.nodes[1])
            try network.start()
            try network.connect(ana, to: ben)
            try ben.publish([Draft(kind: .trust, author: try ana.identity().author)])
            var acknowledged: Set<String> = []
            for round in 1...size.kills {
                if round > 1 {
                    try ana.start()
                    try ana.waitUntilReady()
                }
                let delay = 5 + random.below(150)
                let gone = DispatchSemaphore(value: 0)
                DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(delay)) {
                    ana.kill()
                    gone.signal()
                }
                publishUntilDeath(ana, round, &random, &acknowledged)
                gone.wait()
            }
            try ana.start()
            try ana.waitUntilReady()
            let held = try ownItems(of: ana)
            let lost = acknowledged.subtracting(held)
            let agreement = try? AgreementMonitor(nodes: network.nodes).wait(
                feeds: 2, records: UInt64(acknowledged.count), seconds: 60)
            var forks = 0
            for node in network.nodes { forks += try node.status().records.forkedFeeds }
            let own = try ana.status().records.own
            ana.stop()
            let rows = try integrity(of: ana, own: own)
            let head = "\(size.kills) kills"
            return [
                SoakRow(
                    "T34", "\(head): nothing acknowledged is lost",
                    "\(lost.count) of \(acknowledged.count) lost", isMet: lost.isEmpty),
                SoakRow("T5", "\(head): no self-fork", "\(forks) feeds frozen", isMet: forks == 0),
                SoakRow(
                    "T34", "\(head): the peer holds the same", agreement == nil ? "no" : "yes",
                    isMet: agreement != nil),
                rows,
            ]
        }
    }

    /// The items of the own feed, page by page. Not those of the graph, which keeps the newest 65,536 alone.
    private func ownItems(of node: LocalNode) throws(TestbedFailure) -> Set<String> {
        let client = try node.client()
        var items: Set<String> = []
        var before: UInt64?
        repeat {
            let page = try client.request(
                .history(before: before, limit: 1_000), as: HistoryDocument.self)
            items.formUnion(page.items.compactMap(\.item))
            before = page.nextCursor
        } while before != nil
        return items
    }

    private func publishUntilDeath(
        _ node: LocalNode, _ round: Int, _ random: inout SeededRandom,
        _ acknowledged: inout Set<String>
    ) {
        guard let client = try? node.client() else { return }
        var number = 0
        while true {
            let items = (0..<1 + random.below(20)).map { "kill:\(round)-\(number + $0)" }
            number += items.count
            let drafts = items.map { Draft(kind: .like, item: $0) }
            guard
                let answer = try? client.request(.publish(drafts: drafts), as: PublishDocument.self)
            else { return }
            for (item, result) in zip(items, answer.items) where result.outcome == .written {
                acknowledged.insert(item)
            }
        }
    }

    /// SQLite's own word on both databases.
    private func integrity(of node: LocalNode, own: UInt64) throws(TestbedFailure) -> SoakRow {
        let program = """
            import json, sqlite3, sys
            found = {}
            for name in ("own", "net"):
                base = sqlite3.connect(f"{sys.argv[1]}/{name}.db")
                found[name] = base.execute("PRAGMA integrity_check").fetchone()[0]
            print(json.dumps(found))
            """
        let child = try ChildProcess(
            executable: Self.interpreter, arguments: ["-c", program, node.directory.path])
        let found = try answer(of: child, seconds: 60)
        let words = ["own", "net"].map { "\($0).db \(found[$0] ?? "?")" }
        return SoakRow(
            "T34", "integrity_check", words.joined(separator: ", ") + ", \(own) own records",
            isMet: words == ["own.db ok", "net.db ok"])
    }

    /// Damages net.db in a random way and starts the node: it is up, its own feed is whole, the rest comes back.
    func damage() throws(TestbedFailure) -> [SoakRow] {
        var random = SeededRandom(seed: seed, stream: "soak-damage")
        return try withNetwork(["ana", "ben"]) { network throws(TestbedFailure) -> [SoakRow] in
            let (ana, ben) = (network.nodes[0], network.nodes[1])
            try network.start()
            for node in network.nodes {
                try node.publish((0..<200).map { Draft(kind: .like, item: "\(node.name):\($0)") })
            }
            try network.connect(ben, to: ana)
            try ben.publish([Draft(kind: .trust, author: try ana.identity().author)])
            let whole = try AgreementMonitor(nodes: network.nodes).wait(
                feeds: 2, records: 403, seconds: 30)
            let own = try ben.status().records.own
            let spare = network.directory.appendingPathComponent("spare.db").path
            var (slowest, ups, refills, owns) = (0.0, 0, 0, 0)
            for round in 0..<size.damages {
                // Every other time without a chance to tidy up: then wal and shm are there.
                if round % 2 == 0 { ben.kill() } else { ben.stop() }
                if round == 0 { try copy(ben.directory.path + "/net.db", to: spare) }
                try spoil(ben.directory.path, spare: spare, &random)
                let start = DispatchTime.now()
                try ben.start()
                guard (try? ben.waitUntilReady()) != nil else { continue }
                ups += 1
                slowest = max(slowest, DispatchTime.now().seconds(since: start))
                owns += try ben.status().records.own == own ? 1 : 0
                let look = try? AgreementMonitor(nodes: network.nodes, intervalMilliseconds: 50)
                    .wait(feeds: 2, records: 403, seconds: 30)
                refills += look?.digests == whole.digests ? 1 : 0
            }
            let count = size.damages
            return [
                SoakRow(
                    "T36", "up <= 10 s in all of \(count) runs",
                    "\(ups) up, slowest \(text(slowest, 2)) s", isMet: ups == count && slowest <= 10
                ),
                SoakRow(
                    "T36", "the own feed is whole", "\(owns) of \(count)", isMet: owns == count),
                SoakRow(
                    "T36", "the cache comes back from peers", "\(refills) of \(count)",
                    isMet: refills == count),
            ]
        }
    }

    private func copy(_ from: String, to: String) throws(TestbedFailure) {
        do {
            try FileManager.default.copyItem(atPath: from, toPath: to)
        } catch {
            throw TestbedFailure(
                code: .file, operation: "copy \(from)", message: "cannot", cause: "\(error)")
        }
    }

    /// Flips 1 to 1000 bytes of net.db or a file beside it, cuts it off, or puts an old one in its place.
    private func spoil(
        _ directory: String, spare: String, _ random: inout SeededRandom
    ) throws(TestbedFailure) {
        let present = ["net.db", "net.db-wal", "net.db-shm"].map { "\(directory)/\($0)" }
            .filter { FileManager.default.fileExists(atPath: $0) }
        let path = present[random.below(present.count)]
        let url = URL(fileURLWithPath: path)
        do {
            var bytes = try Data(contentsOf: url)
            switch random.below(4) {
            case 0: bytes = bytes.prefix(random.below(bytes.count + 1))
            case 1: bytes = try Data(contentsOf: URL(fileURLWithPath: spare))
            default:
                for _ in 0...random.below(1000) where !bytes.isEmpty {
                    bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
                }
            }
            try bytes.write(to: url)
        } catch {
            throw TestbedFailure(
                code: .file, operation: "damage \(path)", message: "cannot", cause: "\(error)")
        }
    }

    /// Many daemons through links that delay, part and reset, some of them killed.
    func network() throws(TestbedFailure) -> [SoakRow] {
        var plan = LocalPlan.Size()
        plan.nodes = size.networkNodes
        plan.activeSeconds = size.networkSeconds
        plan.settleSeconds = 120
        plan.actionSeconds = 2
        plan.kills = size.networkNodes / 2
        plan.halves = 2
        plan.isolations = 2
        plan.partitionSeconds = max(2, size.networkSeconds / 6)
        plan.resets = size.networkNodes
        let run = try LocalRun(
            LocalPlan(plan, seed: seed), binary: binary, linkProgram: linkProgram)
        defer { run.close() }
        let findings = try run.run { _, _ in }
        let figure = { (name: String) in
            findings.figures.first { $0.name == name }?.value ?? 0
        }
        let words = findings.breaches.prefix(3).map { "\($0.invariant): \($0.detail)" }
        return [
            SoakRow(
                "T34",
                "\(plan.nodes) daemons: nothing acknowledged is lost, all agree, no self-fork",
                "\(Int(figure("published"))) records, \(plan.kills) kills, 4 partitions, "
                    + "\(Int(figure("fault.reset"))) resets: \(findings.breaches.count) breaches "
                    + words.joined(separator: "; "),
                isMet: findings.breaches.isEmpty),
            SoakRow(
                "T26", "equal <= 20 rounds after the last fault",
                "\(text(figure("seconds_to_agreement"))) s, a round is 1 s",
                isMet: figure("seconds_to_agreement") <= 20),
        ]
    }
}
