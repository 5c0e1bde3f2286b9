import Foundation

/// Small files that commands read and write.
enum Files {
    /// Writes a new file that only its owner may read. Throws when it is there already.
    static func create(_ path: String, _ text: String) throws {
        let before = umask(0o077)
        defer { _ = umask(before) }
        do {
            try Data(text.utf8).write(to: url(path), options: .withoutOverwriting)
        } catch let error as CocoaError where error.code == .fileWriteFileExists {
            throw CommandFailure(
                .cannotCreate, code: "exists", "\(path) is there already and is not overwritten",
                hint: "choose another name, or move it away: mv \(path) \(path).old")
        } catch {
            throw CommandFailure(
                .cannotCreate, code: "cannot-create", "cannot write \(path): \(reason(error))")
        }
    }

    /// The whole text of a file of at most `limitBytes`.
    static func read(_ path: String, limitBytes: UInt64) throws -> String {
        let handle = try open(path)
        defer { try? handle.close() }
        let size = (try? handle.seekToEnd()) ?? 0
        guard size <= limitBytes else {
            throw CommandFailure.badInput(
                "\(path) is larger than \(TerminalText.bytes(limitBytes))")
        }
        do {
            try handle.seek(toOffset: 0)
            let data = try handle.readToEnd() ?? Data()
            guard let text = String(validating: data, as: UTF8.self) else {
                throw CommandFailure.badInput("\(path) is not text in UTF-8")
            }
            return text
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure.inputOutput("cannot read \(path): \(reason(error))")
        }
    }

    /// Opens a plain file for reading.
    static func open(_ path: String) throws -> FileHandle {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else {
            throw CommandFailure.badInput("there is no file \(path)")
        }
        guard attributes[.type] as? FileAttributeType != .typeDirectory else {
            throw CommandFailure.badInput("\(path) is a directory", hint: "name the files in it")
        }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw CommandFailure(
                .inputOutput, code: "input-output", "cannot open \(path)", hint: "ls -l \(path)")
        }
        return handle
    }

    static func url(_ path: String) -> URL { URL(fileURLWithPath: path) }

    /// What the system said, without the path that the message names already.
    static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        return (underlying ?? (error as NSError)).localizedDescription
    }
}
