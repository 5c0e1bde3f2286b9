public import Primitives
public import Records

/// Everything that a node can ask of the world. The driver carries them out in order.
public enum Effect: Sendable {
    case send(LinkID, Frame)
    /// Close the link after what was sent on it.
    case disconnect(LinkID, GoodbyeReason)
    /// Durable before it is answered: own records are sent only once they cannot be lost.
    case commitOwn(EffectID, [StoredRecord], [Tombstone])
    case commit(EffectID, StoreBatch)
    case readRange(EffectID, RangeRequest, maximumBytes: Int)
    case readFeeds(EffectID, [PublicKey])
    /// Answers `publish`: one result a draft, or a failure of all.
    case published(EffectID, Result<[UInt64], PublishFailure>)
    case rank(EffectID, RankingJob)
    /// Someone used an invitation; the shell knows which are open.
    case invitationClaimed(LinkID, NodeKey, InvitationClaim)
    /// Whom the overlay wants dialled or hung up on. Never `ask`: the core asks over its links.
    case overlay(OverlayAction)
    /// Something that the user should hear of.
    case notice(Notice)
}

public enum PublishFailure: Error, Hashable, Sendable {
    case store(StoreFailure)
    /// Publishing now could fork the own feed; see the notice.
    case fenced
    /// More drafts wait than the core holds.
    case overloaded
}

public enum Notice: Hashable, Sendable {
    /// A feed was frozen: its key signed two records for one place.
    case forked(feed: PublicKey, sequence: UInt64)
    /// Our own key did. Another copy of this device's key is in use.
    case ownFeedForked(sequence: UInt64)
    /// A peer holds records of our own feed that we do not: our data is older than what we published.
    case ownFeedBehind(held: UInt64, known: UInt64)
    /// Nobody knows whether the data is an old copy: too few anchors have said what they hold of our own feed.
    case ownFeedUnconfirmed(answered: Int, wanted: Int)
    /// The lost part of the own feed is back.
    case ownFeedRecovered(UInt64)
    /// An author's key gave way to another, by both: trust in the old one is trust in the new one.
    case rotated(from: PublicKey, to: PublicKey)
    /// An author's key named two successors: it counts for nothing, and its trust goes to neither.
    case rotationForked(author: PublicKey)
    /// The author of a device said that nothing after a place of it counts.
    case revoked(device: PublicKey, after: UInt64)
    /// The same of this device.
    case ownDeviceRevoked(after: UInt64)
    case storeFailed(StoreFailure)
    case storeRecovered
}
