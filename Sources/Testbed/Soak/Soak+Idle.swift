import Daemon
import Dispatch
import Foundation

/// A node behind a router: it dials four anchors and eight learnt peers, and nobody dials it. Feelers go at the pace
/// of the first six hours, so a day costs less than is extrapolated here.
extension Soak {
    func idle() throws(TestbedFailure) -> [SoakRow] {
        let others = (1...size.idleOthers).map { "other-\($0)" }
        let variables = [
            "VOUCHBIRD_GOSSIP_PEER_EXCHANGE": PeerExchange.local.rawValue,
            "VOUCHBIRD_GOSSIP_ANTI_ENTROPY_SECONDS": "60",
        ]
        return try withNetwork(others, variables: variables) {
            network throws(TestbedFailure) -> [SoakRow] in
            try network.start()
            let nodes = network.nodes
            for (number, node) in nodes.enumerated() {
                try node.publish([Draft(kind: .like, item: "song:\(number)")])
                for step in 1...Self.neighbours where step < nodes.count {
                    try network.connect(node, to: nodes[(number + step) % nodes.count])
                }
            }
            var settings = LocalNode.Settings(binary: binary)
            settings.variables = variables.merging(["VOUCHBIRD_NODE_LISTEN": ""]) { $1 }
            let ana = LocalNode(
                name: "ana", directory: network.directory.appendingPathComponent("ana"),
                port: try LoopbackPorts.free(1)[0], settings: settings)
            try ana.initialise()
            defer { ana.stop() }
            try ana.start()
            try ana.waitUntilReady()
            // Together they know everybody.
            let apart = max(1, nodes.count / 4)
            for place in stride(from: 0, to: nodes.count, by: apart).prefix(4) {
                try network.connect(ana, to: nodes[place])
            }
            return try measure(ana, links: min(12, nodes.count))
        }
    }

    /// Links that each of the others dials: an answer tells of those that answered oneself.
    private static let neighbours = 5

    private func measure(_ ana: LocalNode, links: Int) throws(TestbedFailure) -> [SoakRow] {
        let settled = try awaited(seconds: 120) { () throws(TestbedFailure) -> Bool in
            try ana.status().links.connected >= links
        }
        // What a node does when it meets others is over after two rounds.
        Pause.milliseconds(min(60, size.idleSeconds) * 1000)
        let before = try ana.status()
        let process = try process(of: ana)
        var watch = LoadWatch(process)
        var most = before.links.connected
        for _ in 0..<size.idleSeconds {
            Pause.milliseconds(1000)
            watch.look()
        }
        let share = watch.processorShare
        let seconds = watch.elapsedSeconds
        let after = try ana.status()
        most = max(most, after.links.connected)
        let bytes =
            after.links.receivedBytes - before.links.receivedBytes + after.links.sentBytes
            - before.links.sentBytes
        let daily = Double(bytes) / seconds * 86_400 / 1e6
        let place = "\(before.links.connected) to \(most) links, \(Int(seconds)) s"
        return [
            SoakRow(
                "idle", "\(links) peers are found",
                settled.map { "\(text($0)) s" } ?? "not in 120 s",
                isMet: settled != nil),
            SoakRow(
                "idle", "<= 1 % of a core", "\(text(share * 100, 2)) %, \(place)",
                isMet: share <= 0.01),
            SoakRow(
                "idle", "<= 60 MB resident", "\(text(Double(watch.residentPeak) / 1e6)) MB",
                isMet: watch.residentPeak <= 60_000_000),
            SoakRow(
                "idle", "<= 20 MB a day, both directions", "\(text(daily)) MB of TCP streams",
                isMet: daily <= 20),
        ]
    }
}
