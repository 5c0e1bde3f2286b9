import NodeCore
import Primitives

/// What the user should know: the latest notices, one of each kind, as sentences.
struct NoticeBoard {
    private var forks: [PublicKey] = []
    private(set) var forkCount = 0

    mutating func add(_ notice: Notice) {
        if case .forked(let feed, _) = notice, !forks.contains(feed) {
            forkCount += 1
            // Enough to name; a flood of forks must not grow this.
            if forks.count < 8 { forks.append(feed) }
        }
    }

    var sentences: [String] {
        forks.isEmpty
            ? []
            : [
                "\(forkCount) feeds signed two records for one place and are frozen, among them "
                    + (forks.first?.shortText ?? "")
            ]
    }
}

extension Notice {
    /// For a log line or a warning: what it is and what to do.
    var sentence: String {
        switch self {
        case .forked(let feed, let sequence):
            "feed \(feed.shortText) is frozen: its key signed two records for place \(sequence)"
        case .ownFeedForked(let sequence):
            "our own feed forked at \(sequence): another copy of this device's key is in use; "
                + "stop it, then start a new device feed: vouchbird identity restore"
        case .ownFeedBehind(let held, let known):
            "peers hold \(known) records of our own feed, this directory \(held): it is an old copy; "
                + "publishing waits until the rest has come back"
        case .ownFeedUnconfirmed(let answered, let wanted):
            "own.db is not the file that this node wrote last, and \(answered) of \(wanted) peers that you named "
                + "have said how much of our feed they hold: publishing waits for them; if you know that "
                + "it is the newest copy, start the daemon once with --i-know"
        case .ownFeedRecovered(let sequence):
            "our own feed is whole again, through record \(sequence)"
        case .rotated(let old, let new):
            "author \(old.shortText) is now \(new.shortText): both keys signed that, and trust in the old one "
                + "goes to the new one"
        case .rotationForked(let author):
            "author \(author.shortText) named two successors, so the key is stolen: it counts for nothing; ask "
                + "the person for the right one: vouchbird trust add AUTHOR"
        case .revoked(let device, let last):
            "device \(device.shortText) was revoked by its author: nothing after record \(last) counts"
        case .ownDeviceRevoked(let last):
            "this device was revoked after record \(last), nothing more is published; begin a new one: "
                + "vouchbird identity restore FILE --data-dir DIR"
        case .storeFailed(let failure):
            "the store does not take records (\(failure.rawValue)): see vouchbird doctor"
        case .storeRecovered: "the store takes records again"
        }
    }
}
