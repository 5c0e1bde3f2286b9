public import Primitives

extension InteractionGraph {
    /// Whether one author trusts another directly. O(log of the author's edges).
    public func trusts(from truster: PublicKey, to trusted: PublicKey) -> Bool {
        guard let slot = authors.slot(of: truster) else { return false }
        return authors[slot: slot].trusts(trusted)
    }
}
