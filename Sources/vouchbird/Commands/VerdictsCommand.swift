import ArgumentParser
import Cryptography
import Foundation
import Primitives
import Records

/// What this node's verification rule says of a file of test vectors (threats.md, T15).
struct VerdictsCommand: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "verdicts",
        abstract: "Check signature test vectors against this node's verification rule.",
        discussion: """
            FILE is in Wycheproof's JSON form for EdDSA: testGroups with a key and tests of tcId, msg, \
            sig and result. A signature is accepted when the key is valid and libsodium verifies it \
            (docs/protocol.md, rule V1). Exit code 1 when a verdict differs from the file's; a test that \
            the file calls "acceptable" may go either way.
            """)

    @OptionGroup var global: GlobalOptions
    @Argument(help: ArgumentHelp("A file of at most 64 MiB.", valueName: "file"))
    var file: String
    @Flag(help: "Print every verdict, not only those that differ from the file.")
    var all = false

    func execute(_ session: Session) async throws {
        let vectors = try VerdictVectors(
            reading: Files.read(file, limitBytes: 64 << 20), name: file)
        let verdicts = vectors.verdicts
        let wrong = verdicts.filter(\.isWrong).count
        if session.console.isJSON {
            try session.console.document(
                VerdictsDocument(tests: verdicts.count, differing: wrong, items: verdicts))
        } else {
            print(verdicts, wrong: wrong, to: session.console)
        }
        if wrong > 0 { throw ExitCode(.failed) }
    }

    private func print(_ verdicts: [VerdictsDocument.Verdict], wrong: Int, to console: Console) {
        let shown = verdicts.filter { all || $0.isWrong }
        if !shown.isEmpty {
            let rows = shown.map {
                [
                    "#\($0.test)", $0.isAccepted ? "accepted" : "refused", "file: \($0.expected)",
                    TerminalText.clipped(TerminalText.safe($0.comment), to: 60),
                ]
            }
            console.lines(TerminalText.table(rows))
        }
        let accepted = verdicts.filter(\.isAccepted).count
        console.line(
            "\(verdicts.count) tests: \(accepted) accepted, \(verdicts.count - accepted) refused; "
                + "\(wrong) differ from the file")
    }
}

struct VerdictsDocument: Encodable {
    struct Verdict: Encodable {
        let test: Int
        let comment: String
        /// As the file says it: valid, invalid or acceptable.
        let expected: String
        let isAccepted: Bool

        var isWrong: Bool {
            (expected == "valid" && !isAccepted) || (expected == "invalid" && isAccepted)
        }
    }

    let schema = "vouchbird.verdicts/1"
    let tests: Int
    let differing: Int
    let items: [Verdict]
}

/// A file of signature vectors in Wycheproof's JSON form.
struct VerdictVectors {
    private let file: VectorFile

    init(reading text: String, name: String) throws {
        do {
            file = try JSONDecoder().decode(VectorFile.self, from: Data(text.utf8))
        } catch let error as DecodingError {
            throw CommandFailure.badInput(
                "\(name) is not in Wycheproof's form: \(Self.reason(error))",
                hint:
                    "it needs testGroups[], each with publicKey.pk and tests[] of tcId, msg, sig, result"
            )
        }
        guard file.testGroups.contains(where: { !$0.tests.isEmpty }) else {
            throw CommandFailure.badInput("\(name) has no tests")
        }
    }

    /// In the order of the file. A key, message or signature of another length is refused, as on the wire.
    var verdicts: [VerdictsDocument.Verdict] {
        let scheme = Ed25519Scheme()
        return file.testGroups.flatMap { group in
            let key = PublicKey(hex: group.key)
            let isValid = key.map(scheme.isValid) ?? false
            return group.tests.map { test in
                var isAccepted = false
                if isValid, let key, let message = Hex.decode(test.msg),
                    let bytes = Hex.decode(test.sig), let signature = Signature(bytes)
                {
                    isAccepted = scheme.verify(signature, of: message, by: key)
                }
                return VerdictsDocument.Verdict(
                    test: test.tcId, comment: test.comment ?? "", expected: test.result,
                    isAccepted: isAccepted)
            }
        }
    }

    private static func reason(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context): "\(path(context)) lacks \(key.stringValue)"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "\(path(context)): \(context.debugDescription)"
        case .dataCorrupted: "it is not JSON"
        @unknown default: "it cannot be read"
        }
    }

    private static func path(_ context: DecodingError.Context) -> String {
        let parts = context.codingPath.map { part in
            part.intValue.map { "[\($0)]" } ?? part.stringValue
        }
        return parts.isEmpty ? "the file" : parts.joined(separator: ".")
    }
}

private struct VectorFile: Decodable {
    let testGroups: [Group]

    struct Group: Decodable {
        let key: String
        let tests: [Test]

        private enum Keys: String, CodingKey { case publicKey, key, tests }

        /// Newer files say `publicKey`, older ones `key`.
        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Keys.self)
            let name: Keys = container.contains(.publicKey) ? .publicKey : .key
            key = try container.decode(Point.self, forKey: name).pk
            tests = try container.decode([Test].self, forKey: .tests)
        }
    }

    struct Point: Decodable { let pk: String }

    struct Test: Decodable {
        let tcId: Int
        let comment: String?
        let msg: String
        let sig: String
        let result: String
    }
}
