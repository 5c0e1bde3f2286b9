/// The parts `name=value,name=value` of a recipe in words, each taken once by the one who knows it.
struct AttackSettings {
    private let recipe: String
    private var values: [(name: String, value: String)] = []
    private var known: [String] = []

    /// Throws `.usage` for a part that is not `name=value`, or a name that comes twice.
    init(_ text: Substring, of recipe: String) throws(EvaluationFailure) {
        self.recipe = recipe
        for part in text.split(separator: ",", omittingEmptySubsequences: false) where !text.isEmpty
        {
            let sides = part.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2 else {
                throw refusal("\(part) is not name=value")
            }
            guard !values.contains(where: { $0.name == sides[0] }) else {
                throw refusal("\(sides[0]) comes twice")
            }
            values.append((String(sides[0]), String(sides[1])))
        }
    }

    /// Throws `.usage` for anything but a whole number in the range.
    mutating func take(
        _ name: String, into number: inout Int, _ range: ClosedRange<Int>
    ) throws(EvaluationFailure) {
        guard let text = value(name, "\(range.lowerBound) to \(range.upperBound)") else { return }
        guard let found = Int(text), range.contains(found) else {
            throw refusal("\(name) takes \(range.lowerBound) to \(range.upperBound), not \(text)")
        }
        number = found
    }

    /// Throws `.usage` for anything but a number in the range.
    mutating func take(
        _ name: String, into number: inout Double, _ range: ClosedRange<Double>
    ) throws(EvaluationFailure) {
        guard let text = value(name, "\(range.lowerBound) to \(range.upperBound)") else { return }
        guard let found = Double(text), range.contains(found) else {
            throw refusal("\(name) takes \(range.lowerBound) to \(range.upperBound), not \(text)")
        }
        number = found
    }

    /// Throws `.usage` for anything but one of the cases.
    mutating func take<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, into choice: inout Choice
    ) throws(EvaluationFailure) {
        let choices = Choice.allCases.map(\.rawValue).joined(separator: "|")
        guard let text = value(name, choices) else { return }
        guard let found = Choice(rawValue: text) else {
            throw refusal("\(name) takes \(choices), not \(text)")
        }
        choice = found
    }

    /// Throws `.usage` for anything but a whole number from 0.
    mutating func take(seed: inout UInt64) throws(EvaluationFailure) {
        guard let text = value("seed", "a whole number") else { return }
        guard let found = UInt64(text) else {
            throw refusal("seed takes a whole number from 0, not \(text)")
        }
        seed = found
    }

    /// Throws `.usage` when a part is left that nobody took; says which there are.
    func finish() throws(EvaluationFailure) {
        guard let left = values.first else { return }
        throw refusal("there is no \(left.name); it takes \(known.joined(separator: ", "))")
    }

    func refusal(_ message: String) -> EvaluationFailure {
        EvaluationFailure(code: .usage, operation: recipe, message: message)
    }

    private mutating func value(_ name: String, _ range: String) -> String? {
        known.append("\(name)=\(range)")
        guard let place = values.firstIndex(where: { $0.name == name }) else { return nil }
        return values.remove(at: place).value
    }
}
