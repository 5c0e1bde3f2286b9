internal import Evaluation
import NodeCore
import Primitives
import Records

/// A network whose users' lists are judged: its cast, who has which key, and what was measured.
struct RecommendationStudy {
    /// Something that an honest user says at a time.
    struct Line {
        let milliseconds: UInt64
        let payloads: [Payload]
    }

    let cast: RecommendationCast
    var names: [PublicKey: String] = [:]
    /// Every key of an attacker.
    var attackers: Set<PublicKey> = []
    /// By honest host: what its user says, last first.
    var scripts: [[Line]] = []
    /// Rows of the same network without attackers carry this behind their metric.
    static let twinSuffix = "_without_attack"
    /// By method and judged user: spam items among the first 20, as of the last look.
    var shown: [ListJudge.Method: [String: Set<String>]] = [:]
    /// `spam_at_20` and its like, by method, as of the last look.
    var figures: [(name: String, value: Double)] = []

    init(_ scenario: Scenario, seed: UInt64, audience: RecommendationCast.Audience?) {
        do throws(EvaluationFailure) {
            cast = try RecommendationCast(scenario, seed: seed, audience: audience)
        } catch {
            broken("a community that `Scenario.checkCommunity` lets pass: \(error)")
        }
    }
}

extension Simulation {
    // MARK: The world

    /// The attackers' peers, one a team.
    func addColluders(_ keys: KeyMaker) {
        guard let cast = study?.cast else { return }
        for (place, person) in cast.honest.enumerated() {
            study?.names[hosts[place].publicKey] = person.name
        }
        let turn = RecommendationAttack(rawValue: scenario.attack)?.turn
        var signers: [String: any Signer] = [:]
        var peers: [(host: Host, team: RecommendationCast.Team)] = []
        for team in cast.teams {
            let host = addHost(hosts.count, keys, .honest)
            for (place, member) in team.members.enumerated() {
                let signer = place == 0 ? host.signer : keys.signer(&host.random)
                signers[member.name] = signer
                study?.names[signer.publicKey] = member.name
                study?.attackers.insert(signer.publicKey)
            }
            peers.append((host, team))
        }
        let publicKeys = keysByName
        for (host, team) in peers {
            var personas = team.members.compactMap { member in
                signers[member.name].map {
                    Persona(signer: $0, network: network, scheme: scheme)
                }
            }
            var script = lines(team, turn, publicKeys)
            if turn == .whitewash { comeBack(as: team, host, keys, &personas, &script) }
            host.role = .program(ColluderPeer(personas, script.sorted { $0.second < $1.second }))
        }
    }

    private var keysByName: [String: PublicKey] {
        Dictionary(uniqueKeysWithValues: (study?.names ?? [:]).map { ($0.value, $0.key) })
    }

    /// Where attackers change: in the middle of the active phase.
    private var turnSecond: UInt64 { UInt64(scenario.activeSeconds) / 2 }

    private func lines(
        _ team: RecommendationCast.Team, _ turn: RecommendationAttack.Turn?,
        _ keys: [String: PublicKey]
    ) -> [ColluderPeer.Line] {
        var lines: [ColluderPeer.Line] = []
        for (place, member) in team.members.enumerated() {
            if let past = team.before.first(where: { $0.name == member.name }) {
                lines += Self.payloads(past, keys).map {
                    .init(second: 1, member: place, payload: $0)
                }
            }
            let second = turn == .betrayal ? turnSecond : 1
            lines += attackPayloads(member, keys).map {
                .init(second: second, member: place, payload: $0)
            }
        }
        return lines
    }

    /// The same team under new keys, whom nobody honest trusts.
    private func comeBack(
        as team: RecommendationCast.Team, _ host: Host, _ keys: KeyMaker,
        _ personas: inout [Persona], _ script: inout [ColluderPeer.Line]
    ) {
        var fresh: [String: PublicKey] = [:]
        let first = personas.count
        for member in team.members {
            let signer = keys.signer(&host.random)
            personas.append(Persona(signer: signer, network: network, scheme: scheme))
            fresh[member.name] = signer.publicKey
            study?.names[signer.publicKey] = "\(member.name)-again"
            study?.attackers.insert(signer.publicKey)
        }
        for (place, member) in team.members.enumerated() {
            script += Self.payloads(member, fresh).map {
                .init(second: turnSecond, member: first + place, payload: $0)
            }
        }
    }

    /// What an attacker says. Slanderers rate as low as records allow what others would push, and withdraw their trust
    /// from everybody honest.
    private func attackPayloads(
        _ member: RecommendationCast.Person, _ keys: [String: PublicKey]
    ) -> [Payload] {
        let payloads = Self.payloads(member, keys)
        guard scenario.attack == RecommendationAttack.slander.rawValue, let cast = study?.cast
        else { return payloads }
        let distrust = cast.honest.compactMap { keys[$0.name].map { Payload.trust($0, .zero) } }
        return distrust
            + payloads.map { payload in
                guard case .play(let item, _) = payload,
                    cast.audience.spam.contains(item.description),
                    let least = Weight(thousandths: 1)
                else { return payload }
                return .rate(item, least)
            }
    }

    private static func payloads(
        _ person: RecommendationCast.Person, _ keys: [String: PublicKey]
    ) -> [Payload] {
        person.trusts.compactMap { keys[$0].map { .trust($0, .one) } }
            + person.plays.compactMap { play in
                Weight(play.count).map { .play(play.item, $0) }
            }
    }

    /// What each honest user will say: whom it trusts, then what it plays, one after the other; and, when attackers have
    /// shown themselves, that it trusts them no more.
    func writeScripts() {
        guard let cast = study?.cast else { return }
        let keys = keysByName
        let isWhitewash = RecommendationAttack(rawValue: scenario.attack)?.turn == .whitewash
        let attackers = Set(cast.teams.flatMap { $0.members.map(\.name) })
        study?.scripts = cast.honest.map { person in
            let payloads = Self.payloads(person, keys)
            let trust = payloads.prefix { $0.itemID == nil }
            var lines: [RecommendationStudy.Line] = []
            if !trust.isEmpty { lines.append(.init(milliseconds: 0, payloads: Array(trust))) }
            var time: UInt64 = 0
            for play in payloads.dropFirst(trust.count) {
                time += UInt64(scenario.actionSeconds * 1000 * (0.5 + workloadRandom.unit()))
                lines.append(.init(milliseconds: time, payloads: [play]))
            }
            let betrayed = person.trusts.filter { attackers.contains($0) }
            if isWhitewash, !betrayed.isEmpty {
                let withdrawn = betrayed.compactMap { keys[$0].map { Payload.trust($0, .zero) } }
                lines.append(.init(milliseconds: turnSecond * 1000, payloads: withdrawn))
            }
            return lines.sorted { $0.milliseconds > $1.milliseconds }
        }
        for host in hosts.prefix(cast.honest.count) { scheduleScript(host) }
    }

    func actScript(_ host: Host) {
        guard !isQuiet, let line = study?.scripts[host.index].last else { return }
        guard host.isRunning else {
            schedule(.act(host: host.index), after: 1_000)
            return
        }
        study?.scripts[host.index].removeLast()
        publish(line.payloads.map { OwnDraft(payload: $0) }, host)
        scheduleScript(host)
    }

    private func scheduleScript(_ host: Host) {
        guard let line = study?.scripts[host.index].last else { return }
        schedule(.act(host: host.index), after: line.milliseconds - min(line.milliseconds, now))
    }
}
