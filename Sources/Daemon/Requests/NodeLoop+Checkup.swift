import Foundation
import NodeCore
import Primitives
import Storage
import Transport

/// What a running daemon can say of its own health.
extension NodeLoop {
    func answerCheckup(for client: ControlClient) {
        let checks = [linkCheck(), publishCheck(), clockCheck(), mapCheck(), trustCheck()]
        let store = store
        let mailbox = mailbox
        storeWorker.submit {
            let storeCheck = Self.check(store)
            mailbox.post { $0.reply(client, CheckupDocument(items: [storeCheck] + checks)) }
        }
    }

    private static func check(_ store: Store) -> CheckupDocument.Check {
        do {
            try store.quickCheck()
            return .init(name: "store", state: .ok, detail: "own.db and net.db are whole")
        } catch {
            return .init(
                name: "store", state: .failure, detail: error.message,
                fix: "stop the daemon and start it again: it sets a damaged net.db aside")
        }
    }

    private func linkCheck() -> CheckupDocument.Check {
        let ready = node.linkSummaries.filter(\.isReady).count
        let troubles = peers.peers.filter {
            $0.link != nil && !$0.isUp && !isLinked($0.nodeKey)
        }
        if let first = troubles.first {
            return .init(
                name: "links", state: .warning,
                detail:
                    "\(ready) connected; \(troubles.count) of \(peers.peers.count) peers are not, "
                    + "first \(first.address ?? ""): \(first.trouble ?? "connecting")",
                fix: "vouchbird peers list")
        }
        return ready == 0
            ? .init(
                name: "links", state: .warning, detail: "nobody is connected",
                fix: "vouchbird invite create, or vouchbird peers add")
            : .init(name: "links", state: .ok, detail: "\(ready) connected")
    }

    private func publishCheck() -> CheckupDocument.Check {
        guard let obstacle = node.publishObstacle else {
            return .init(name: "own feed", state: .ok, detail: "whole, and free to grow")
        }
        return .init(name: "own feed", state: .failure, detail: obstacle.sentence)
    }

    private func clockCheck() -> CheckupDocument.Check {
        guard let skew = node.clockSkewMilliseconds else {
            return .init(
                name: "clock", state: .ok, detail: "fewer than three peers to compare with")
        }
        return abs(skew) > 70_000
            ? .init(
                name: "clock", state: .warning, detail: "\(skew) ms off the median of the peers",
                fix: "timedatectl set-ntp true")
            : .init(name: "clock", state: .ok, detail: "\(skew) ms off the median of the peers")
    }

    private func mapCheck() -> CheckupDocument.Check {
        let full = node.census.filter { $0.count * 10 >= $0.capacity * 9 }
        return full.isEmpty
            ? .init(name: "maps", state: .ok, detail: "every bounded map has room")
            : .init(
                name: "maps", state: .warning,
                detail: "nearly full: " + full.map(\.name).joined(separator: ", "))
    }

    private func trustCheck() -> CheckupDocument.Check {
        trustEdges().isEmpty
            ? .init(
                name: "trust", state: .warning,
                detail: "you trust nobody yet, so nobody's taste can reach you",
                fix: "vouchbird trust add AUTHOR --name NAME")
            : .init(
                name: "trust", state: .ok,
                detail: "\(trustEdges().count) direct, \(ranker.summary?.reachable ?? 0) reachable")
    }
}
