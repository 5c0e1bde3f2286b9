import Foundation
import Primitives

extension Community {
    /// The bounds of a made-up community.
    public enum SyntheticLimits {
        public static let members = 3...40
        /// Distinct items that a member has.
        static let itemsPerMember = 25...60
        /// Of a member's items: from the own genre, from a second one; the rest from anywhere.
        static let ownGenreShare = 0.6
        static let secondGenreShare = 0.25
        /// Popularity inside a genre falls as rank^-0.8: some hits, a long tail.
        static let popularityExponent = 0.8
    }

    /// A community that follows from `seed` alone.
    ///
    /// Each member has a genre, a second genre and 25 to 60 items; popular items are shared by many.
    /// Trust runs both ways around a circle, so that everybody reaches everybody, and to one more
    /// member, preferably of the same genre. Requires `count` in `SyntheticLimits.members`.
    public static func synthetic(count: Int = 12, seed: UInt64) -> Community {
        require(SyntheticLimits.members.contains(count), "3 to 40 members")
        var random = SeededRandom(seed: seed, stream: "community")
        let genres = Genre.all.map { ShuffledGenre($0, random: &random) }
        var members: [Member] = []
        var titles: [String: String] = [:]
        for index in 0..<count {
            let own = index % genres.count
            let second = (own + 1 + random.below(genres.count - 1)) % genres.count
            let songs = draw(genres, own: own, second: second, random: &random)
            for song in songs { titles[song.item] = song.title }
            members.append(
                Member(
                    name: name(index), taste: Genre.all[own].name,
                    interactions: songs.map { interaction($0, random: &random) },
                    trusted: trust(index, of: count, genres: genres.count, random: &random)))
        }
        return Community(
            origin: "\(count) people made from seed \(seed)", notes: [], members: members,
            titles: titles)
    }

    private static func name(_ index: Int) -> String {
        let round = index / Genre.people.count
        let name = Genre.people[index % Genre.people.count]
        return round == 0 ? name : name + String(round + 1)
    }

    private static func draw(
        _ genres: [ShuffledGenre], own: Int, second: Int, random: inout SeededRandom
    ) -> [Song] {
        let range = SyntheticLimits.itemsPerMember
        let wanted = range.lowerBound + random.below(range.count)
        var songs: [Song] = []
        var seen: Set<String> = []
        while songs.count < wanted {
            let draw = random.unit()
            let genre =
                draw < SyntheticLimits.ownGenreShare
                ? own
                : draw < SyntheticLimits.ownGenreShare + SyntheticLimits.secondGenreShare
                    ? second : random.below(genres.count)
            let song = genres[genre].draw(&random)
            if seen.insert(song.item).inserted { songs.append(song) }
        }
        return songs
    }

    private static func interaction(_ song: Song, random: inout SeededRandom) -> Interaction {
        random.below(3) == 0
            ? Interaction(item: song.item, kind: .like, weight: 1)
            : Interaction(item: song.item, kind: .play, weight: Double(1 + random.below(12)))
    }

    private static func trust(
        _ index: Int, of count: Int, genres: Int, random: inout SeededRandom
    ) -> [TrustEdge] {
        let before = (index + count - 1) % count
        let after = (index + 1) % count
        var edges = [TrustEdge(target: after, weight: 1)]
        if before != after { edges.append(TrustEdge(target: before, weight: 0.6)) }
        let others = (0..<count).filter { $0 != index && $0 != before && $0 != after }
        let kindred = others.filter { $0 % genres == index % genres }
        let pool = kindred.isEmpty ? others : kindred
        if !pool.isEmpty {
            edges.append(TrustEdge(target: pool[random.below(pool.count)], weight: 0.8))
        }
        return edges
    }
}

/// A genre whose songs stand in order of popularity.
private struct ShuffledGenre {
    var songs: [Song]
    /// Running sums of the songs' popularity.
    var cumulative: [Double]

    init(_ genre: Genre, random: inout SeededRandom) {
        songs = genre.songs
        random.shuffle(&songs)
        var sum = 0.0
        cumulative = songs.indices.map { rank in
            sum += pow(Double(rank + 1), -Community.SyntheticLimits.popularityExponent)
            return sum
        }
    }

    func draw(_ random: inout SeededRandom) -> Song {
        let point = random.unit() * (cumulative.last ?? 0)
        return songs[cumulative.firstIndex { point < $0 } ?? songs.count - 1]
    }
}
