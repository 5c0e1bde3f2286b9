import Cryptography
import NodeCore
import Primitives
import Records
import Storage
import Transport

/// A publish or retract request on its way to the disk.
struct Publication {
    enum Answer {
        case publish([PublishDocument.Result])
        case retract(RetractDocument)
        /// The node's own, such as the consent that opens a device's feed.
        case nobody
    }

    var client: ControlClient?
    var answer: Answer
    /// Places in the answer that signed records will fill, in order.
    var signed: [Int]
    /// Private entries that the store still writes.
    var waitsForPrivate: Bool
    var waitsForSigned: Bool
    var failure: RequestFailure?
}

extension NodeLoop {
    /// A device's feed opens with its author's consent, once; the core refuses a second.
    func openOwnFeed() {
        guard node.frontier(of: identity.device.publicKey) == 0,
            identity.device.publicKey != identity.author.publicKey
        else { return }
        let payload = Delegation.payload(
            device: identity.device.publicKey, network: node.configuration.network,
            signer: identity.author)
        start(
            Publication(
                client: nil, answer: .nobody, signed: [], waitsForPrivate: false,
                waitsForSigned: true), drafts: [OwnDraft(payload: payload)], private: [])
    }

    func publish(_ drafts: [Draft], for client: ControlClient) throws {
        guard drafts.count <= Request.maximumDrafts else {
            throw RequestFailure(
                code: .usage, message: "at most \(Request.maximumDrafts) drafts in one request")
        }
        openOwnFeed()
        var results: [PublishDocument.Result] = []
        var signed: [(place: Int, draft: OwnDraft)] = []
        var entries: [PrivateEntry] = []
        var fresh: [OwnDraft] = []
        for draft in drafts {
            switch read(draft, besides: fresh, entries) {
            case .sign(let own):
                signed.append((results.count, own))
                fresh.append(own)
                results.append(.init(outcome: .written, sequence: nil, reason: nil))
            case .keep(let entry):
                entries.append(entry)
                results.append(.init(outcome: .written, sequence: nil, reason: nil))
            case .duplicate:
                results.append(.init(outcome: .duplicate, sequence: nil, reason: nil))
            case .refuse(let reason):
                results.append(.init(outcome: .refused, sequence: nil, reason: reason))
            }
        }
        start(
            Publication(
                client: client, answer: .publish(results), signed: signed.map(\.place),
                waitsForPrivate: !entries.isEmpty, waitsForSigned: !signed.isEmpty),
            drafts: signed.map(\.draft), private: entries)
    }

    private enum Reading {
        case sign(OwnDraft)
        case keep(PrivateEntry)
        case duplicate
        case refuse(String)
    }

    private func read(
        _ draft: Draft, besides fresh: [OwnDraft], _ entries: [PrivateEntry]
    ) -> Reading {
        guard let weight = Weight(draft.weight ?? 1) else {
            return .refuse("the weight is not a number from 0 to a billion")
        }
        var time: Instant?
        if let text = draft.time {
            guard let instant = Instant(text: text) else {
                return .refuse("the time is not RFC 3339")
            }
            time = instant
        }
        if draft.kind == .trust { return readTrust(draft, weight, time) }
        guard let item = draft.item.flatMap({ ItemID($0) }) else {
            return .refuse("the item is not 1 to 128 printable ASCII characters without spaces")
        }
        guard weight > .zero else { return .refuse("the weight must be at least 0.001") }
        if draft.isPrivate || draft.kind == .dislike || draft.kind == .hide {
            guard let kind = PrivateEntry.Kind(rawValue: draft.kind.rawValue) else {
                return .refuse("a \(draft.kind.rawValue) cannot be private")
            }
            let entry = PrivateEntry(
                kind: kind, item: item, weight: weight, time: time ?? Clock.wall())
            return draft.unlessPresent && isHeld(entry, time, entries) ? .duplicate : .keep(entry)
        }
        guard let payload = payload(draft, item, weight) else {
            return .refuse("a title is 1 to 256 bytes of printable text")
        }
        let own = OwnDraft(payload: payload, time: time)
        let isHeld = node.ownLog.contains(payload, time: nil) || fresh.contains(own)
        return draft.unlessPresent && isHeld ? .duplicate : .sign(own)
    }

    private func readTrust(_ draft: Draft, _ weight: Weight, _ time: Instant?) -> Reading {
        guard !draft.isPrivate else {
            return .refuse("trust cannot be private: others reach people through it")
        }
        guard let text = draft.author, let author = try? author(text) else {
            return .refuse("the author is not a key (vb1...) or a name given here")
        }
        guard author != identity.author.publicKey else {
            return .refuse("this is your own key: you trust yourself already")
        }
        if draft.unlessPresent, trustEdges().first(where: { $0.author == author })?.weight == weight
        {
            return .duplicate
        }
        return .sign(OwnDraft(payload: .trust(author, weight), time: time))
    }

    private func payload(_ draft: Draft, _ item: ItemID, _ weight: Weight) -> Payload? {
        switch draft.kind {
        case .play: .play(item, weight)
        case .like: .like(item, weight)
        case .rate: .rate(item, weight)
        case .title: draft.title.flatMap { Title($0) }.map { .item(item, $0) }
        case .dislike, .hide, .trust: nil
        }
    }

    private func isHeld(_ entry: PrivateEntry, _ time: Instant?, _ fresh: [PrivateEntry]) -> Bool {
        (node.privateLog.standing(about: entry.item) + fresh).contains {
            $0.kind == entry.kind && $0.item == entry.item && $0.weight == entry.weight
                && (time == nil || $0.time == time)
        }
    }

    func retract(_ text: String, _ kind: Draft.Kind?, for client: ControlClient) throws {
        let item = try itemID(text)
        let standing = node.ownLog.standing(about: item).filter { entry in
            switch (entry.payload, kind) {
            case (.play, nil), (.play, .play?), (.like, nil), (.like, .like?), (.rate, nil),
                (.rate, .rate?):
                true
            default: false
            }
        }
        let hidden = node.privateLog.standing(about: item).filter {
            kind == nil || $0.kind.rawValue == kind?.rawValue
        }
        guard !standing.isEmpty || !hidden.isEmpty else {
            throw RequestFailure(
                code: .notFound, message: "nothing of yours stands about \(text)",
                hint: "what does: vouchbird history")
        }
        let document = RetractDocument(
            item: text, retracted: standing.map(\.sequence), removedPrivate: hidden.count)
        start(
            Publication(
                client: client, answer: .retract(document), signed: [],
                waitsForPrivate: !hidden.isEmpty, waitsForSigned: !standing.isEmpty),
            drafts: standing.map { OwnDraft(payload: $0.retraction) }, private: hidden,
            removing: true)
    }

    func start(
        _ publication: Publication, drafts: [OwnDraft], private entries: [PrivateEntry],
        removing: Bool = false
    ) {
        lastPublication += 1
        let id = EffectID(raw: lastPublication)
        publications[id] = publication
        if publication.waitsForPrivate { keep(entries, removing: removing, id) }
        if publication.waitsForSigned { input(.publish(id, drafts)) }
        finish(id)
    }

    private func keep(_ entries: [PrivateEntry], removing: Bool, _ id: EffectID) {
        let store = store
        let mailbox = mailbox
        storeWorker.submit {
            let failure = StoreFailure.of { () throws(StorageError) in
                if removing {
                    try store.removePrivate(entries)
                } else {
                    try store.addPrivate(entries)
                }
            }
            mailbox.post { $0.kept(entries, removing: removing, id, failure) }
        }
    }

    private func kept(
        _ entries: [PrivateEntry], removing: Bool, _ id: EffectID, _ failure: StoreFailure?
    ) {
        if let failure {
            publications[id]?.failure = Self.failure(of: failure)
        } else {
            for entry in entries {
                input(removing ? .privateRemoved(entry) : .privateAdded(entry))
            }
        }
        publications[id]?.waitsForPrivate = false
        finish(id)
    }

    func published(_ id: EffectID, _ result: Result<[UInt64], PublishFailure>) {
        guard var publication = publications[id] else { return }
        publication.waitsForSigned = false
        switch result {
        case .success(let sequences):
            if !isOwnPlaceNoted {
                ownPlace.write()
                isOwnPlaceNoted = true
            }
            if case .publish(var results) = publication.answer {
                for (place, sequence) in zip(publication.signed, sequences) {
                    results[place].sequence = sequence
                }
                publication.answer = .publish(results)
            }
        case .failure(.store(let failure)): publication.failure = Self.failure(of: failure)
        case .failure(.overloaded):
            publication.failure = RequestFailure(
                code: .timeout, message: "too much waits for the disk", hint: "try again")
        case .failure(.fenced):
            publication.failure = RequestFailure(
                code: .fenced,
                message: node.publishObstacle?.sentence ?? "publishing waits for a restart",
                hint: "see: vouchbird doctor")
        }
        publications[id] = publication
        finish(id)
    }

    /// Answers once everything of a publication is on the disk.
    private func finish(_ id: EffectID) {
        guard let publication = publications[id], !publication.waitsForSigned,
            !publication.waitsForPrivate
        else { return }
        publications[id] = nil
        guard let client = publication.client else { return }
        if let failure = publication.failure { return refuse(client, failure) }
        switch publication.answer {
        case .publish(let results): reply(client, PublishDocument(items: results))
        case .retract(let document): reply(client, document)
        case .nobody: break
        }
    }

    private static func failure(of failure: StoreFailure) -> RequestFailure {
        RequestFailure(
            code: .storage, message: "the store did not take it: \(failure.rawValue)",
            hint: "see: vouchbird doctor")
    }
}
