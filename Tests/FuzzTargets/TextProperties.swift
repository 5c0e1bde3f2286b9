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
        require(
            key.text == text.lowercased() || key.hex == text.lowercased(),
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

    /// The outer form only: trying a passphrase takes memory and a second by design.
    static func backup(_ bytes: [UInt8]) {
        try? IdentityBackup.verify(String(decoding: bytes, as: UTF8.self))
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
