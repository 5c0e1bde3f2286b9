import Daemon
import Dispatch

/// Watches nodes until all of them hold the same records.
///
/// A node does not tell when it learns something, so they are asked again and again; what they are
/// asked is a digest of every (feed, sequence, head), equal exactly when what they hold is equal.
public struct AgreementMonitor {
    /// One look at all nodes.
    public struct Look: Hashable, Sendable {
        /// Records known, in the order of the nodes.
        public var known: [UInt64]
        public var feeds: [Int]
        public var digests: [String]

        /// Whether all hold the same, and at least `feeds` feeds.
        public func isAgreement(feeds wanted: Int) -> Bool {
            Set(digests).count == 1 && feeds.allSatisfy { $0 >= wanted } && Set(known).count == 1
        }

        /// Nodes that hold what most nodes hold.
        public var agreeing: Int {
            Dictionary(grouping: digests) { $0 }.values.map(\.count).max() ?? 0
        }
    }

    let nodes: [LocalNode]
    /// Between two looks.
    let intervalMilliseconds: Int

    public init(nodes: [LocalNode], intervalMilliseconds: Int = 100) {
        self.nodes = nodes
        self.intervalMilliseconds = intervalMilliseconds
    }

    /// Asks until all nodes agree and hold at least `feeds` feeds and `records` records.
    ///
    /// `progress` sees every look and may end the wait by throwing. Returns the last look; throws
    /// `.deadline` with it when `seconds` pass before.
    @discardableResult
    public func wait(
        feeds: Int, records: UInt64 = 0, seconds: Double,
        progress: (Look) throws(TestbedFailure) -> Void = { _ in }

    ) throws(TestbedFailure) -> Look {
        let deadline = DispatchTime.now() + seconds
        var clients: [NodeClient] = []
        for node in nodes { clients.append(try node.client()) }
        while true {
            let look = try look(clients)
            try progress(look)
            if look.isAgreement(feeds: feeds), look.known.allSatisfy({ $0 >= records }) {
                return look
            }
            guard DispatchTime.now() < deadline else {
                throw TestbedFailure(
                    code: .deadline, operation: "wait until \(nodes.count) nodes agree",
                    message: "after \(seconds) s they hold \(look.known) records of \(look.feeds) "
                        + "feeds; \(feeds) feeds and \(records) records were expected")
            }
            Pause.milliseconds(intervalMilliseconds)
        }
    }

    /// One look, on connections that stay open between two looks.
    private func look(_ clients: [NodeClient]) throws(TestbedFailure) -> Look {
        var look = Look(known: [], feeds: [], digests: [])
        for client in clients {
            let status = try client.request(.status, as: StatusDocument.self)
            look.known.append(status.records.known)
            look.feeds.append(status.frontier.feeds)
            look.digests.append(status.frontier.digest)
        }
        return look
    }
}
