import NodeCore
import Primitives
import Ranking
import Records
import Transport

/// Requests that a ranking answers: worked out beside the loop, named and sent from it.
extension NodeLoop {
    func answerRecommend(_ options: RecommendOptions, for client: ControlClient) throws {
        guard (1...1000).contains(options.count), (0...50).contains(options.reasons) else {
            throw RequestFailure(
                code: .usage, message: "a count is 1 to 1000, and reasons 0 to 50")
        }
        let engine = try engineName(options.engine)
        let start = ContinuousClock.now
        let mailbox = mailbox
        whenRanked(engine, seed: options.seed) { answered in
            guard let answered else { return mailbox.post { $0.notRanked(client) } }
            let unnamed = RecommendDocument(answered, options)
            mailbox.post { loop in
                var document = unnamed
                for place in document.items.indices {
                    loop.complete(&document.items[place])
                }
                document.answerMilliseconds = start.elapsedMilliseconds
                loop.reply(client, document)
            }
        }
    }

    private func complete(_ item: inout RecommendDocument.Item) {
        item.title = ItemID(item.item).flatMap { node.title(of: $0)?.description }
        item.reasons = item.reasons.map(complete)
    }

    private func complete(_ reason: Reason) -> Reason {
        var out = reason
        out.name = PublicKey(text: reason.author).flatMap { name(of: $0) }
        out.path = reason.path.map { step in
            AuthorReference(
                author: step.author, name: PublicKey(text: step.author).flatMap { name(of: $0) })
        }
        out.discoveries = reason.discoveries?.map { found in
            DiscoveryReference(
                item: found.item,
                title: ItemID(found.item).flatMap { node.title(of: $0)?.description })
        }
        return out
    }

    func answerWhy(_ text: String, _ engineText: String?, for client: ControlClient) throws {
        let item = try itemID(text)
        let engine = try engineName(engineText)
        let mailbox = mailbox
        whenRanked(engine) { answered in
            guard let answered else { return mailbox.post { $0.notRanked(client) } }
            let unnamed = WhyDocument(item, answered)
            mailbox.post { loop in
                var document = unnamed
                document.title = loop.node.title(of: item)?.description
                document.reasons = document.reasons.map(loop.complete)
                document.sentence = document.explained
                loop.reply(client, document)
            }
        }
    }

    func answerTrustPath(_ text: String, for client: ControlClient) throws {
        let author = try author(text)
        let mailbox = mailbox
        whenRanked(nil) { answered in
            guard let answered else { return mailbox.post { $0.notRanked(client) } }
            let result = answered.result
            let index = result.snapshot.index(of: author)
            let path = index.flatMap {
                result.snapshot.trustPath(from: result.query.ego, to: $0)
            }
            let keys = (path?.authors ?? []).compactMap { result.snapshot.key(of: $0) }
            let trust = index.map { result.trust[$0.position] } ?? 0
            mailbox.post { loop in
                loop.reply(
                    client,
                    TrustPathDocument(
                        author: loop.reference(author), isReachable: path != nil,
                        path: keys.map(loop.reference), strength: path?.product ?? 0,
                        trust: trust))
            }
        }
    }

    func answerEdges(
        own: Bool, _ kind: Request.EdgeKind, _ after: String?, _ limit: Int,
        for client: ControlClient
    ) throws {
        guard let offset = Int(after ?? "0"), offset >= 0, (1...10_000).contains(limit) else {
            throw RequestFailure(code: .usage, message: "the cursor or the limit is out of range")
        }
        let mailbox = mailbox
        whenRanked(nil) { answered in
            guard let answered else { return mailbox.post { $0.notRanked(client) } }
            let document = EdgesDocument(
                answered.snapshot, only: own ? answered.result.query.ego : nil, kind,
                offset: offset, limit: limit)
            mailbox.post { $0.reply(client, document) }
        }
    }

    private func notRanked(_ client: ControlClient) {
        refuse(
            client,
            RequestFailure(
                code: .unavailable, message: "the first ranking is not done yet",
                hint: "try again in a moment"))
    }
}
