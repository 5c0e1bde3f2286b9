internal import RealModule

extension GraphFile {
    func checked() throws(GraphFileProblem) -> Content {
        try checkCount(graph.users, "graph.users")
        try checkCount(graph.items, "graph.items")
        guard (0..<graph.users).contains(graph.seed) else {
            throw GraphFileProblem(
                field: "graph.seed", message: "\(graph.seed) is not a user below \(graph.users)")
        }
        let parameters = try checkedParameters()
        let snapshot = GraphSnapshot(
            authorCount: graph.users, itemCount: graph.items, trust: try trustEdges(),
            interactions: try interactionEdges(), ego: AuthorIndex(position: graph.seed))
        return Content(
            snapshot: snapshot, parameters: parameters, ego: AuthorIndex(position: graph.seed))
    }

    private func checkCount(_ count: Int, _ field: String) throws(GraphFileProblem) {
        guard (0...Self.maximumCount).contains(count) else {
            throw GraphFileProblem(
                field: field, message: "\(count) is not between 0 and \(Self.maximumCount)")
        }
    }

    private func checkedParameters() throws(GraphFileProblem) -> RankingParameters {
        var parameters = RankingParameters()
        parameters.weighting = Weighting(transform: .identity)
        parameters.normalisesAffinity = false
        parameters.coldStartItems = 0
        // A file asks for the algorithm as it stands in the shared vectors, unless it says otherwise.
        parameters.independentVoices = 1
        params?.apply(to: &parameters)
        if let halfLife = params?.halfLifeEpochs, !(halfLife > 0 && halfLife.isFinite) {
            throw GraphFileProblem(
                field: "params.half_life_epochs", message: "\(halfLife) is not positive and finite")
        }
        if let problem = parameters.problem {
            throw GraphFileProblem(field: "params", message: problem.description)
        }
        return parameters
    }

    private func trustEdges() throws(GraphFileProblem) -> [TrustEdge] {
        var edges: [TrustEdge] = []
        for (number, row) in graph.trust.enumerated() {
            let field = "graph.trust[\(number)]"
            guard row.count == 3 else {
                throw GraphFileProblem(field: field, message: "is not [from, to, weight]")
            }
            let from = try index(row[0], below: graph.users, "user", field)
            let to = try index(row[1], below: graph.users, "user", field)
            guard from != to else {
                throw GraphFileProblem(field: field, message: "user \(from) trusts itself")
            }
            let weight = try weight(row[2], field)
            edges.append(TrustEdge(from: AuthorIndex(from), to: AuthorIndex(to), weight: weight))
        }
        return edges
    }

    private func interactionEdges() throws(GraphFileProblem) -> [InteractionEdge] {
        var edges: [InteractionEdge] = []
        for (number, row) in graph.listens.enumerated() {
            let field = "graph.listens[\(number)]"
            guard row.count == 3 || row.count == 4 else {
                throw GraphFileProblem(
                    field: field, message: "is not [user, item, weight] or with an age")
            }
            let user = try index(row[0], below: graph.users, "user", field)
            let item = try index(row[1], below: graph.items, "item", field)
            var weight = try weight(row[2], field)
            let age = row.count == 4 ? row[3] : 0
            guard age.isFinite else {
                throw GraphFileProblem(field: field, message: "age \(age) is not finite")
            }
            if weight > 0, let halfLife = params?.halfLifeEpochs {
                // Age without a limit: a weight may underflow, the user still has the item.
                weight = min(weight * Double.exp2(-age / halfLife), .greatestFiniteMagnitude)
                weight = max(weight, .leastNonzeroMagnitude)
            }
            edges.append(
                InteractionEdge(author: AuthorIndex(user), item: ItemIndex(item), weight: weight))
        }
        return edges
    }

    private func index(
        _ value: Double, below count: Int, _ what: String, _ field: String
    ) throws(GraphFileProblem) -> UInt32 {
        guard value >= 0, value < Double(count), value == value.rounded() else {
            throw GraphFileProblem(
                field: field, message: "\(what) \(value) is not an index below \(count)")
        }
        return UInt32(value)
    }

    private func weight(_ value: Double, _ field: String) throws(GraphFileProblem) -> Double {
        guard value >= 0, value.isFinite else {
            throw GraphFileProblem(
                field: field, message: "weight \(value) is negative or not finite")
        }
        return value
    }
}

extension GraphFile.Params {
    func apply(to parameters: inout RankingParameters) {
        if let alphaTrust { parameters.alphaTrust = alphaTrust }
        if let alphaSalsa {
            parameters.alphaSalsa = alphaSalsa
            parameters.alphaWalk = alphaSalsa
        }
        if let beta { parameters.beta = beta }
        if let tauHard { parameters.tauHard = tauHard }
        if let tauRamp { parameters.tau = tauRamp }
        if let independentVoices { parameters.independentVoices = independentVoices }
        if let popularityExponent { parameters.popularityExponent = popularityExponent }
        if let floor { parameters.floor = floor }
        if let epsilon { parameters.epsilon = epsilon }
        if let tasteB { parameters.taste.b = tasteB }
        if let tasteC { parameters.taste.c = tasteC }
        if let tasteP { parameters.taste.p = tasteP }
        if let tasteLambda { parameters.taste.lambda = tasteLambda }
        if let tasteWitnesses { parameters.taste.witnesses = tasteWitnesses }
        if let tasteTheta { parameters.taste.theta = tasteTheta }
        if let walks { parameters.walks = walks }
        if let walkLength { parameters.walkLength = walkLength }
        if let randomSeed { parameters.seed = randomSeed }
        if let coldStartItems { parameters.coldStartItems = coldStartItems }
    }
}
