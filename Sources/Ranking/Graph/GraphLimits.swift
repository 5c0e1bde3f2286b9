/// The caps of an `InteractionGraph`: with them its memory is bounded whatever peers send.
///
/// The first four defaults are those of the design of the bounded graph; the others bound what the
/// first four leave open. At the defaults the graph stays below about 150 MB.
public struct GraphLimits: Hashable, Sendable {
    /// Trust edges kept of one author. Most people name a few dozen; 64 keeps a row in one page.
    public var trustEdgesPerAuthor = 64
    /// Distinct items kept of one author, the heaviest and newest first.
    public var interactionsPerAuthor = 256
    /// Authors with edges of their own.
    public var authors = 10_000
    /// Edges author-item over all authors.
    public var interactions = 1_000_000
    /// Single plays, likes and ratings kept behind one author-item edge, the newest first. They are
    /// kept one by one so that a retraction can undo exactly one of them.
    public var eventsPerInteraction = 32
    /// Single plays, likes and ratings over all authors.
    public var events = 2_000_000
    /// Trust edges of the ego: its own data is not the caps' business, only memory's.
    public var trustEdgesOfEgo = 1_024
    /// Distinct items of the ego.
    public var interactionsOfEgo = 65_536

    public init() {}
}
