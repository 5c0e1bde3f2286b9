import Daemon

/// The exit codes of the command line; 64 to 78 are those of sysexits.h.
enum ExitStatus: Int32, CaseIterable {
    case ok = 0
    case failed = 1
    /// Some of it was done: an import with rejects, a checkup with warnings.
    case partlyDone = 2
    case nothingToShow = 3
    case usage = 64
    case badInput = 65
    /// The daemon does not run, or a peer does not answer.
    case unavailable = 69
    case cannotCreate = 73
    case inputOutput = 74
    case tryAgain = 75
    case notAllowed = 77
    case configuration = 78
    case interrupted = 130

    init(_ code: RequestFailure.Code) {
        self =
            switch code {
            case .usage: .usage
            case .badInput: .badInput
            case .notFound: .failed
            case .nothingToShow: .nothingToShow
            case .unavailable: .unavailable
            case .storage: .inputOutput
            case .timeout, .fenced: .tryAgain
            }
    }
}
