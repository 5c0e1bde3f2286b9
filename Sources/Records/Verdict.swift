/// What becomes of something that a peer sent. Hostile or stale input is one of these, never an error.
public enum Verdict: Hashable, Sendable {
    case accept
    /// Not now, or not here; nobody is to blame.
    case ignore(IgnoreReason)
    /// No honest sender sends this; its direct sender is to blame.
    case reject(RejectReason)
}

public enum IgnoreReason: String, Hashable, Sendable, CaseIterable {
    /// Already stored, or being stored.
    case duplicate
    /// More than ten minutes ahead of our clock; offered again, it may pass later.
    case futureDated = "future-dated"
    /// Further than 64 records ahead of what we hold of this feed.
    case tooFarAhead = "too-far-ahead"
    /// The feed has forked and is frozen.
    case frozen
    /// The feed, or its tier, has no room left.
    case overQuota = "over-quota"
    /// Its author, or the tier of its author, sends more than its rate; it can be asked for later.
    case overRate = "over-rate"
    /// The store could not take it; offered again, it may pass later.
    case storeUnavailable = "store-unavailable"
    /// Its author took its consent from the device before this place.
    case revoked
    /// The record was retracted by its author.
    case retracted
}

public enum RejectReason: String, Hashable, Sendable, CaseIterable {
    case malformed
    case badKey = "bad-key"
    case badSignature = "bad-signature"
    /// The record names another predecessor than the one that we hold.
    case brokenChain = "broken-chain"
    /// Earlier than the record before it.
    case timeReversed = "time-reversed"
    /// Another body for a sequence number that is taken: proof of a fork.
    case equivocation
    /// A delegation that its author did not sign, or that is not the first record.
    case badDelegation = "bad-delegation"
    /// A retraction of something else than an earlier record of the same feed.
    case badRetraction = "bad-retraction"
    /// A checkpoint where none may stand, or that speaks for another author than its feed.
    case badCheckpoint = "bad-checkpoint"
    /// A change of key that one of the two did not sign, or a revocation that the author did not.
    case badKeyChange = "bad-key-change"
    /// A fork proof that proves nothing.
    case badProof = "bad-proof"
    /// Symbols that no two sets have, or more sketches than anybody needs.
    case badSketch = "bad-sketch"
    /// A frame that we did not ask for or that breaks the order of the protocol.
    case unexpected
}
