import Primitives
import Records

/// Tampers with what a real node sends.
enum FrameFilter {
    case silent
    case censor(PublicKey)
    case frontierLiar
    /// Silent from this time of the run on.
    case silentFrom(milliseconds: UInt64)
    /// Tampers with nothing: what is hostile about it happens elsewhere.
    case none

    /// What goes out instead of a frame; nil when nothing does.
    func callAsFunction(_ frame: Frame, _ random: inout SeededRandom, now: UInt64) -> Frame? {
        switch self {
        case .silent: Self.silence(frame)
        case .censor(let victim): Self.censor(frame, victim)
        case .frontierLiar: Self.lie(frame, &random)
        case .silentFrom(let turn): now < turn ? frame : Self.silence(frame)
        case .none: frame
        }
    }

    private static func silence(_ frame: Frame) -> Frame? {
        switch frame {
        case .push, .rangeResponse, .forkProof: nil
        default: frame
        }
    }

    private static func censor(_ frame: Frame, _ victim: PublicKey) -> Frame? {
        switch frame {
        case .push(let records):
            // The feed stands after the format and the kind.
            let kept = records.filter { PublicKey($0.dropFirst(2).prefix(32)) != victim }
            return kept.isEmpty ? nil : .push(kept)
        case .frontier(let frontier):
            return .frontier(Frontier(entries: frontier.entries.filter { $0.feed != victim }))
        case .announce(let entries):
            return .announce(entries.filter { $0.tag != FeedTag(victim) })
        case .rangeResponse(let response) where response.feed == victim:
            return .rangeResponse(RangeResponse(feed: victim, chain: nil))
        default: return frame
        }
    }

    private static func lie(_ frame: Frame, _ random: inout SeededRandom) -> Frame? {
        switch frame {
        case .frontier(let frontier):
            let entries = frontier.entries.map { entry in
                var entry = entry
                entry.sequence += UInt64(1 + random.below(1000))
                entry.headPrefix = random.next()
                return entry
            }
            return .frontier(Frontier(entries: entries))
        case .announce(let entries):
            let lies = entries.map { entry in
                var entry = entry
                entry.sequence += UInt64(1 + random.below(1000))
                entry.headMark = UInt16(truncatingIfNeeded: random.next())
                return entry
            }
            return .announce(lies)
        case .rangeResponse(let response):
            return .rangeResponse(RangeResponse(feed: response.feed, chain: nil))
        default: return frame
        }
    }
}
