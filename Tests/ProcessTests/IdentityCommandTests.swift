import Foundation
import Testing

@Suite("Backing an identity up on the command line")
struct IdentityCommandTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func run(_ arguments: [String], passphrase: String? = "correct horse") throws
        -> CommandRun
    {
        let environment = passphrase.map { ["VOUCHBIRD_PASSPHRASE": $0] } ?? [:]
        return try CommandRun(arguments, scratch, environment: environment)
    }

    @Test("a restored identity has the same author, and a feed and node key of its own")
    func restore() throws {
        let (old, new) = ("\(scratch.path)/old", "\(scratch.path)/new")
        let made = try run(["init", "--json", "--data-dir", old]).document()
        let file = "\(scratch.path)/ana.vbkey"
        let written = try run(["identity", "backup", "--to", file, "--json", "--data-dir", old])
        #expect(try written.document()["author"] as? String == made["author"] as? String)
        let restored = try run(["identity", "restore", file, "--json", "--data-dir", new])
        let document = try restored.document()
        #expect(document["author"] as? String == made["author"] as? String)
        #expect(document["feed"] as? String != made["feed"] as? String)
        #expect(document["node_key"] as? String != made["node_key"] as? String)
        #expect(document["is_restored"] as? Bool == true)
        #expect(try run(["identity", "restore", file, "--data-dir", new]).status == 73)
        #expect(try run(["identity", "backup", "--to", file, "--data-dir", old]).status == 73)
    }

    @Test("a backup is checked without its passphrase, and names its author only with it")
    func verify() throws {
        let node = "\(scratch.path)/node"
        let author =
            try run(["init", "--json", "--data-dir", node]).document()["author"] as? String
        let file = "\(scratch.path)/ana.vbkey"
        _ = try run(["identity", "backup", "--to", file, "--label", "March", "--data-dir", node])
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(!text.contains(try #require(author)))
        let blind = try run(["identity", "verify-backup", file, "--json"], passphrase: nil)
        #expect(blind.status == 0)
        #expect(try blind.document()["author"] == nil)
        let open = try run(["identity", "verify-backup", file, "--json"]).document()
        #expect(open["author"] as? String == author)
        #expect(open["label"] as? String == "March")
        let wrong = try run(["identity", "verify-backup", file], passphrase: "wrong horse")
        #expect(wrong.status == 77)
        let digit = try #require(text.lastIndex { $0.isHexDigit })
        let damaged = text.replacingCharacters(
            in: digit...digit, with: text[digit] == "0" ? "1" : "0")
        let broken = try scratch.write("broken.vbkey", damaged)
        #expect(try run(["identity", "verify-backup", broken], passphrase: nil).status == 65)
    }

    @Test("without a terminal and a passphrase a backup ends with 64 and names the flag")
    func noPassphrase() throws {
        let node = "\(scratch.path)/node"
        _ = try run(["init", "--data-dir", node])
        let file = "\(scratch.path)/ana.vbkey"
        let refused = try run(
            ["identity", "backup", "--to", file, "--data-dir", node], passphrase: nil)
        #expect(refused.status == 64)
        #expect(refused.errorOutput.contains("--passphrase-file"))
        #expect(!FileManager.default.fileExists(atPath: file))
        let secret = try scratch.write("secret", "correct horse\nsecond line\n")
        let written = try run(
            [
                "identity", "backup", "--to", file, "--data-dir", node, "--passphrase-file",
                secret,
            ], passphrase: nil)
        #expect(written.status == 0)
        #expect(try run(["identity", "verify-backup", file]).status == 0)
    }
}
