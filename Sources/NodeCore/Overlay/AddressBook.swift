import Primitives
import Records

/// What a node knows of other nodes' places, beside the overlay itself.
struct AddressBook: Sendable {
    let settings: OverlaySettings
    var overlay: Overlay
    /// Our own word where we are, if anybody may know.
    var own: AddressRecord?
    var links: BoundedTable<LinkID, AddressLink>
    /// When a peer was last answered: outlives its link, so that dialling again gains nothing.
    var answered: BoundedTable<NodeKey, UInt64>
    /// Something happened that the overlay has not looked at.
    var isDue = true

    init(_ settings: OverlaySettings, links count: Int) {
        self.settings = settings
        overlay = Overlay(
            seed: settings.seed, limits: settings.limits,
            at: Moment(wall: Instant(milliseconds: 0), monotonicMilliseconds: 0))
        links = BoundedTable(capacity: count)
        answered = BoundedTable(capacity: 4 * count)
    }
}

extension AddressBook {
    /// Whether a peer may be answered now; if so, that counts as its answer.
    mutating func noteAnswer(to key: NodeKey, at time: UInt64) -> Bool {
        let rest = settings.limits.answerMilliseconds
        if let last = answered[key], time < last + rest { return false }
        if answered.isFull {
            for old in answered.keys where answered[old].map({ $0 + rest <= time }) == true {
                answered.remove(old)
            }
        }
        return answered.set(key, time)
    }

    var census: [MapCensus] {
        overlay.census + [
            MapCensus(name: "address-links", count: links.count, capacity: links.capacity),
            MapCensus(name: "address-answers", count: answered.count, capacity: answered.capacity),
        ]
    }
}

struct AddressLink: Sendable {
    let key: NodeKey
    let direction: LinkDirection
    let origin: LinkOrigin
    /// The greeting is over.
    var isReady = false
    /// Whether the peer takes PX_REQ.
    var exchanges = false
    /// It owes us an answer.
    var isAsked = false
}
