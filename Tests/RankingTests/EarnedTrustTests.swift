import Primitives
import Testing

@testable import Ranking

/// A community in time: authors with tastes, an ego who shares one of them, claims and discoveries at
/// random instants, drawn from a seed.
private struct Scene {
    static let end: UInt64 = 1_000_000
    let ego = author(0)
    var itemCount: Int
    var rows: [[ClaimTimes.Claim]]
    var discoveries: [Discovery]

    /// Even items are one taste and odd ones the other; everybody has some of its own taste and few of the
    /// other. The ego's taste is that of the even authors.
    init(seed: UInt64, authors: Int = 40, items: Int = 200, own: Int = 20, strays: Int = 2) {
        var random = SeededRandom(seed: seed, stream: "earned trust")
        itemCount = items
        rows = (0..<authors).map { author in
            let tastes = (0..<own).map { _ in 2 * random.below(items / 2) + author % 2 }
            let others = (0..<strays).map { _ in random.below(items) }
            return (tastes + others).map { claim($0, UInt64(random.below(Int(Scene.end)))) }
        }
        discoveries = rows[0].map { Discovery(item: $0.item, found: $0.seen) }
    }

    func earned(_ parameters: EarnedTrustParameters = timeless) -> EarnedTrust {
        EarnedTrust(
            ClaimTimes(itemCount: itemCount, rows: rows), discoveries: discoveries, ego: ego,
            now: Instant(milliseconds: Scene.end), parameters: parameters)
    }
}

private func claim(_ number: Int, _ seen: UInt64) -> ClaimTimes.Claim {
    ClaimTimes.Claim(item: item(number), seen: Instant(milliseconds: seen))
}

private let timeless = {
    var parameters = EarnedTrustParameters()
    parameters.halfLifeMilliseconds = 1_000_000_000_000_000
    return parameters
}()

@Suite("Earned trust")
struct EarnedTrustTests {
    @Test("who shares the ego's taste earns more than who does not")
    func taste() {
        var alike = 0.0
        var others = 0.0
        for seed in 0..<40 as Range<UInt64> {
            let strengths = Scene(seed: seed).earned().strengths
            alike += stride(from: 2, to: 40, by: 2).reduce(0) { $0 + strengths[$1] }
            others += stride(from: 1, to: 40, by: 2).reduce(0) { $0 + strengths[$1] }
            #expect(strengths[0] == 0 && strengths.allSatisfy { (0...1).contains($0) })
        }
        #expect(alike > 2.5 * others, "\(alike), \(others)")
    }

    @Test("claiming everything earns nothing", arguments: 0..<20 as Range<UInt64>)
    func everything(_ seed: UInt64) {
        var scene = Scene(seed: seed)
        scene.rows.append((0..<scene.itemCount).map { claim($0, 0) })
        let earned = scene.earned()
        #expect(earned.strengths[40] == 0)
        // Not by luck's allowance: its account does not grow at all.
        var strict = timeless
        strict.luck = 0
        #expect(scene.earned(strict).strengths[40] < 1e-9, "seed \(seed)")
    }

    @Test(
        "who claims more than a whole voice has speaks with that much less",
        arguments: 0..<10 as Range<UInt64>)
    func division(_ seed: UInt64) {
        let scene = Scene(seed: seed)
        var divided = timeless
        divided.wholeClaims = 5
        var whole = timeless
        whole.wholeClaims = 1_000_000
        let loud = scene.earned(whole).strengths
        let quiet = scene.earned(divided).strengths
        #expect(loud.contains { $0 > 0 })
        for (author, row) in scene.rows.enumerated() {
            let claims = Set(row.map(\.item)).count
            #expect(claims > 5)
            #expect(
                abs(quiet[author] - loud[author] * 5 / Double(claims)) < 1e-12, "seed \(seed)")
        }
    }

    @Test(
        "back-dating, free riding and copying what was found earn nothing",
        arguments: 0..<10 as Range<UInt64>)
    func late(_ seed: UInt64) {
        var scene = Scene(seed: seed)
        var strict = timeless
        strict.luck = 0
        // The whole list of the ego, at the very moment of each discovery and after it.
        scene.rows.append(scene.rows[0])
        scene.rows.append(scene.rows[0].map { claim($0.item.position, $0.seen.milliseconds + 7) })
        scene.rows.append([])
        let strengths = scene.earned(strict).strengths
        #expect(strengths[40...].allSatisfy { $0 == 0 }, "seed \(seed)")
        #expect(strengths.contains { $0 > 0 })
    }

    @Test(
        "who comes last earns nothing, in any number",
        arguments: 0..<5 as Range<UInt64>)
    func newcomers(_ seed: UInt64) {
        var scene = Scene(seed: seed)
        let before = scene.earned()
        // Nobody ever has these: they are seen last and cost others nothing.
        scene.itemCount += 10
        scene.rows += (0..<100).map { _ in (200..<210).map { claim($0, Scene.end) } }
        var parameters = timeless
        parameters.leastPrice = 1e-6
        let after = scene.earned(parameters)
        #expect(after.strengths[40...].allSatisfy { $0 == 0 })
        #expect(before.strengths.contains { $0 > 0 }, "seed \(seed)")
    }

    @Test("spam added to a proven profile has no voice", arguments: 0..<10 as Range<UInt64>)
    func betrayal(_ seed: UInt64) throws {
        var scene = Scene(seed: seed)
        scene.itemCount += 1
        for author in 1..<40 { scene.rows[author].append(claim(200, Scene.end - 1)) }
        // Nothing is discovered after that instant.
        scene.discoveries.removeAll { $0.found.milliseconds >= Scene.end - 1 }
        let earned = scene.earned()
        #expect(earned.strengths.contains { $0 > 0 })
        for author in 1..<40 where earned.strengths[author] > 0 {
            let claims = earned.claims(of: author)
            let spam = try #require(claims.first { earned.items[$0] == 200 })
            #expect(earned.claimStrengths[spam] == 0, "seed \(seed), author \(author)")
            #expect(claims.contains { earned.claimStrengths[$0] > 0 })
        }
    }

    @Test("taking back what did not win does not help")
    func withdrawal() {
        let scene = Scene(seed: 3)
        let kept = scene.rows[2].filter { row in scene.rows[0].contains { $0.item == row.item } }
        var rows = scene.rows
        rows[2] = kept
        func strength(unlisted: Int) -> Double {
            var counts = [Int](repeating: 0, count: rows.count)
            counts[2] = unlisted
            var strict = timeless
            strict.luck = 0
            strict.leastPrice = 1e-6
            return EarnedTrust(
                ClaimTimes(itemCount: 200, rows: rows, unlisted: counts),
                discoveries: scene.discoveries, ego: scene.ego,
                now: Instant(milliseconds: Scene.end), parameters: strict
            ).strengths[2]
        }
        #expect(strength(unlisted: 0) > strength(unlisted: 100))
        #expect(strength(unlisted: 100_000) == 0)
    }

    @Test("few random claims earn a fraction of what a taste does, behind any number of identities")
    func splitting() {
        for count in [40, 400] {
            var region = 0.0
            var honest = 0.0
            for seed in 0..<20 as Range<UInt64> {
                var scene = Scene(seed: seed)
                var random = SeededRandom(seed: seed, stream: "tickets")
                scene.rows += (0..<count).map { _ in
                    (0..<5).map { _ in claim(random.below(scene.itemCount), 0) }
                }
                let strengths = scene.earned().strengths
                honest += strengths[..<40].reduce(0, +) / 800
                region += strengths[40...].reduce(0, +) / Double(20 * count)
            }
            #expect(region < honest / 2, "\(count): \(region) each, honest \(honest)")
            // Of a fair bet no more than 1 / 2.25 of the stake can be above luck, on average.
            #expect(region < 1 / 2.25)
        }
    }

    @Test(
        "one set of claims is worth no more behind many identities",
        arguments: 0..<10 as Range<UInt64>)
    func clones(_ seed: UInt64) {
        // The more identities stand behind the same claims, the dearer these are.
        var previous = Double.infinity
        for count in [1, 10, 40, 160] {
            var scene = Scene(seed: seed)
            scene.rows += (0..<count).map { _ in scene.rows[2] }
            var strict = timeless
            strict.luck = 0
            let each = scene.earned(strict).strengths[40]
            #expect(each <= previous + 1e-12, "seed \(seed), \(count) clones")
            previous = each
        }
    }

    @Test("the order in which claims are given does not show", arguments: 0..<20 as Range<UInt64>)
    func permutation(_ seed: UInt64) {
        let scene = Scene(seed: seed)
        var shuffled = scene
        var random = SeededRandom(seed: seed, stream: "order")
        for author in shuffled.rows.indices { random.shuffle(&shuffled.rows[author]) }
        random.shuffle(&shuffled.discoveries)
        #expect(scene.earned() == shuffled.earned(), "seed \(seed)")
    }

    @Test("what was earned fades, and old discoveries past the cap do not count")
    func decay() {
        let scene = Scene(seed: 5)
        let fresh = scene.earned().strengths.reduce(0, +)
        var fading = timeless
        fading.halfLifeMilliseconds = 100_000
        let faded = scene.earned(fading).strengths.reduce(0, +)
        #expect(faded < 0.7 * fresh)
        var none = timeless
        none.discoveries = 0
        #expect(scene.earned(none).strengths.allSatisfy { $0 == 0 })
    }

    @Test("reasons are discoveries that the author had before")
    func reasons() throws {
        let scene = Scene(seed: 8)
        let earned = scene.earned()
        let best = try #require((1..<40).max { earned.strengths[$0] < earned.strengths[$1] })
        let reasons = earned.reasons(for: author(best))
        #expect(!reasons.isEmpty)
        for (discovery, gain) in reasons {
            let had = scene.rows[best].filter { $0.item == discovery.item }.map(\.seen).min()
            #expect(try #require(had) < discovery.found)
            #expect(gain > 0)
        }
    }

    @Test("no input makes a number that is none")
    func extremes() {
        var parameters = timeless
        parameters.leastPrice = 1e-6
        parameters.stake = 0.5
        let rows = [[], (0..<2_000).map { claim($0, 0) }, [claim(0, .max)], []]
        for discoveries in [
            [], (0..<2_000).map { Discovery(item: item($0), found: Instant(milliseconds: 9)) },
        ] {
            let earned = EarnedTrust(
                ClaimTimes(itemCount: 2_000, rows: rows), discoveries: discoveries, ego: author(0),
                now: Instant(milliseconds: 0), parameters: parameters)
            #expect(earned.strengths.allSatisfy { $0.isFinite && (0...1).contains($0) })
        }
    }
}
