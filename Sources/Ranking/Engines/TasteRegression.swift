/// The mixture of voices that explains the ego's taste best: ridge regression of the ego's row on the
/// rows of the others, where a quiet voice is the dearer the quieter it is.
///
/// With rows b over items, it finds x that minimises `|b_s - sum_v x_v b_v|^2 + lambda sum_v x_v^2 /
/// voice(v)`. There `x_v = voice(v) (b_v . rest) / lambda`, rest being what stays unexplained, and `|rest|
/// <= |b_s|`, so that `|x_v| <= voice(v) |b_v| |b_s| / lambda`: influence is linear in the voice, whatever
/// the row. Two voices that say the same share what one of them would get.
struct TasteRegression {
    /// x, one per author; negative where likeness to others is more than the ego's taste asks for.
    let mixture: [Double]
    /// |b_s|.
    let ownLength: Double

    /// The rows: `b_v(i) = scale(v) w(v, i) sqrt(itemWeight(i))`, 0 for authors without a voice.
    struct Rows {
        let kernel: InteractionKernel
        /// In [0, 1], one per author.
        let voice: [Double]
        let scale: [Double]
        /// In (0, 1], one per item.
        let itemWeight: [Double]
    }

    /// Iterations at most. Conjugate gradients stop after 5 to 30: few eigenvalues are above lambda.
    private static let iterationLimit = 500

    /// `own` is `scale(s) w(s, i)`, one per item. Stops when the residual of the normal equations has
    /// fallen by `epsilon`. O(iterations x edges); the order of every sum is fixed.
    init(_ rows: Rows, own: [Double], lambda: Double, epsilon: Double) {
        let loudness = rows.voice.map { $0.squareRoot() }
        let reach = zip(loudness, rows.scale).map { $0 * $1 }
        let weighted = zip(own, rows.itemWeight).map { $0 * $1 }
        ownLength = Self.product(weighted, own).squareRoot()
        var residual = rows.kernel.gather(weighted, coefficients: reach)
        // Linear in what is asked for, so that very quiet voices can be asked louder.
        let lift = WalkMass.lift(residual.reduce(0) { max($0, abs($1)) })
        for author in residual.indices { residual[author] *= lift }
        var direction = residual
        var found = [Double](repeating: 0, count: residual.count)
        var square = Self.product(residual, residual)
        let goal = square * epsilon * epsilon
        for _ in 0..<Self.iterationLimit {
            guard square > goal else { break }
            var image = rows.kernel.scatter(zip(reach, direction).map { $0 * $1 })
            for item in image.indices { image[item] *= rows.itemWeight[item] }
            var applied = rows.kernel.gather(image, coefficients: reach)
            for author in applied.indices { applied[author] += lambda * direction[author] }
            let curvature = Self.product(direction, applied)
            guard curvature > 0 else { break }
            let step = square / curvature
            for author in found.indices {
                found[author] += step * direction[author]
                residual[author] -= step * applied[author]
            }
            let next = Self.product(residual, residual)
            let turn = next / square
            for author in direction.indices {
                direction[author] = residual[author] + turn * direction[author]
            }
            square = next
        }
        mixture = zip(loudness, found).map { $0 * $1 / lift }
    }

    private static func product(_ left: [Double], _ right: [Double]) -> Double {
        var sum = 0.0
        for place in left.indices { sum += left[place] * right[place] }
        return sum
    }
}
