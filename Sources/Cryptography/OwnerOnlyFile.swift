import Glibc
import Primitives

/// A small file that only its owner may read: how key files reach the disk and come back.
///
/// The checks are made on open descriptors, never on names, so that nothing can be exchanged between
/// the check and the use. The directory may be reached through symbolic links; the file may not be
/// one.
struct OwnerOnlyFile {
    /// Larger files are refused unread.
    static let limitBytes = 4096

    let path: String
    /// For messages, as in "author key".
    let what: String

    private var directory: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    /// Writes a new file: directory made with 0700 where missing, file 0600, both synced to the
    /// disk before this returns. A failure after creation removes the file again.
    func create(_ contents: [UInt8]) throws(CryptographyFailure) {
        let operation = "write the \(what)"
        try makeDirectories(operation)
        let folder = try openDirectory(operation)
        defer { close(folder) }
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let file = unsafe openat(folder, name, flags, 0o600)
        guard file >= 0 else {
            if errno == EEXIST {
                throw failure(
                    .exists, operation,
                    "\(path) is there already and is never overwritten; use it, or move it away: "
                        + "mv \(path) \(path).old", "O_EXCL")
            }
            throw systemFailure(operation, "open")
        }
        defer { close(file) }
        // The umask may have taken more away than 0600 leaves.
        guard fchmod(file, 0o600) == 0, writeAll(file, contents), fsync(file) == 0,
            fsync(folder) == 0
        else {
            let failed = systemFailure(operation, "write")
            unsafe unlinkat(folder, name, 0)
            throw failed
        }
    }

    /// The contents, after directory and file passed every check. The caller wipes the array.
    func read() throws(CryptographyFailure) -> [UInt8] {
        let operation = "read the \(what)"
        let folder = try openDirectory(operation)
        defer { close(folder) }
        // O_NONBLOCK: opening a pipe must not wait for a writer.
        let file = unsafe openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw openFailure(operation) }
        defer { close(file) }
        let status = try self.status(file, operation)
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw failure(
                .notAPlainFile, operation,
                "\(path) is not a plain file; look at it: ls -l \(path)")
        }
        try checkOwner(status, path, operation)
        guard status.st_mode & 0o077 == 0 else {
            throw failure(
                .permissionsTooWide, operation,
                "\(path) can be read or written by others, so the key may be known to them; "
                    + "close it: chmod 600 \(path)", "mode \(octal(status.st_mode))")
        }
        guard status.st_size <= Self.limitBytes else {
            throw failure(
                .malformed, operation, "\(path) is too large for a key file",
                "\(status.st_size) bytes")
        }
        return try readAll(file, operation)
    }

    /// Takes the place of another file of the same directory in one step. Returns when that is on the disk.
    func replace(_ other: OwnerOnlyFile) throws(CryptographyFailure) {
        let operation = "move the \(what)"
        let folder = try openDirectory(operation)
        defer { close(folder) }
        guard unsafe renameat(folder, name, folder, other.name) == 0, fsync(folder) == 0 else {
            throw systemFailure(operation, "rename")
        }
    }

    private func openFailure(_ operation: String) -> CryptographyFailure {
        switch errno {
        case ENOENT:
            failure(
                .missing, operation,
                "there is no \(path); make one: vouchbird init, "
                    + "or restore one: vouchbird identity restore")
        case ELOOP:
            failure(
                .notAPlainFile, operation,
                "\(path) is a symbolic link; put the file itself there: "
                    + "cp --remove-destination \"$(readlink -f \(path))\" \(path)", "O_NOFOLLOW")
        case EACCES:
            failure(
                .foreignOwner, operation,
                "\(path) may not be read by this user; give it back: chown \"$USER\" \(path)",
                "EACCES")
        default: systemFailure(operation, "open")
        }
    }

    /// Each missing directory above the file, with 0700.
    private func makeDirectories(_ operation: String) throws(CryptographyFailure) {
        var prefix = path.hasPrefix("/") ? "" : "."
        for part in directory.split(separator: "/") {
            prefix += "/\(part)"
            guard unsafe mkdir(prefix, 0o700) == 0 || errno == EEXIST || errno == EROFS else {
                throw systemFailure(operation, "mkdir \(prefix)")
            }
        }
    }

    /// The open directory, owned by us and closed to others.
    private func openDirectory(_ operation: String) throws(CryptographyFailure) -> CInt {
        let folder = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else {
            if errno == ENOENT { throw openFailure(operation) }
            throw systemFailure(operation, "open \(directory)")
        }
        do throws(CryptographyFailure) {
            let status = try self.status(folder, operation)
            try checkOwner(status, directory, operation)
            guard status.st_mode & 0o077 == 0 else {
                throw failure(
                    .permissionsTooWide, operation,
                    "others may enter \(directory); close it: chmod 700 \(directory)",
                    "mode \(octal(status.st_mode))")
            }
        } catch {
            close(folder)
            throw error
        }
        return folder
    }

    private func checkOwner(
        _ status: stat, _ path: String, _ operation: String
    ) throws(CryptographyFailure) {
        guard status.st_uid == geteuid() else {
            throw failure(
                .foreignOwner, operation,
                "\(path) belongs to another user; run as that user, or take it over: "
                    + "chown \(geteuid()) \(path)",
                "owner \(status.st_uid), running as \(geteuid())")
        }
    }

    private func status(_ file: CInt, _ operation: String) throws(CryptographyFailure) -> stat {
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { throw systemFailure(operation, "fstat") }
        return status
    }

    private func writeAll(_ file: CInt, _ contents: [UInt8]) -> Bool {
        var rest = contents[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { buffer in
                unsafe write(file, buffer.baseAddress, buffer.count)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private func readAll(_ file: CInt, _ operation: String) throws(CryptographyFailure) -> [UInt8] {
        // One allocation and no growth, so that no unwiped copy is left behind.
        var buffer = [UInt8](repeating: 0, count: Self.limitBytes)
        defer { wipe(&buffer) }
        var filled = 0
        while filled < buffer.count {
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe Glibc.read(
                    file, bytes.baseAddress?.advanced(by: filled), bytes.count - filled)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw systemFailure(operation, "read") }
            if count == 0 { break }
            filled += count
        }
        return Array(buffer[..<filled])
    }

    private func systemFailure(_ operation: String, _ call: String) -> CryptographyFailure {
        let number = errno
        let text = unsafe String(cString: strerror(number))
        return failure(
            .inputOutput, operation, "\(text) at \(path); see: ls -ld \(directory)",
            "\(call), errno \(number)")
    }

    private func failure(
        _ code: CryptographyFailure.Code, _ operation: String, _ message: String,
        _ cause: String = ""
    ) -> CryptographyFailure {
        CryptographyFailure(code: code, operation: operation, message: message, cause: cause)
    }

    private func octal(_ mode: mode_t) -> String { String(mode & 0o7777, radix: 8) }
}
