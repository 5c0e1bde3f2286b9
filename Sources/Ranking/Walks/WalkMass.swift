/// What an engine found before the connectivity decay: mass on items and who delivered it.
struct WalkMass {
    /// Expected visits of authors by the item walk; for `taste` what the weight of each voice is above 0.
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
    /// The weight of each voice, maybe negative; empty where the engine mixes none.
    var mixture: [Double] = []

    /// A power of two that brings numbers, of which `largest` is the largest, so far from 0 that one over
    /// them and their squares are finite and not 0; 1 for numbers that are there already, so that it
    /// changes no bit of them.
    static func lift(_ largest: Double) -> Double {
        guard largest > 0, largest < 0x1p-400 else { return 1 }
        return Double(sign: .plus, exponent: min(1_000, -Int(largest.exponent)), significand: 1)
    }
}
