import Cryptography
import Foundation
import NodeCore
import Primitives
import Ranking
import Records
import Storage
import Transport

/// Requests: decoded here, answered at once from the core, or later by a worker.
extension NodeLoop {
    func answer(_ client: ControlClient, _ bytes: [UInt8]) {
        do {
            let request = try DocumentCoder.decode(Request.self, from: bytes)
            try carryOut(request, for: client)
        } catch let failure as RequestFailure {
            refuse(client, failure)
        } catch let error as StorageError {
            refuse(client, RequestFailure(code: .storage, message: error.message))
        } catch {
            refuse(
                client,
                RequestFailure(
                    code: .usage, message: "not a request that this daemon knows",
                    hint: "is the command line of another version? vouchbird version"))
        }
    }

    private func carryOut(_ request: Request, for client: ControlClient) throws {
        switch request {
        case .status: reply(client, statusDocument())
        case .publish(let drafts): try publish(drafts, for: client)
        case .retract(let item, let kind): try retract(item, kind, for: client)
        case .history(let before, let limit):
            reply(client, historyDocument(after: before ?? 0, limit: limit))
        case .trustList: reply(client, trustListDocument())
        case .trustPath(let author): try answerTrustPath(author, for: client)
        case .nameAuthor(let author, let name): try nameAuthor(author, name, for: client)
        case .blockAuthor(let author, let isBlocked): try block(author, isBlocked, for: client)
        case .peerList: reply(client, peerListDocument())
        case .peerAdd(let address, let key): try addPeer(address, key, for: client)
        case .peerRemove(let key): try removePeer(key, for: client)
        case .inviteCreate(let label, let lifetime): try invite(label, lifetime, for: client)
        case .inviteAccept(let link): try accept(link, for: client)
        case .inviteList: reply(client, inviteListDocument())
        case .recommend(let options): try answerRecommend(options, for: client)
        case .why(let item, let engine): try answerWhy(item, engine, for: client)
        case .edges(let own, let kind, let after, let limit):
            try answerEdges(own: own, kind, after, limit, for: client)
        case .identity: reply(client, identityDocument())
        case .deviceList: reply(client, deviceListDocument())
        case .deviceRevoke(let feed, let after): try revoke(feed, after, for: client)
        case .checkup: answerCheckup(for: client)
        case .stop:
            reply(client, DoneDocument(message: "stopping"))
            stop(.stopped)
        }
    }

    func reply(_ client: ControlClient, _ document: some Document) {
        do {
            let json = String(decoding: try DocumentCoder.encode(document), as: UTF8.self)
            endpoint.reply(client, try DocumentCoder.encode(Answer.document(json: json)))
        } catch {
            refuse(
                client, RequestFailure(code: .unavailable, message: "cannot encode the answer"))
        }
    }

    func refuse(_ client: ControlClient, _ failure: RequestFailure) {
        guard let bytes = try? DocumentCoder.encode(Answer.failure(failure)) else { return }
        endpoint.reply(client, bytes)
    }

    // MARK: Reading what people write

    func author(_ text: String) throws -> PublicKey {
        if let key = PublicKey(text: text) { return key }
        let named = names.filter { $0.value == text }.map(\.key).sorted()
        if let key = named.first, named.count == 1 { return key }
        throw RequestFailure(
            code: .badInput,
            message: named.isEmpty
                ? "\(text.debugDescription) is neither an author key (vb1...) nor a name given here"
                : "\(named.count) authors are named \(text.debugDescription)",
            hint: "names: vouchbird trust list")
    }

    func itemID(_ text: String?) throws -> ItemID {
        guard let text, let item = ItemID(text) else {
            throw RequestFailure(
                code: .badInput,
                message: "an item is 1 to 128 printable ASCII characters without spaces")
        }
        return item
    }

    func engineName(_ text: String?) throws -> EngineName? {
        guard let text else { return nil }
        guard let engine = EngineName(rawValue: text) else {
            throw RequestFailure(
                code: .usage, message: "no engine is called \(text.debugDescription)",
                hint: "engines: " + EngineName.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return engine
    }

    func reference(_ author: PublicKey) -> AuthorReference {
        AuthorReference(author: author.text, name: name(of: author))
    }

    func name(of author: PublicKey) -> String? {
        author == identity.author.publicKey ? configuration.node.name : names[author]
    }
}
