public import Primitives

extension InteractionGraph {
    /// Whether one author trusts another directly. O(log of the author's edges).
    public func trusts(from truster: PublicKey, to trusted: PublicKey) -> Bool {
        authors[truster]?.trusts(trusted) == true
    }
}
