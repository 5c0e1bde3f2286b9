import Cryptography
import Daemon
import Datasets
import Evaluation
import Storage
import Transport

/// Why a command ends without its result: what, why and the next step, with the exit code.
struct CommandFailure: Error {
    let status: ExitStatus
    /// Stable word for programs, as in `not-running`.
    let code: String
    /// What and why, one sentence.
    let message: String
    /// The next commands, in the order to try them.
    let hints: [String]

    init(_ status: ExitStatus, code: String, _ message: String, hint: String? = nil) {
        self.init(status, code: code, message, hints: hint.map { [$0] } ?? [])
    }

    init(_ status: ExitStatus, code: String, _ message: String, hints: [String]) {
        self.status = status
        self.code = code
        self.message = message
        self.hints = hints
    }

    static func usage(_ message: String, hint: String? = nil) -> CommandFailure {
        CommandFailure(.usage, code: "usage", message, hint: hint)
    }

    static func badInput(_ message: String, hint: String? = nil) -> CommandFailure {
        CommandFailure(.badInput, code: "bad-input", message, hint: hint)
    }

    static func inputOutput(_ message: String, hint: String? = nil) -> CommandFailure {
        CommandFailure(.inputOutput, code: "input-output", message, hint: hint)
    }
}

extension CommandFailure {
    /// The failure behind any error that a command may throw; nil when it is none of ours.
    init?(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let failure as RequestFailure:
            self.init(
                ExitStatus(failure.code), code: failure.code.rawValue, failure.message,
                hint: failure.hint)
        case let failure as ConfigurationFailure: self.init(failure)
        case let error as OperatingError: self.init(error)
        case let failure as CryptographyFailure: self.init(failure)
        case let failure as TransportError: self.init(failure)
        case let failure as StorageError: self.init(failure)
        case let failure as DatasetFailure: self = .badInput(failure.description)
        case let failure as ItemName.Failure: self = .badInput(failure.description)
        case let failure as EvaluationFailure: self.init(failure)
        default: return nil
        }
    }

    private init(_ failure: EvaluationFailure) {
        let status: ExitStatus =
            switch failure.code {
            case .file: .inputOutput
            case .content: .badInput
            case .usage: .usage
            }
        self.init(status, code: failure.code.rawValue, failure.description)
    }

    private init(_ failure: ConfigurationFailure) {
        let status: ExitStatus =
            switch failure.code {
            case .configuration: .configuration
            case .permissions: .notAllowed
            case .cannotCreate: .cannotCreate
            case .inputOutput: .inputOutput
            }
        self.init(status, code: failure.code.rawValue, failure.message, hint: failure.hint)
    }

    private init(_ error: OperatingError) {
        let status: ExitStatus =
            switch error.code {
            case .locked, .address: .cannotCreate
            case .permissions: .notAllowed
            case .notInitialised, .configuration: .configuration
            case .storage: .inputOutput
            case .system: .failed
            }
        self.init(status, code: error.code.rawValue, error.message, hints: error.hints)
    }

    private init(_ failure: CryptographyFailure) {
        let status: ExitStatus =
            switch failure.code {
            case .permissionsTooWide, .foreignOwner, .notAPlainFile: .notAllowed
            case .passphraseNeeded, .wrongPassphrase: .notAllowed
            case .missing: .configuration
            case .exists: .cannotCreate
            case .malformed, .damaged, .unacceptable: .badInput
            case .libraryUnusable, .outOfMemory: .failed
            case .inputOutput: .inputOutput
            }
        self.init(status, code: failure.code.rawValue, failure.description)
    }

    private init(_ error: StorageError) {
        let status: ExitStatus =
            switch error.code {
            case .locked, .notWritable: .cannotCreate
            case .wrongOwner, .newerSchema: .configuration
            case .full, .ioError, .corrupt, .conflict: .inputOutput
            }
        self.init(status, code: error.code.rawValue, error.message)
    }

    private init(_ error: TransportError) {
        let status: ExitStatus =
            switch error.code {
            case .noSocketFile, .nobodyAnswers, .connectionLost, .closed: .unavailable
            case .timedOut: .tryAgain
            case .permissionDenied, .insecureDirectory: .notAllowed
            case .addressInUse, .addressNotAvailable, .tooFewDescriptors, .tooManyLinks:
                .cannotCreate
            case .invalidAddress, .pathTooLong: .configuration
            case .badKey: .badInput
            case .noCurveSupport: .failed
            case .system: .inputOutput
            }
        let hint: String? =
            switch error.code {
            case .addressInUse, .addressNotAvailable:
                "another address: vouchbird daemon --set node.listen=tcp://127.0.0.1:PORT"
            case .tooFewDescriptors: "raise the limit: ulimit -n 4096"
            default: nil
            }
        self.init(status, code: "transport", error.description, hint: hint)
    }
}

/// The error as a document, on the error stream of a command that runs with `--json`.
struct ErrorDocument: Encodable {
    var schema = "vouchbird.error/1"
    var code: String
    var exitCode: Int32
    var message: String
    /// The next commands, one a line.
    var hint: String?
}
