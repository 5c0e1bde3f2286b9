import Foundation
import Testing

@testable import Ranking

/// Expected values that are handed around beside the repository; tests that need them skip without.
enum SharedVectors {
    static let directory: URL? = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let found = root.deletingLastPathComponent().appending(path: "shared/vectors")
        return FileManager.default.fileExists(atPath: found.appending(path: "index.json").path)
            ? found : nil
    }()

    static let skip = ConditionTrait.enabled(
        if: directory != nil, "../shared/vectors is not beside the package: nothing to compare with"
    )

    /// The graph files, as the index lists them.
    static let names: [String] = {
        guard let index = try? json("index.json") else { return [] }
        return index["files"].array.map { $0["file"].string }
    }()

    static func data(_ name: String) throws -> Data {
        try Data(contentsOf: try #require(directory).appending(path: name))
    }

    static func json(_ name: String) throws -> JSONValue {
        try JSONDecoder().decode(JSONValue.self, from: try data(name))
    }

    static func load(_ name: String) throws -> Vector {
        let bytes = try data(name)
        let file = try JSONDecoder().decode(GraphFile.self, from: bytes)
        let whole = try JSONDecoder().decode(JSONValue.self, from: bytes)
        return Vector(name: name, file: file, content: try file.content().get(), json: whole)
    }
}

struct Vector {
    let name: String
    let file: GraphFile
    let content: GraphFile.Content
    let json: JSONValue

    /// Parameters of the file, truncated so late that nothing of it shows.
    var parameters: RankingParameters {
        var parameters = content.parameters
        parameters.epsilon = 1e-14
        return parameters
    }

    func query(_ change: (inout RankingParameters) -> Void = { _ in }) -> RankingQuery {
        var parameters = parameters
        change(&parameters)
        return RankingQuery(ego: content.ego, parameters: parameters)
    }

    var expected: JSONValue { json["expected"] }
}

/// Any JSON value; reading a shape that is not there gives an empty value, and the comparison fails.
enum JSONValue: Decodable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let box = try decoder.singleValueContainer()
        if box.decodeNil() {
            self = .null
        } else if let value = try? box.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? box.decode(Double.self) {
            self = .number(value)
        } else if let value = try? box.decode(String.self) {
            self = .string(value)
        } else if let value = try? box.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try box.decode([String: JSONValue].self))
        }
    }

    subscript(key: String) -> JSONValue {
        if case .object(let fields) = self { fields[key] ?? .null } else { .null }
    }

    var keys: [String] { if case .object(let fields) = self { fields.keys.sorted() } else { [] } }
    var array: [JSONValue] { if case .array(let values) = self { values } else { [] } }
    var number: Double { if case .number(let value) = self { value } else { .nan } }
    var string: String { if case .string(let value) = self { value } else { "" } }
    var numbers: [Double] { array.map(\.number) }
    var integers: [Int] { numbers.map { $0.isNaN ? .min : Int($0) } }
}

/// The largest difference of two lists; infinite when their lengths differ or anything is NaN.
func distance(_ left: [Double], _ right: [Double]) -> Double {
    guard left.count == right.count else { return .infinity }
    return zip(left, right).reduce(0) { largest, pair in
        let gap = abs(pair.0 - pair.1)
        return gap.isNaN ? .infinity : max(largest, gap)
    }
}
