import NodeCore
import Primitives
import Records

/// Honest users: what they say, and when.
extension Simulation {
    /// Publications are numbered far from the core's own effects.
    private static let firstPublication: UInt64 = 1 << 62

    /// Users first say whom they trust, then what they like.
    func publishTrust(_ host: Host, _ trusted: [PublicKey]) {
        publish(trusted.map { OwnDraft(payload: .trust($0, .one)) }, host)
    }

    func act(_ host: Host) {
        guard study == nil else { return actScript(host) }
        guard !isQuiet, scenario.authors == 0 || host.index < scenario.authors else { return }
        scheduleAct(host)
        guard host.isRunning else { return }
        if workloadRandom.unit() < scenario.retractions, let draft = retraction(host) {
            publish([draft], host)
            return
        }
        // The smaller of two draws: a few items are liked by many.
        let item = items[
            min(workloadRandom.below(items.count), workloadRandom.below(items.count))]
        let payload: Payload =
            switch workloadRandom.below(4) {
            case 0: .play(item, .one)
            case 1: .rate(item, .one)
            default: .like(item, .one)
            }
        publish([OwnDraft(payload: payload)], host)
    }

    func scheduleAct(_ host: Host) {
        let milliseconds = scenario.actionSeconds * 1000 * (0.5 + workloadRandom.unit())
        schedule(.act(host: host.index), after: UInt64(max(1, milliseconds)))
    }

    private func retraction(_ host: Host) -> OwnDraft? {
        guard let entries = host.node?.ownLog.entries, !entries.isEmpty else { return nil }
        let entry = entries[workloadRandom.below(entries.count)]
        guard entry.sequence > 1, !entry.isRetracted, entry.payload.itemID != nil else {
            return nil
        }
        return OwnDraft(payload: entry.retraction)
    }

    func publish(_ drafts: [OwnDraft], _ host: Host) {
        guard host.isRunning, !drafts.isEmpty else { return }
        host.publications += 1
        let id = EffectID(raw: Self.firstPublication + host.publications)
        host.pending[id] = drafts.count
        feed(host, .publish(id, drafts))
    }

    func published(_ id: EffectID, _ result: Result<[UInt64], PublishFailure>, _ host: Host) {
        guard let drafts = host.pending.removeValue(forKey: id) else { return }
        switch result {
        case .success(let sequences):
            metrics.published += UInt64(sequences.count)
            oracle.acknowledged(sequences, drafts: drafts, host, now)
        case .failure: metrics.refused += 1
        }
    }
}
