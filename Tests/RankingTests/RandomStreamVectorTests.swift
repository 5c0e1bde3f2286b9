import Primitives
import Testing

@testable import Ranking

@Suite("Shared random streams", SharedVectors.skip)
struct RandomStreamVectorTests {
    @Test("words, units and trust walks equal the shared traces (every field)")
    func traces() throws {
        let json = try SharedVectors.json("prng.json")
        for key in json.keys {
            switch key {
            case "splitmix64": words(json[key])
            case "unit_from_seed42":
                var random = SeededRandom(seed: 42)
                #expect(json[key].numbers.map { _ in random.unit() } == json[key].numbers)
            case "unit_rule": #expect(json[key].string == "(next >> 11) * 2^-53")
            case "walk_rule": #expect(json[key].string.contains("seed + k*0x9E3779B97F4A7C15"))
            case "walks":
                #expect(json[key].array.count == 2)
                for trace in json[key].array { try walks(trace) }
            default: Issue.record("nobody compares prng.\(key)")
            }
        }
    }

    private func words(_ json: JSONValue) {
        #expect(json.keys.count == 5)
        for seed in json.keys {
            guard let number = UInt64(seed) else {
                Issue.record("seed \(seed) is not a number")
                continue
            }
            var random = SeededRandom(seed: number)
            #expect(
                json[seed].array.map { _ in String(random.next()) }
                    == json[seed].array.map(\.string))
        }
    }

    private func walks(_ trace: JSONValue) throws {
        let known = ["graph", "seed", "alpha", "start", "walks", "trust", "users"]
        #expect(trace.keys.allSatisfy { known.contains($0) })
        let snapshot: GraphSnapshot
        if trace["graph"].string == "inline" {
            snapshot = GraphSnapshot(
                authorCount: Int(trace["users"].number), itemCount: 0,
                trust: trace["trust"].array.map {
                    edge($0.integers[0], $0.integers[1], $0.numbers[2])
                }, interactions: [])
        } else {
            snapshot = try SharedVectors.load(trace["graph"].string + ".json").content.snapshot
        }
        let walks = TrustWalks(
            snapshot, from: author(Int(trace["start"].number)), alpha: trace["alpha"].number,
            seed: UInt64(trace["seed"].number), streams: .overlapping)
        for (number, expected) in trace["walks"].array.enumerated() {
            #expect(walks.path(UInt64(number)).map(\.position) == expected.integers)
        }
    }

    @Test(
        "10: a hundred thousand walks are within 0.008 of the exact visits of the random graph",
        arguments: [1, 2, 3] as [UInt64])
    func convergence(_ seed: UInt64) throws {
        let vector = try SharedVectors.load("g09_random12.json")
        let (snapshot, ego) = (vector.content.snapshot, vector.content.ego)
        let flow = TrustFlow(snapshot, ego: ego, alpha: 0.15, epsilon: 1e-12)
        let walks = TrustWalks(snapshot, from: ego, alpha: 0.15, seed: seed)
        #expect(distance(walks.frequencies(walks: 100_000).visits, flow.visits) < 0.008)
    }
}
