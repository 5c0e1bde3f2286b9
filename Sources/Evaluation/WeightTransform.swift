internal import Foundation

/// What becomes of raw weights before a method sees them.
public enum WeightTransform: String, Hashable, Sendable, CaseIterable {
    /// As they are.
    case raw
    /// 1: only who has what counts.
    case binary
    /// `ln(1 + w)`, what a node does (`Weighting.Transform.log1p`).
    case log1p

    func apply(_ matrix: SparseRows) -> SparseRows {
        switch self {
        case .raw: matrix
        case .binary: matrix.mapValues { _ in 1 }
        case .log1p: matrix.mapValues { Foundation.log1p($0) }
        }
    }
}
