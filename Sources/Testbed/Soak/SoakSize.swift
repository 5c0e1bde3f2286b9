/// How long and how often `make soak` looks.
public struct SoakSize: Sendable {
    public var idleSeconds = 300
    /// Nodes beside the one that is looked at: more than it links with, so that feelers find somebody.
    public var idleOthers = 20
    /// For each kind of flood (threats.md, T20).
    public var floodSeconds = 60
    public var slowSeconds = 90
    public var strangers = 1_000_000
    public var strangerSeconds = 1_800
    public var kills = 1_000
    public var damages = 1_000
    public var networkNodes = 20
    public var networkSeconds = 120

    /// The parts that are run when nobody names any.
    public var checks = SoakCheck.allCases

    public init() {}

    /// Seconds for each part instead of minutes: shows that the parts work, and only the bars that do not need time.
    public static var quick: SoakSize {
        var size = SoakSize()
        // A slow peer is given 75 s by design.
        size.checks.removeAll { $0 == .slow }
        size.idleSeconds = 10
        size.idleOthers = 3
        size.floodSeconds = 4
        size.strangers = 1_000
        size.strangerSeconds = 20
        size.kills = 4
        size.damages = 4
        size.networkNodes = 4
        size.networkSeconds = 6
        return size
    }
}
