/// The Byzantine peers that a scenario can have, by their names in the file.
public enum ByzantineKind: String, CaseIterable, Sendable {
    case silent
    case censor
    case frontierLiar = "frontier_liar"
    case duplicateFlooder = "duplicate_flooder"
    case signatureFlooder = "signature_flooder"
    case replayer
    case halvesForker = "halves_forker"
    case victimForker = "victim_forker"
    case lateForker = "late_forker"
    case gapMaker = "gap_maker"
    case futureDater = "future_dater"
    case elementBomber = "element_bomber"
    case keySpinner = "key_spinner"
    case authorFlooder = "author_flooder"
    case dropper
    case scoreGamer = "score_gamer"
    case slowReader = "slow_reader"
    case addressPoisoner = "address_poisoner"
    case adaptiveEclipser = "adaptive_eclipser"

    var count: any WritableKeyPath<Scenario, Int> & Sendable {
        switch self {
        case .silent: \.silent
        case .censor: \.censors
        case .frontierLiar: \.frontierLiars
        case .duplicateFlooder: \.duplicateFlooders
        case .signatureFlooder: \.signatureFlooders
        case .replayer: \.replayers
        case .halvesForker: \.halvesForkers
        case .victimForker: \.victimForkers
        case .lateForker: \.lateForkers
        case .gapMaker: \.gapMakers
        case .futureDater: \.futureDaters
        case .elementBomber: \.elementBombers
        case .keySpinner: \.keySpinners
        case .authorFlooder: \.authorFlooders
        case .dropper: \.droppers
        case .scoreGamer: \.scoreGamers
        case .slowReader: \.slowReaders
        case .addressPoisoner: \.addressPoisoners
        case .adaptiveEclipser: \.adaptiveEclipsers
        }
    }

    var summary: String {
        switch self {
        case .silent: "tells frontiers and never delivers a record"
        case .censor: "a node that drops everything of one author"
        case .frontierLiar: "claims records that do not exist and answers with nothing"
        case .duplicateFlooder: "sends each record that it sees hundreds of times"
        case .signatureFlooder: "sends records in other names with broken signatures"
        case .replayer: "sends the oldest records that it saw again and again"
        case .halvesForker: "an author that shows half of its links another history"
        case .victimForker: "an author that shows one link another history"
        case .lateForker: "an author that reveals another history long after the first"
        case .gapMaker: "an author that leaves records out for a while"
        case .futureDater: "an author whose records are dated wrongly"
        case .elementBomber: "sends frames at, past and far past every cap"
        case .keySpinner: "makes new keys without end, some trusted by its main one"
        case .authorFlooder: "an author that says hundreds of things a second on every link"
        case .dropper:
            "announces all that it hears of, before it could have it, and delivers nothing"
        case .scoreGamer: "a node that is honest until the middle of the run, then silent"
        case .slowReader: "a node that reads a kilobyte a second"
        case .addressPoisoner:
            "answers with made-up addresses and with one victim's, for ever; needs discovery"
        case .adaptiveEclipser:
            "many keys in one prefix that want to be all that others dial; needs discovery"
        }
    }

    /// Came later than the others: a swarm draws it from a stream of its own, so that the meaning of older seeds stays.
    var isLate: Bool {
        switch self {
        case .authorFlooder, .dropper, .scoreGamer, .slowReader, .addressPoisoner,
            .adaptiveEclipser:
            true
        default: false
        }
    }

    /// A real node whose frames are tampered with on their way out.
    var isFilter: Bool {
        switch self {
        case .silent, .censor, .frontierLiar, .scoreGamer, .slowReader: true
        default: false
        }
    }
}
