import Primitives
import Records

/// Forks: one key, one place, two bodies. Proven by both records, never settled by taking one.
extension Node {
    /// Verified places of which the first contradicts the one held: fetch ours and compare.
    mutating func suspectFork(_ places: [ChainPlace], _ effects: inout [Effect]) {
        guard reads.count < limits.links * limits.rangesPerLink, let first = places.first else {
            return
        }
        let held = uncommitted(first.feed, from: first.sequence)
        if !held.isEmpty {
            settleFork(held, places, &effects)
            return
        }
        let id = nextEffect()
        reads[id] = .fork(places)
        // The place, and on to the next that vouches for it.
        let last = first.sequence + UInt64(WireLimits.segmentPlaces) - 1
        effects.append(
            .readRange(
                id, RangeRequest(feed: first.feed, first: first.sequence, last: last),
                maximumBytes: limits.rangeBytes))
    }

    /// The segment at a place that the store has not confirmed; empty when it has.
    private func uncommitted(_ feed: PublicKey, from sequence: UInt64) -> [ChainPlace] {
        let waiting = commits.flatMap(\.places) + gathered.places
        let places = waiting.filter { $0.entry.feed == feed && $0.entry.sequence >= sequence }
            .prefix(WireLimits.segmentPlaces).compactMap { $0.entry.place(scheme) }
        guard places.first?.sequence == sequence else { return [] }
        return places.segments.first.map { Array($0) } ?? []
    }

    /// Both runs are at hand, and the signatures that vouch for them were verified on their way in.
    mutating func settleFork(
        _ held: [ChainPlace], _ suspect: [ChainPlace], _ effects: inout [Effect]
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
        _ one: Chain, _ other: Chain, by link: LinkID, _ now: Moment, _ effects: inout [Effect]
    ) {
        let feed = one.feed
        if let known = proofs[feed], known.sequence <= one.first {
            counts.count(.ignore(.duplicate))
            return
        }
        // A fork of a feed that nobody here holds or wants is one key's own business, and keys are free.
        guard feeds.index(of: feed) != nil || isReachable(feed) else {
            counts.count(.ignore(.overQuota))
            return
        }
        let author = feeds.author(of: feed)
        guard mayVerify(author, now), mayVerify(author, now) else {
            counts.count(.ignore(.overRate))
            return
        }
        guard let proof = ForkProof(one, other, scheme: scheme), scheme.isValid(feed),
            proof.isSigned(network: configuration.network, scheme: scheme)
        else {
            conclude(.reject(.badProof), link, now, &effects)
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
            .send(link, .forkProof(proof.chains.0, proof.chains.1)))
    }
}
