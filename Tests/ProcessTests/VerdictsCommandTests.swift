import Foundation
import Testing

@Suite("Signature vectors on the command line")
struct VerdictsCommandTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// The edge cases that `Tests/Support/python/ed25519_edges.py` computes from the curve's equation
    /// alone, in Wycheproof's form. `key` is what older files call the key.
    private func vectors(key: String) throws -> (text: String, valid: Int, all: Int) {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../CryptographyTests/Vectors/ed25519_edges.json").standardized
        let root = try #require(
            JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
        let signatures = try #require(root["signatures"] as? [[String: Any]])
        let groups: [[String: Any]] = signatures.enumerated().map { number, one in
            let isValid = one["verifies"] as? Bool == true
            let test: [String: Any] = [
                "tcId": number + 1, "comment": one["name"] ?? "", "msg": one["message"] ?? "",
                "sig": one["signature"] ?? "", "result": isValid ? "valid" : "invalid",
            ]
            return [key: ["pk": one["key"] ?? ""], "tests": [test]]
        }
        let data = try JSONSerialization.data(withJSONObject: ["testGroups": groups])
        let valid = signatures.filter { $0["verifies"] as? Bool == true }.count
        return (String(decoding: data, as: UTF8.self), valid, signatures.count)
    }

    @Test(
        "T15: the verdicts on the edge cases are the file's", arguments: ["publicKey", "key"])
    func edges(key: String) throws {
        let vectors = try vectors(key: key)
        let file = try scratch.write("edges.json", vectors.text)
        let run = try CommandRun(["verdicts", file, "--json"], scratch)
        let document = try run.document()
        #expect(run.status == 0)
        #expect(document["tests"] as? Int == vectors.all)
        let items = try #require(document["items"] as? [[String: Any]])
        #expect(items.filter { $0["is_accepted"] as? Bool == true }.count == vectors.valid)
        #expect(vectors.valid > 0 && vectors.valid < vectors.all)
    }

    @Test("a verdict that differs from the file is printed and ends with 1")
    func differing() throws {
        let text = try vectors(key: "publicKey").text
            .replacingOccurrences(of: #""result":"valid""#, with: #""result":"invalid""#)
        let run = try CommandRun(["verdicts", try scratch.write("edges.json", text)], scratch)
        #expect(run.status == 1)
        #expect(run.output.contains("accepted") && run.output.contains("file: invalid"))
    }

    @Test(
        "a file of another form ends with 65 and says what it lacks",
        arguments: [
            ("{}", "testGroups"), ("nonsense", "not JSON"),
            (#"{"testGroups":[{"publicKey":{"pk":""},"tests":[{"tcId":1}]}]}"#, "msg"),
        ])
    func otherForm(text: String, lack: String) throws {
        let run = try CommandRun(["verdicts", try scratch.write("bad.json", text)], scratch)
        #expect(run.status == 65)
        #expect(run.errorOutput.contains(lack), "\(run.errorOutput)")
    }
}
