import Foundation
import Testing

@testable import Simulator

/// What simnet/mutants/bites.py asks takes minutes; that it asks for everything is seen here.
@Suite("Bites") struct BiteTests {
    private static let catalogue = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../simnet/mutants/catalogue").standardizedFileURL

    @Test(
        "each Byzantine peer bites a node without the defence against it, as a mutant of the catalogue says",
        arguments: ByzantineKind.allCases)
    func entries(kind: ByzantineKind) throws {
        let files = try FileManager.default.contentsOfDirectory(
            at: Self.catalogue, includingPropertiesForKeys: nil
        ).filter { $0.pathExtension == "toml" }
        #expect(files.count > 100)
        let biting = try files.filter { file in
            try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
                .contains("peer = \"\(kind.rawValue)\"")
        }
        #expect(!biting.isEmpty, "no [[bite]] of \(kind.rawValue): make bites")
    }
}
