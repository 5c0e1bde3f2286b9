internal import Evaluation

extension Scenario {
    /// Whether the community of a seed can be attacked as the scenario says: there may be too few who can be deceived, or
    /// too few items that enough people have. `place` says where the attack is asked for, as `place(of:in:path:)` does.
    /// O(users x likes); nothing where nobody's lists are judged.
    public func checkCommunity(seed: UInt64, at place: String) throws(ScenarioFailure) {
        let scenario = resolved(seed: seed)
        guard scenario.egos > 0 else { return }
        do throws(EvaluationFailure) {
            _ = try RecommendationCast(scenario, seed: seed)
        } catch {
            throw ScenarioFailure(
                message: "\(place): recommendation.attack cannot be \"\(attack)\" with seed "
                    + "\(seed): \(error.message)",
                hint: "more users or items, fewer colluders, edges or spam items")
        }
    }

    /// `PATH, line N` of a key in the text of a scenario file, or the path alone.
    public static func place(of key: String, in text: String, path: String) -> String {
        KeyLines(text).place(path, key)
    }
}
