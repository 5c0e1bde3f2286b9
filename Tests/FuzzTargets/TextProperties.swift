import Cryptography
import Daemon
import Foundation
import Primitives
import Ranking

/// What holds of texts that people and programs hand over.
enum TextProperties {
    static func author(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let key = PublicKey(text: text) else { return }
        require(PublicKey(text: key.text) == key, "an author's text reads back as the author")
        // Bytes, because texts that Unicode holds for equal are several.
        let lower = text.utf8.map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
        require(
            lower.elementsEqual(key.text.utf8) || lower.elementsEqual(key.hex.utf8),
            "one author has one text of each form")
    }

    static func invitation(_ bytes: [UInt8]) {
        guard let invitation = Invitation(link: String(decoding: bytes, as: UTF8.self)) else {
            return
        }
        require(
            Invitation(link: invitation.link) == invitation,
            "an invitation's link reads back as the invitation")
    }

    /// The outer form only: trying a passphrase takes memory and a second by design. What is taken for whole
    /// is markers, lower-case digits and white space.
    static func backup(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard (try? IdentityBackup.verify(text)) != nil else { return }
        let lines = text.utf8.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d || $0 == 0x09 })
            .map { $0.filter { $0 != 0x20 } }.filter { !$0.isEmpty }
        let marks = ["BEGIN", "END"].map { "-----\($0)VOUCHBIRDIDENTITYBACKUP-----" }
        require(
            lines.first?.elementsEqual(marks[0].utf8) == true
                && lines.last?.elementsEqual(marks[1].utf8) == true,
            "a whole backup stands between its markers")
        require(
            lines.dropFirst().dropLast().joined().allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
            }, "a whole backup holds lower-case digits")
    }

    static func request(_ bytes: [UInt8]) {
        guard let request = try? JSONDecoder().decode(Request.self, from: Data(bytes)) else {
            return
        }
        guard let again = try? JSONEncoder().encode(request) else {
            return require(false, "a request that was read can be written")
        }
        require(
            (try? JSONDecoder().decode(Request.self, from: again)) == request,
            "a request that was written reads back as itself")
    }

    /// A graph that passes its checks is ranked by every engine, and no score is NaN.
    static func graph(_ bytes: [UInt8]) {
        guard let file = try? JSONDecoder().decode(GraphFile.self, from: Data(bytes)),
            file.graph.users <= 64, file.graph.items <= 64,
            case .success(let content) = file.content()
        else { return }
        var parameters = content.parameters
        // The time of a ranking is bounded by its parameters, not by the file: keep an input quick.
        parameters.walks = min(parameters.walks, 50)
        parameters.walkLength = min(parameters.walkLength, 50)
        let query = RankingQuery(ego: content.ego, parameters: parameters)
        for name in EngineName.allCases {
            let result = name.engine.rank(content.snapshot, query)
            require(
                result.items.allSatisfy { $0.score.isFinite && $0.score >= 0 },
                "a score is a finite number")
        }
    }
}
