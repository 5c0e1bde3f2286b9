import Daemon
import Dispatch

/// Rows T12, T20, T21 and T42: hostile clients against one daemon that serves an honest peer.
extension Soak {
    func flood() throws(TestbedFailure) -> [SoakRow] {
        var rows: [SoakRow] = []
        for kind in ["idle", "partial", "garbage"] { rows += try flood(kind) }
        return rows
    }

    /// Five thousand a second are offered, from other addresses than the friend's. A busy machine makes the clients slower
    /// too: as if they had kept their pace.
    func handshakes() throws(TestbedFailure) -> [SoakRow] {
        try withNetwork(["ana", "ben"]) { network throws(TestbedFailure) -> [SoakRow] in
            try network.start()
            try becomeKnown(network)
            var watch = LoadWatch(try process(of: network.nodes[0]))
            let (slowest, connects, _, attacker) = try attacked(
                network, "handshakes", seconds: size.floodSeconds, &watch)
            let share = watch.processorShare
            let result = try answer(of: attacker, seconds: 10)
            let done = result["handshakes"] as? Int ?? 0
            let rate = result["offered_per_second"] as? Int ?? 0
            let atPace = share * max(1, 5_000 / Double(max(1, rate)))
            let head = "\(rate) handshakes/s offered for \(size.floodSeconds) s, \(done) done"
            return [
                SoakRow(
                    "T41", "\(head): <= 1 core",
                    "\(text(share * 100)) %, \(text(atPace * 100)) % at 5,000/s",
                    isMet: atPace <= 1),
                SoakRow(
                    "T41", "\(head): an anchor connects <= 5 s",
                    "slowest \(text(slowest, 2)) s of \(connects)", isMet: slowest <= 5),
                SoakRow(
                    "T41", "\(head): RSS <= +40 MiB", "+\(mebibytes(watch.growthBytes)) MiB",
                    isMet: watch.growthBytes <= 40 << 20),
            ]
        }
    }

    /// The second node was linked with the first before anything happens, as an anchor was.
    private func becomeKnown(_ network: LocalNetwork) throws(TestbedFailure) {
        let (ana, ben) = (network.nodes[0], network.nodes[1])
        try network.connect(ben, to: ana)
        _ = try awaited(seconds: 10) { () throws(TestbedFailure) -> Bool in
            try ana.status().links.connected == 1
        }
        let key = try ana.identity().nodeKey
        _ = try ben.request(.peerRemove(nodeKey: key), as: DoneDocument.self)
        _ = try awaited(seconds: 10) { () throws(TestbedFailure) -> Bool in
            try ana.status().links.connected == 0
        }
    }

    private func flood(_ kind: String) throws(TestbedFailure) -> [SoakRow] {
        try withNetwork(["ana", "ben"]) { network throws(TestbedFailure) -> [SoakRow] in
            try network.start()
            var watch = LoadWatch(try process(of: network.nodes[0]))
            let (slowest, connects, written, attacker) = try attacked(
                network, kind, seconds: size.floodSeconds, &watch)
            let share = watch.processorShare
            let rate = try answer(of: attacker, seconds: 10)["per_second"] as? Int ?? 0
            // A busy machine makes the attacker slower too: as if it had kept its pace.
            let atPace = share * max(1, 10_000 / Double(max(1, rate)))
            let head = "\(kind), \(rate) connects/s for \(size.floodSeconds) s"
            return [
                SoakRow(
                    "T20", "\(head): RSS <= +40 MiB", "+\(mebibytes(watch.growthBytes)) MiB",
                    isMet: watch.growthBytes <= 40 << 20),
                SoakRow(
                    "T20", "\(head): <= 50 % of a core",
                    "\(text(share * 100)) %, \(text(atPace * 100)) % at 10,000/s",
                    isMet: atPace <= 0.5),
                SoakRow(
                    "T20", "\(head): an anchor connects <= 5 s",
                    "slowest \(text(slowest, 2)) s of \(connects)", isMet: slowest <= 5),
                SoakRow(
                    "T20", "\(head): writes keep working", "\(written) written, none refused",
                    isMet: written > 0),
            ]
        }
    }

    /// Floods the first node while it publishes and the second connects to it again and again: the slowest connect in
    /// seconds, how many there were, and how many records were published.
    private func attacked(
        _ network: LocalNetwork, _ kind: String, seconds: Int, _ watch: inout LoadWatch
    ) throws(TestbedFailure) -> (
        slowest: Double, connects: Int, written: Int, attacker: ChildProcess
    ) {
        let (ana, ben) = (network.nodes[0], network.nodes[1])
        let key = try ana.identity().nodeKey
        let attacker = try hostile("flood-\(kind)", against: ana, seconds: seconds)
        _ = attacker.outputLine(seconds: 10) { $0.contains("ready") }
        var slowest = 0.0
        var connects = 0
        var written = 0
        while attacker.isRunning {
            watch.look()
            try ana.publish([Draft(kind: .like, item: "song:\(kind)-\(written)")])
            written += 1
            // An honest friend comes again and again.
            try network.connect(ben, to: ana)
            let took = try awaited(seconds: 10) { () throws(TestbedFailure) -> Bool in
                try ben.status().links.connected == 1
            }
            if attacker.isRunning || connects == 0 {
                slowest = max(slowest, took ?? .infinity)
                connects += 1
            }
            _ = try ben.request(.peerRemove(nodeKey: key), as: DoneDocument.self)
            Pause.milliseconds(200)
        }
        watch.look()
        return (slowest, connects, written, attacker)
    }

    func slow() throws(TestbedFailure) -> [SoakRow] {
        try withNetwork(["ana", "ben"]) { network throws(TestbedFailure) -> [SoakRow] in
            try network.start()
            let (ana, ben) = (network.nodes[0], network.nodes[1])
            try network.connect(ben, to: ana)
            try ben.publish([Draft(kind: .trust, author: try ana.identity().author)])
            let calm = try latencies(from: ana, to: ben, "calm", count: 100)
            let attacker = try hostile("slow-peers", against: ana, seconds: size.slowSeconds)
            _ = attacker.outputLine(seconds: 60) { $0.contains("ready") }
            var busy: [Double] = []
            while attacker.isRunning, busy.count < 400 {
                busy += try latencies(from: ana, to: ben, "busy-\(busy.count)", count: 20)
            }
            let result = try answer(of: attacker, seconds: Double(size.slowSeconds) + 20)
            let (left, last) = (
                result["still_open"] as? Int ?? -1, result["last_gone_after_s"] as? Double ?? 0
            )
            let ratio = median(busy) / median(calm)
            return [
                SoakRow(
                    "T21", "200 slow peers are gone <= 80 s",
                    "\(result["opened"] ?? 0) came in, \(left) left, last gone after \(last) s",
                    isMet: left == 0 && last <= 80),
                SoakRow(
                    "T21", "honest latency <= +10 %",
                    "median \(text(median(calm) * 1000)) ms, then \(text(median(busy) * 1000)) ms",
                    isMet: ratio <= 1.1),
            ]
        }
    }

    /// Seconds from a publication to its presence at the other node, one after the other.
    private func latencies(
        from source: LocalNode, to target: LocalNode, _ name: String, count: Int
    ) throws(TestbedFailure) -> [Double] {
        let (writer, reader) = (try source.client(), try target.client())
        var known = try reader.request(.status, as: StatusDocument.self).records.known
        var out: [Double] = []
        for number in 0..<count {
            let start = DispatchTime.now()
            _ = try writer.request(
                .publish(drafts: [Draft(kind: .like, item: "song:\(name)-\(number)")]),
                as: PublishDocument.self)
            while true {
                let now = try reader.request(.status, as: StatusDocument.self).records.known
                if now > known {
                    known = now
                    break
                }
                guard DispatchTime.now().seconds(since: start) < 30 else { break }
                Pause.milliseconds(1)
            }
            out.append(DispatchTime.now().seconds(since: start))
        }
        return out
    }

    private func median(_ values: [Double]) -> Double {
        values.isEmpty ? .infinity : values.sorted()[values.count / 2]
    }

    func endless() throws(TestbedFailure) -> [SoakRow] {
        try withNetwork(["ana"]) { network throws(TestbedFailure) -> [SoakRow] in
            try network.start()
            let ana = network.nodes[0]
            var watch = LoadWatch(try process(of: ana))
            let attacker = try hostile("endless", against: ana, seconds: 10)
            while attacker.wait(seconds: 0.02) == nil { watch.look() }
            watch.look()
            let result = try answer(of: attacker, seconds: 10)
            let sent = result["sent_bytes"] as? Int ?? .max
            let isCut = result["cut_after_s"] is Double
            return [
                SoakRow(
                    "T12", "an endless message is cut after <= 2 MiB",
                    "\(text(Double(sent) / 1_048_576, 2)) MiB\(isCut ? "" : ", not cut")",
                    isMet: isCut && sent <= 2 << 20),
                SoakRow(
                    "T12", "RSS <= +16 MiB", "+\(mebibytes(watch.growthBytes)) MiB",
                    isMet: watch.growthBytes <= 16 << 20),
            ]
        }
    }

    func strangers() throws(TestbedFailure) -> [SoakRow] {
        try withNetwork(["ana"]) { network throws(TestbedFailure) -> [SoakRow] in
            try network.start()
            let ana = network.nodes[0]
            var watch = LoadWatch(try process(of: ana))
            let before = try ana.status()
            let logged = ana.errorBytes
            let attacker = try python(
                "foreign_peer.py",
                [
                    "strangers", "--port", String(ana.port), "--server-key",
                    try ana.identity().nodeKey, "--items", String(size.strangers), "--seconds",
                    String(size.strangerSeconds),
                ])
            while attacker.wait(seconds: 0.5) == nil { watch.look() }
            let result = try answer(of: attacker, seconds: 10)
            let after = try ana.status()
            let growth = ana.errorBytes - logged
            let daily = Double(growth) / watch.elapsedSeconds * 86_400 / 1e6
            let series = { (status: StatusDocument) in status.records.verdicts.count }
            let head = "\(result["authors"] ?? 0) bad authors over \(result["links"] ?? 0) links"
            return [
                SoakRow(
                    "T42", "\(head): log <= 10 MB a day",
                    "\(growth) bytes in \(text(watch.elapsedSeconds)) s, \(text(daily, 2)) MB a day",
                    isMet: daily <= 10),
                SoakRow(
                    "T42", "counters stay as many", "\(series(before)), then \(series(after))",
                    isMet: series(before) == series(after)
                        && before.maps.count == after.maps.count),
                SoakRow(
                    "T43", "every map within its cap",
                    after.maps.filter { $0.count > $0.cap }.map(\.name).joined(separator: ", ")
                        + "RSS +\(mebibytes(watch.growthBytes)) MiB",
                    isMet: after.maps.allSatisfy { $0.count <= $0.cap }),
            ]
        }
    }
}
