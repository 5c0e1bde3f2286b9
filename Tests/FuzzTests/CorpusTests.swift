import Foundation
import FuzzTargets
import Primitives
import Testing

/// The properties of the fuzz targets, over what the fuzzer once found worth keeping and over changes
/// of it. `make fuzz` searches for more.
@Suite("Fuzz corpus")
struct CorpusTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Corpus")
    /// Mutations of all inputs of a target together: a few seconds for the slowest.
    private static let mutations = 1_600

    private static func inputs(_ target: FuzzTarget) throws -> [[UInt8]] {
        let place = folder.appending(path: target.rawValue)
        let names = try FileManager.default.contentsOfDirectory(atPath: place.path).sorted()
        return try target.seeds
            + names.map { try Array(Data(contentsOf: place.appending(path: $0))) }
    }

    @Test("every input of the corpus keeps its property", arguments: FuzzTarget.allCases)
    func corpus(_ target: FuzzTarget) throws {
        let inputs = try Self.inputs(target)
        #expect(inputs.count > target.seeds.count, "a target without a corpus tests little")
        for input in inputs { target.check(input) }
    }

    @Test("changed inputs keep the property", arguments: FuzzTarget.allCases, [11] as [UInt64])
    func mutations(_ target: FuzzTarget, _ seed: UInt64) throws {
        let inputs = try Self.inputs(target)
        var random = SeededRandom(seed: seed, stream: target.rawValue)
        for input in inputs {
            for _ in 0..<max(2, Self.mutations / inputs.count) {
                let changed = Mutation.apply(to: input, among: inputs, &random)
                target.check(changed)
            }
        }
    }
}
