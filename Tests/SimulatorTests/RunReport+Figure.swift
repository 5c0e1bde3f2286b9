import Simulator
import Testing

extension RunReport {
    /// A figure that the run must have: one that is missing would pass every upper bound.
    func figure(_ name: String) throws -> Double {
        try #require(figures.first { $0.name == name }?.value, "\(name)")
    }
}
