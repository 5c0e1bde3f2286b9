/// An attack on a data set, as a value: the same data and the same attack give the same attacked data
/// (`docs/research/defences.md`, "Attacks").
public enum Attack: Hashable, Sendable {
    case sybils(SybilAttack)
    case colluders(ColluderAttack)
    case freeRiders(FreeRiderAttack)

    /// The kinds by the names of the command line.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Profile-copying Sybils behind a few attack edges.
        case sybils
        /// Users who turn: half lead a chain of Sybils, half a cycle.
        case giga
        /// Users who turn in teams and cross-link their Sybils: the open hole of T7.
        case teams
        /// Users who turn, whose Sybils copy somebody who trusts them.
        case copies
        /// Users who turn and push real items, so that the defence strikes those.
        case slander
        /// Many who trust everybody and whom nobody trusts.
        case riders
    }

    /// `giga:fraction=0.1,sybils=20`, each part optional. Without a kind `sybils` is meant:
    /// `sybils=10000,edges=5`.
    ///
    /// Throws `.usage` and says what is allowed.
    public init(_ text: String) throws(EvaluationFailure) {
        let colon = text.firstIndex(of: ":")
        let isBare = colon == nil && text.contains("=")
        let name = isBare ? "sybils" : text[..<(colon ?? text.endIndex)]
        let rest = isBare ? text[...] : text[(colon.map(text.index(after:)) ?? text.endIndex)...]
        guard let kind = Kind(rawValue: String(name)) else {
            throw EvaluationFailure(
                code: .usage, operation: "attack \(text)",
                message: "there is no attack \(name); there are "
                    + Kind.allCases.map(\.rawValue).joined(separator: ", "))
        }
        var settings = try AttackSettings(rest, of: "attack \(name)")
        switch kind {
        case .sybils: self = .sybils(try SybilAttack(&settings))
        case .giga: self = .colluders(try ColluderAttack(.giga, &settings))
        case .teams: self = .colluders(try ColluderAttack(.teams, &settings))
        case .copies: self = .colluders(try ColluderAttack(.copies, &settings))
        case .slander: self = .colluders(try ColluderAttack(.slander, &settings))
        case .riders: self = .freeRiders(try FreeRiderAttack(&settings))
        }
    }

    /// The same data with the attack in it. Test is left as it is, but nobody asks attackers. Names of
    /// identities and items that an attack makes begin with `~`.
    ///
    /// Throws `.content` when the data cannot be attacked like this.
    public func applied(to data: EvaluationData) throws(EvaluationFailure) -> EvaluationData {
        switch self {
        case .sybils(let attack): try attack.applied(to: data)
        case .colluders(let attack): try attack.applied(to: data)
        case .freeRiders(let attack): try attack.applied(to: data)
        }
    }
}

extension EvaluationData {
    /// The rows of a matrix of users and items by their names.
    func rows(_ matrix: SparseRows, where isKept: (Int) -> Bool = { _ in true })
        -> [InteractionTable.Row]
    {
        (0..<matrix.rowCount).filter(isKept).flatMap { user in
            matrix.entries(user).map { entry in
                InteractionTable.Row(
                    user: users[user], item: items[Int(matrix.columns[entry])],
                    weight: matrix.values[entry])
            }
        }
    }

    /// Who names whom, by name.
    func trustPairs(where isKept: (Int) -> Bool = { _ in true }) -> [TrustPair] {
        (0..<trust.rowCount).filter(isKept).flatMap { source in
            trust.entries(source).map { entry in
                TrustPair(
                    source: users[source], target: users[Int(trust.columns[entry])],
                    weight: trust.values[entry])
            }
        }
    }
}
