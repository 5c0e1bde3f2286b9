import Primitives

/// After a restart on what may be an old copy of the data: whether the own feed goes on beyond it (threats.md, T5).
///
/// Only anchors are believed to say no: anybody else may be an adversary with any number of keys. That it does go on
/// needs no trust, because it is proven by our own signature.
struct HeadCheck: Sendable {
    /// Publications are held until then, and refused from then on.
    let deadline: UInt64
    /// Anchors that said what they hold; never more than are waited for.
    private(set) var answered: [NodeKey] = []
    /// When there were enough of them.
    private(set) var confirmedAt: UInt64?
    /// The deadline passed without enough of them.
    private(set) var isOverdue = false

    init(deadline: UInt64) { self.deadline = deadline }

    /// An anchor answered. What it lacked a moment ago may be on its way to it, so the end is not at once.
    mutating func answer(by anchor: NodeKey, of wanted: Int, at time: UInt64) {
        guard confirmedAt == nil, !answered.contains(anchor) else { return }
        answered.append(anchor)
        guard answered.count >= wanted else { return }
        confirmedAt = time
        isOverdue = false
    }

    /// True at the moment at which the deadline passes.
    mutating func runOut(at time: UInt64) -> Bool {
        guard confirmedAt == nil, !isOverdue, time >= deadline else { return false }
        isOverdue = true
        return true
    }

    /// Whether it is over; `settle` milliseconds after the last answer.
    func isOver(at time: UInt64, settle: UInt64) -> Bool {
        confirmedAt.map { time >= $0 + settle } ?? false
    }

    func nextDeadline(settle: UInt64) -> UInt64? {
        confirmedAt.map { $0 + settle } ?? (isOverdue ? nil : deadline)
    }
}

extension Node {
    /// A link answered about our own feed.
    mutating func noteHeadAnswer(by link: LinkID, _ now: Moment) {
        guard own.headCheck != nil, let slot = links.slot(of: link), links[slot: slot].isAnchor
        else { return }
        let (anchor, wanted) = (links[slot: slot].nodeKey, configuration.ownHeadAnchors)
        own.headCheck?.answer(by: anchor, of: wanted, at: now.monotonicMilliseconds)
    }

    mutating func runHeadCheck(_ now: Moment, _ effects: inout [Effect]) {
        let time = now.monotonicMilliseconds
        let settle = configuration.ownHeadSettleMilliseconds
        if own.headCheck?.isOver(at: time, settle: settle) == true { own.headCheck = nil }
        if own.headCheck?.runOut(at: time) == true, let notice = unconfirmed {
            effects.append(.notice(notice))
        }
    }

    /// When the check of the own head needs a turn.
    var headCheckDeadline: UInt64? {
        own.headCheck?.nextDeadline(settle: configuration.ownHeadSettleMilliseconds)
    }

    /// What stands in the way of publishing while too few anchors have answered in time.
    var unconfirmed: Notice? {
        guard let check = own.headCheck, check.isOverdue else { return nil }
        return .ownFeedUnconfirmed(
            answered: check.answered.count, wanted: configuration.ownHeadAnchors)
    }
}
