import Daemon
import Foundation
import Testbed
import Testing

extension ProcessTests {
    /// Nodes that find each other through a third (docs/overlay.md); on loopback, so by the setting for local nets.
    @Suite("Addresses by peers") struct Overlays {
        private static func settings(_ exchange: PeerExchange) -> LocalNode.Settings {
            var settings = Bench.settings
            settings.variables["VOUCHBIRD_GOSSIP_PEER_EXCHANGE"] = exchange.rawValue
            return settings
        }

        /// Ana and Cem know Ben and nobody else.
        private static func withChain(
            _ exchange: PeerExchange, _ body: ([LocalNode], LocalNetwork) throws -> Void
        ) throws {
            let network = try LocalNetwork(
                names: ["ana", "ben", "cem"], settings: settings(exchange))
            defer { network.close() }
            try network.start()
            let (ana, ben, cem) = (network.nodes[0], network.nodes[1], network.nodes[2])
            try network.connect(ben, to: cem)
            try waitUntil(ben, isLinkedTo: cem)
            if exchange == .local {
                #expect(try awaited { try peers(ben).overlay?.tried == 1 })
            }
            try network.connect(ana, to: ben)
            try body([ana, ben, cem], network)
        }

        private static func peers(_ node: LocalNode) throws -> PeerListDocument {
            try node.request(.peerList, as: PeerListDocument.self)
        }

        private static func waitUntil(_ node: LocalNode, isLinkedTo other: LocalNode) throws {
            let key = try other.identity().nodeKey
            let isLinked = try awaited {
                try peers(node).items.contains { $0.nodeKey == key && $0.state == "connected" }
            }
            #expect(isLinked, "\(node.name) is not linked to \(other.name)")
        }

        /// Asks until it holds, at most 20 s.
        private static func awaited(_ condition: () throws -> Bool) throws -> Bool {
            let end = ContinuousClock.now + .seconds(20)
            while ContinuousClock.now < end {
                if try condition() { return true }
                Pause.milliseconds(50)
            }
            return false
        }

        @Test(
            "a node learns another from its only peer, links to it, and finds it again without that peer"
        )
        func chain() throws {
            try Self.withChain(.local) { nodes, _ in
                let (ana, ben, cem) = (nodes[0], nodes[1], nodes[2])
                try Self.waitUntil(ana, isLinkedTo: cem)
                let learnt = try Self.peers(ana)
                #expect(learnt.items.filter(\.isConfigured).count == 1)
                #expect(learnt.overlay?.outbound == 1)
                #expect(learnt.overlay?.tried ?? 0 >= 1)
                let text = try ana.command(["peers", "list"]).output
                #expect(text.contains("learnt"), "\(text)")

                #expect(ana.stop() == .exited(0))
                #expect(ben.stop() == .exited(0))
                try ana.start()
                try ana.waitUntilReady()
                try Self.waitUntil(ana, isLinkedTo: cem)

                // A damaged file is none: the node starts, and has forgotten.
                #expect(ana.stop() == .exited(0))
                let file = ana.directory.appendingPathComponent("addresses")
                var bytes = try Data(contentsOf: file)
                bytes[bytes.count / 2] ^= 1
                try bytes.write(to: file)
                try ana.start()
                try ana.waitUntilReady()
                #expect(try Self.peers(ana).overlay?.new == 0)
                #expect(try Self.peers(ana).items.map(\.isConfigured) == [true])
            }
        }

        @Test(
            "loopback addresses are told to nobody unless the net is said to be local, and none when it is off",
            arguments: [PeerExchange.public, .off])
        func silent(_ exchange: PeerExchange) throws {
            try Self.withChain(exchange) { nodes, _ in
                let (ana, ben) = (nodes[0], nodes[1])
                try Self.waitUntil(ana, isLinkedTo: ben)
                // A round trip after the greeting the answer to PX_REQ would be here.
                try ana.publish([Draft(kind: .like, item: "song:1")])
                try Bench.trust(ben, ana)
                let peers = try Self.peers(ana)
                #expect(peers.items.count == 1)
                #expect(peers.overlay?.new ?? 0 == 0)
                #expect(peers.overlay?.announced == nil)
            }
        }

        @Test("two nodes of one local net find each other without any address, when both want to")
        func localNet() throws {
            var settings = Bench.settings
            settings.variables = [
                "VOUCHBIRD_GOSSIP_PEER_EXCHANGE": PeerExchange.off.rawValue,
                "VOUCHBIRD_GOSSIP_LAN_DISCOVERY": "true",
            ]
            let network = try LocalNetwork(names: ["ana", "ben"], settings: settings)
            defer { network.close() }
            settings.variables["VOUCHBIRD_GOSSIP_LAN_DISCOVERY"] = "false"
            let cem = LocalNode(
                name: "cem", directory: network.directory.appendingPathComponent("cem"),
                port: try LoopbackPorts.free(1)[0], settings: settings)
            try cem.initialise()
            defer { cem.stop() }
            try cem.start()
            try network.start()
            try cem.waitUntilReady()
            let (ana, ben) = (network.nodes[0], network.nodes[1])
            // Whoever starts second is heard by the first.
            try Self.waitUntil(ana, isLinkedTo: ben)
            try ana.publish([Draft(kind: .like, item: "song:1")])
            let ours = try ana.status().records.known
            #expect(try Self.awaited { try ben.status().records.known >= ours })
            // Other nodes of this machine may be found as well, if somebody runs some.
            let key = try ben.identity().nodeKey
            let found = try Self.peers(ana).items.filter { $0.nodeKey == key }
            #expect(found.map(\.isConfigured) == [false])
            // Who does not want to is neither heard nor hears.
            #expect(try Self.peers(cem).items.isEmpty)
        }

        @Test("two nodes that name each other, one after the other, settle on one link and keep it")
        func mutual() throws {
            var settings = Bench.settings
            settings.variables["VOUCHBIRD_LOG_LEVEL"] = "info"
            let network = try LocalNetwork(names: ["ana", "ben"], settings: settings)
            defer { network.close() }
            try network.start()
            let (ana, ben) = (network.nodes[0], network.nodes[1])
            try network.connect(ana, to: ben)
            try Self.waitUntil(ben, isLinkedTo: ana)
            try network.connect(ben, to: ana)
            try network.connect(ana, to: ben)
            // Twenty round trips over whatever link there is.
            for number in 1...20 {
                try ana.publish([Draft(kind: .like, item: "song:\(number)")])
                let known = try ana.status().records.known
                #expect(try Self.awaited { try ben.status().records.known >= known })
            }
            for node in network.nodes {
                let ups = node.errorLines.count { $0.contains("link up") }
                #expect(ups <= 4, "\(node.name): \(ups) links")
                #expect(try node.status().links.connected == 1)
            }
        }

        @Test("accepting an invitation connects both sides in one step, and pins each at the other")
        func invitation() throws {
            try Bench.withNodes(["ana", "ben"]) { network in
                try network.start()
                let (ana, ben) = (network.nodes[0], network.nodes[1])
                let made = try ana.request(
                    .inviteCreate(label: "ben", lifetimeSeconds: 600), as: InviteDocument.self)
                _ = try ben.request(.inviteAccept(link: made.link), as: InviteAcceptDocument.self)
                for (node, other) in [(ana, ben), (ben, ana)] {
                    try Self.waitUntil(node, isLinkedTo: other)
                    let author = try other.identity().author
                    #expect(
                        try Self.awaited {
                            try Self.peers(node).items.contains {
                                $0.isConfigured && $0.author == author
                            }
                        })
                }
            }
        }
    }
}
