import Foundation
import FuzzTargets
import Testing

/// The properties of the fuzz targets, over what the fuzzer once found worth keeping and over changes
/// of it. `make fuzz` searches for more.
@Suite("Fuzz corpus")
struct CorpusTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Corpus")
    /// Mutations of all inputs of a target together: a few seconds for the slowest.
    private static let mutations: UInt64 = 1_600

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
        let series = InputSeries(try Self.inputs(target), seed: seed)
        for number in 0..<Self.mutations { target.check(series.input(number)) }
    }
}
