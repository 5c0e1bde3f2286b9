import Cryptography
import Foundation
import NodeCore
import Primitives
import Storage
import Transport

/// What a running daemon can say of its own health.
extension NodeLoop {
    func answerCheckup(for client: ControlClient) {
        let checks = [
            linkCheck(), publishCheck(), headCheck(), forkCheck(), clockCheck(), mapCheck(),
            trustCheck(),
        ]
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
        let (finding, fix): (String?, String) =
            switch obstacle {
            case .ownFeedForked:
                (
                    "forked",
                    "stop every other copy of this directory; then vouchbird identity backup, identity restore "
                        + "into a new directory, and from there vouchbird device revoke this feed"
                )
            case .ownFeedBehind:
                (
                    "behind",
                    "leave the daemon running until a peer has given it back: vouchbird peers list"
                )
            case .ownDeviceRevoked:
                ("revoked", "vouchbird identity restore FILE --data-dir DIR makes a new device")
            default: (nil, "vouchbird stop, then vouchbird daemon: a start reads what was written")
            }
        return .init(
            name: "own feed", state: .failure, finding: finding, detail: obstacle.sentence, fix: fix
        )
    }

    /// Who could give the own feed back if this disk were gone.
    private func headCheck() -> CheckupDocument.Check {
        let feed = identity.device.publicKey
        let held = node.frontier(of: feed)
        guard held > 0 else {
            return .init(name: "own head", state: .ok, detail: "nothing is published yet")
        }
        let holders = node.holders(of: feed)
        let ready = node.linkSummaries.filter(\.isReady).count
        guard !holders.isEmpty else {
            return .init(
                name: "own head", state: .warning, finding: "head-unknown",
                detail: ready == 0
                    ? "record \(held) is only here, as far as this node knows: nobody is connected"
                    : "none of \(ready) connected nodes is known to have record \(held)",
                fix: ready == 0
                    ? "vouchbird peers list, or vouchbird invite create"
                    : "wait a minute; if it stays: ask a friend to run vouchbird trust add "
                        + identity.author.publicKey.text)
        }
        let names = holders.prefix(4).map { String($0.hex.prefix(8)) }.joined(separator: ", ")
        return .init(
            name: "own head", state: .ok,
            detail: "\(holders.count) of \(ready) connected nodes have record \(held): \(names)"
                + (holders.count > 4 ? " ..." : ""))
    }

    /// Feeds of people whom the user trusts that are frozen.
    private func forkCheck() -> CheckupDocument.Check {
        let friends = Set(trustEdges().map(\.author))
        let forked = node.forkedAuthors.filter { friends.contains($0) }
        guard let first = forked.first else {
            return .init(
                name: "forks", state: .ok,
                detail: "\(node.forkedFeedCount) frozen feeds, none of whom you trust")
        }
        return .init(
            name: "forks", state: .warning, finding: "friend-forked",
            detail: "\(forked.count) of whom you trust signed two records for one place, first "
                + "\(name(of: first) ?? first.shortText): that feed counts for nothing",
            fix: "ask the person; perhaps vouchbird trust rm \(first.text)")
    }

    private func clockCheck() -> CheckupDocument.Check {
        guard let skew = node.clockSkewMilliseconds(at: Clock.now()) else {
            return .init(
                name: "clock", state: .ok, detail: "fewer than three peers to compare with")
        }
        return abs(skew) > 70_000
            ? .init(
                name: "clock", state: .warning, finding: "clock-off",
                detail: "\(skew) ms off the median of the peers",
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
