/// What an engine found before the connectivity decay: mass on items and who delivered it.
struct WalkMass {
    /// Expected visits of authors by the item walk; for `taste` the weight of each voice, maybe negative.
    var authorVisits: [Double]
    /// Mass on items before it is normalised.
    var itemVisits: [Double]
    /// Trust-weighted popularity.
    var popularity: [Double]
    /// `itemVisits` normalised to sum 1; all 0 when there is no mass.
    var shares: [Double]
    var contributions: Contributions
    /// The score is divided by popularity to this power.
    var popularityExponent: Double
    /// A region of trust R delivers at most this times R of all mass; nil without such a bound.
    var massPerTrust: Double?
    /// Voices that were earned, one per author; empty where the engine hears none.
    var earned: [Double] = []
    /// A region of earned voices V delivers at most this times V of all mass beside that.
    var massPerVoice = 0.0
}
