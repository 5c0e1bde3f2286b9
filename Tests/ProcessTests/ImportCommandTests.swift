import Foundation
import Testing

@Suite("Import without a daemon")
struct ImportCommandTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func run(_ arguments: [String]) throws -> CommandRun {
        try CommandRun(["import"] + arguments, scratch)
    }

    @Test("a dry run counts every line, names the bad ones, and ends with 2")
    func dryRun() throws {
        let file = try scratch.write(
            "plays.tsv", "ana\tMdou Moctar - Inizgam\t3\nana\tisrc:no\nben\tx\nana\ty\tmany\n")
        let report = try run(["auto", file, "--user", "ana", "--dry-run", "--json"])
        #expect(report.status == 2)
        let document = try report.document()
        for (key, value) in ["read": 4, "accepted": 1, "skipped": 1, "rejected": 2] {
            #expect(document[key] as? Int == value, "\(key)")
        }
        let rejects = try #require(document["rejects"] as? [[String: Any]])
        #expect(rejects.compactMap { $0["line"] as? Int } == [2, 4])
        #expect(document["is_published"] as? Bool == false)
    }

    @Test("a file of several users asks whose rows to take: 64, naming the flag")
    func severalUsers() throws {
        let file = try scratch.write("plays.tsv", "ana\tx\nben\ty\n")
        let refused = try run(["auto", file, "--dry-run"])
        #expect(refused.status == 64 && refused.errorOutput.contains("--user"))
        let single = try scratch.write("mine.tsv", "ana\tx\nana\ty\n")
        #expect(try run(["auto", single, "--dry-run"]).status == 0)
    }

    @Test("a trust file needs to be told who its users are")
    func trust() throws {
        let file = try scratch.write("trust.tsv", "2\t275\t1\n2\t3\t1\n")
        let refused = try run(["auto", file, "--dry-run"])
        #expect(refused.status == 64 && refused.errorOutput.contains("--authors"))
        let author = "5866" + String(repeating: "66", count: 30)
        let map = try scratch.write("map.tsv", "# who\n275\t\(author)\n")
        let report = try run(["trust", file, "--authors", map, "--dry-run", "--json"])
        #expect(report.status == 2)
        #expect(try report.document()["accepted"] as? Int == 1)
        let shared = try run(["trust", file, "--authors", map, "--data-dir", scratch.path])
        #expect(shared.status == 64 && shared.errorOutput.contains("--publish"))
        let broken = try scratch.write("broken.tsv", "275\tvb1nobody\n")
        let bad = try run(["trust", file, "--authors", broken, "--dry-run"])
        #expect(bad.status == 65 && bad.errorOutput.contains("line 1"))
    }

    @Test("files that hold nothing for us are left out with a reason, archives are refused")
    func foreign() throws {
        let tags = try scratch.write("user_taggedartists.dat", "userID\tartistID\ttagID\n2\t5\t1\n")
        let left = try run(["auto", tags, "--dry-run"])
        #expect(left.status == 65 && left.errorOutput.contains("user_artists.dat"))
        let zip = try scratch.write("data.zip", "PK\u{3}\u{4}rest")
        let refused = try run(["auto", zip, "--dry-run"])
        #expect(refused.status == 65 && refused.errorOutput.contains("unpack"))
        #expect(try run(["auto", "\(scratch.path)/none", "--dry-run"]).status == 65)
    }

    @Test("a useless header ends with 65 and its line")
    func header() throws {
        let file = try scratch.write("x.inter", "user_id:token\trating:float\n1\t2\n")
        let refused = try run(["auto", file, "--dry-run"])
        #expect(refused.status == 65 && refused.errorOutput.contains("line 1"))
    }
}
