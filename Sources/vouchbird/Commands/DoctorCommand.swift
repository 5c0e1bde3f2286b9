import ArgumentParser
import Cryptography
import Daemon
import Foundation
import Primitives
import Transport

struct DoctorCommand: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Look for what is wrong, and say what to do about it.",
        discussion: "Ends with 0 when all is well, 2 with warnings, 1 with failures.")

    @OptionGroup var global: GlobalOptions
    @Flag(help: "Only what can be seen without the daemon.") var quick = false

    func execute(_ session: Session) async throws {
        var checks = LocalCheckup(session: session).checks()
        if !quick { checks += Self.daemonChecks(session) }
        if session.console.isJSON {
            try session.console.document(CheckupSummary(items: checks))
        } else {
            Self.print(checks, session.console)
        }
        if checks.contains(where: { $0.state == .failure }) { throw ExitCode(.failed) }
        if checks.contains(where: { $0.state == .warning }) { throw ExitCode(.partlyDone) }
    }

    private static func daemonChecks(_ session: Session) -> [CheckupDocument.Check] {
        do {
            return try session.client().ask(.checkup, for: CheckupDocument.self).document.items
        } catch {
            let failure = CommandFailure(error)
            let isAbsent = failure?.code == "not-running"
            return [
                .init(
                    name: "daemon", state: isAbsent ? .warning : .failure,
                    detail: failure?.message ?? "\(error)",
                    fix: isAbsent ? session.command("daemon") : failure?.hints.first)
            ]
        }
    }

    private static func print(_ checks: [CheckupDocument.Check], _ console: Console) {
        for check in checks {
            let mark =
                switch check.state {
                case .ok: "ok  "
                case .warning: console.warning("warn")
                case .failure: console.warning("FAIL")
                }
            console.line(
                "\(mark)  \(TerminalText.padded(TerminalText.safe(check.name), to: 14)) "
                    + TerminalText.safe(check.detail))
            if let fix = check.fix, check.state != .ok {
                console.line("      -> \(TerminalText.safe(fix))")
            }
        }
    }
}

/// What can be seen without a daemon: places, settings, keys, libraries, disk.
private struct LocalCheckup {
    let session: Session

    func checks() -> [CheckupDocument.Check] {
        [
            check("cryptography") {
                try Sodium.start()
                return "libsodium \(Sodium.version) computes what the standards say"
            },
            check("directories") {
                let paths = try session.paths()
                try paths.checkDirectories()
                return "\(paths.stateDirectory) is closed to others"
            },
            check("configuration") {
                let changed = Setting.allCases.filter {
                    (try? session.configuration().origin(of: $0)) != .standard
                }
                _ = try session.configuration()
                return "\(changed.count) of \(Setting.allCases.count) settings are set"
            },
            check("keys") {
                let identity = try NodeIdentity.read(try session.paths())
                return
                    "author \(identity.author.publicKey.shortText), device and node key are whole"
            },
            disk(),
        ]
    }

    private func check(_ name: String, _ work: () throws -> String) -> CheckupDocument.Check {
        do {
            return .init(name: name, state: .ok, detail: try work())
        } catch {
            let failure = CommandFailure(error)
            return .init(
                name: name, state: .failure, detail: failure?.message ?? "\(error)",
                fix: failure?.hints.first)
        }
    }

    private func disk() -> CheckupDocument.Check {
        let attributes = try? FileManager.default.attributesOfFileSystem(
            forPath: session.paths().stateDirectory)
        guard let free = attributes?[.systemFreeSize] as? NSNumber,
            let budget = try? session.configuration().store.budgetMebibytes
        else { return .init(name: "disk", state: .ok, detail: "not measured: no data yet") }
        let detail =
            "\(TerminalText.bytes(free.uint64Value)) free, others' records may take "
            + TerminalText.bytes(UInt64(budget) << 20)
        let isEnough = free.uint64Value > UInt64(budget) << 20
        return .init(
            name: "disk", state: isEnough ? .ok : .warning, detail: detail,
            fix: isEnough ? nil : "lower store.budget_mib in the settings, or free some space")
    }
}
