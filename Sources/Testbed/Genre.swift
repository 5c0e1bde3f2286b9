/// A song that nobody ever recorded.
struct Song: Hashable, Sendable {
    var item: String
    var title: String
}

/// Made-up songs that sound alike, with names that a reader can keep apart. 75 a genre, 300 in all.
struct Genre: Sendable {
    var name: String
    var nouns: [String]

    /// Every adjective with every noun.
    var songs: [Song] {
        Self.adjectives.flatMap { adjective in
            nouns.map { noun in
                Song(
                    item: "song:\(adjective)-\(noun)".lowercased(),
                    title: "\(adjective) \(noun) (\(name))")
            }
        }
    }

    static let all = [
        Genre(name: "river folk", nouns: ["Heron", "Ferry", "Reed", "Mill", "Otter"]),
        Genre(name: "night jazz", nouns: ["Cellar", "Taxi", "Brass", "Smoke", "Moon"]),
        Genre(name: "desert rock", nouns: ["Dune", "Mesa", "Radio", "Comet", "Engine"]),
        Genre(name: "glass pop", nouns: ["Prism", "Signal", "Mirror", "Balloon", "Circuit"]),
    ]

    static let adjectives = [
        "Copper", "Velvet", "Slow", "Paper", "Northern", "Hollow", "Amber", "Quiet", "Salt",
        "Crooked", "Silver", "Distant", "Wild", "Borrowed", "Winter",
    ]

    static let people = [
        "ana", "ben", "cho", "dana", "eli", "fay", "gus", "hana", "ivo", "jun", "kit", "lea",
        "mia", "noor", "omar", "pia", "quin", "rosa", "sami", "tove",
    ]
}
