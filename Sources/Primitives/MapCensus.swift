/// How full one bounded map is: for a status page, and for tests that no map exceeds its cap.
public struct MapCensus: Hashable, Sendable {
    public let name: String
    public let count: Int
    public let capacity: Int

    public init(name: String, count: Int, capacity: Int) {
        self.name = name
        self.count = count
        self.capacity = capacity
    }
}
