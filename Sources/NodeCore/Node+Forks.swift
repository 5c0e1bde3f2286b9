import Primitives
import Records

/// Forks: one key, one place, two bodies. Proven by both records, never settled by taking one.
extension Node {
    /// A validly signed record for a place that holds another: fetch ours and compare.
    mutating func suspectFork(_ record: Record, _ effects: inout [Effect]) {
        guard reads.count < limits.links * limits.rangesPerLink else { return }
        let key = record.body.feed
        let place = record.body.sequence
        if let held = uncommitted(key, place) {
            settleFork(held, record, &effects)
            return
        }
        let id = nextEffect()
        reads[id] = .fork(record)
        effects.append(
            .readRange(
                id, RangeRequest(feed: key, first: place, last: place),
                maximumBytes: WireLimits.recordBytes))
    }

    private func uncommitted(_ feed: PublicKey, _ sequence: UInt64) -> Record? {
        let waiting = commits.flatMap(\.places) + gathered.places
        for place in waiting where place.entry.feed == feed && place.entry.sequence == sequence {
            return place.entry.storedRecord?.record
        }
        return nil
    }

    /// Both records are at hand and both signatures were verified on their way in.
    mutating func settleFork(
        _ held: Record, _ suspect: Record, _ effects: inout [Effect]
    ) {
        guard let proof = ForkProof(held, suspect) else {
            counts.count(.ignore(.duplicate))
            return
        }
        // The author is to blame, not the peer that shows us: without this record nobody would know. That
        // peer need not know either, so it is told like all others.
        counts.count(.reject(.equivocation))
        freeze(proof, from: nil, &effects)
    }

    /// A peer sent a proof.
    mutating func proved(
        _ one: EncodedRecord, _ other: EncodedRecord, by link: LinkID, _ now: Moment,
        _ effects: inout [Effect]
    ) {
        guard let first = try? Record(decoding: one[...], scheme: scheme),
            let second = try? Record(decoding: other[...], scheme: scheme),
            let proof = ForkProof(first, second), scheme.isValid(proof.feed)
        else {
            conclude(.reject(.badProof), link, &effects)
            return
        }
        if let known = proofs[proof.feed], known.sequence <= proof.sequence {
            counts.count(.ignore(.duplicate))
            return
        }
        // A fork of a feed that nobody here holds or wants is one key's own business, and keys are free.
        guard feeds.index(of: proof.feed) != nil || isReachable(proof.feed) else {
            counts.count(.ignore(.overQuota))
            return
        }
        guard proof.isSigned(network: configuration.network, scheme: scheme) else {
            conclude(.reject(.badProof), link, &effects)
            return
        }
        counts.count(.accept)
        freeze(proof, from: link, &effects)
    }

    /// Freezes the feed below the fork, keeps the proof, and sends it on before anything else, except to
    /// whoever sent it.
    private mutating func freeze(
        _ proof: ForkProof, from link: LinkID?, _ effects: inout [Effect]
    ) {
        if let known = proofs[proof.feed], known.sequence <= proof.sequence { return }
        if proofs.isFull, !proofs.contains(proof.feed) { dropStrangersProof() }
        guard proofs.set(proof.feed, proof) else { return }
        gathered.proofs.append(proof)
        if let index = feeds.index(of: proof.feed) {
            if feeds[index].tip > feeds[index].frontier { rollBack(index) }
            dropWindow(of: index, .frozen)
            feeds[index].frozenAt = proof.sequence
            feeds.touch(index)
            rebuilds.add(feeds[index].author)
        }
        effects.append(
            .notice(
                proof.feed == configuration.feed
                    ? .ownFeedForked(sequence: proof.sequence)
                    : .forked(feed: proof.feed, sequence: proof.sequence)))
        for other in links.keys where other != link {
            if links[other]?.isReady == true { sendProof(of: proof.feed, to: other, &effects) }
        }
    }

    /// Makes room for a proof: a forked stranger's goes.
    private mutating func dropStrangersProof() {
        let victim = proofs.keys.first {
            $0 != configuration.feed && !isReachable(feeds[$0]?.author ?? $0)
        }
        if let victim { proofs.remove(victim) }
    }

    mutating func sendProof(of feed: PublicKey, to link: LinkID, _ effects: inout [Effect]) {
        guard let proof = proofs[feed], links[link]?.proofsSent.contains(feed) == false else {
            return
        }
        links.update(link) { _ = $0.proofsSent.set(feed, true) }
        effects.append(
            .send(link, .forkProof(proof.records.0.encoded, proof.records.1.encoded)))
    }
}
