import Glibc

/// The few calls on files that SQLite does not make for us: modes, durable names, sizes.
///
/// All of them take paths below the data directory; errors name the path and errno's text.
enum Files {
    /// Owner only: own.db holds private plays, net.db whom we listen to.
    static let fileMode: mode_t = 0o600
    static let directoryMode: mode_t = 0o700

    /// Makes `path` and every missing directory above it, owner only, and makes the new names
    /// durable.
    static func makeDirectory(_ path: String) throws(StorageError) {
        guard !exists(path) else { return }
        let parent = parent(of: path)
        if parent != path { try makeDirectory(parent) }
        guard unsafe mkdir(path, directoryMode) == 0 || errno == EEXIST else {
            throw failure("make the data directory", path)
        }
        try synchronise(parent)
    }

    /// Makes an empty file that only its owner reads. Refuses a name that is taken.
    static func createEmpty(_ path: String) throws(StorageError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, fileMode)
        guard descriptor >= 0 else {
            guard errno == EEXIST else { throw failure("create a database", path) }
            throw StorageError(
                code: .conflict, operation: "create a database",
                message: "\(path) exists already and is not overwritten: choose another name")
        }
        close(descriptor)
    }

    /// Waits until the contents of a file, or the names in a directory, are on the disk.
    static func synchronise(_ path: String) throws(StorageError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("synchronise", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("synchronise", path) }
    }

    /// Renames durably, replacing what stands at `target`.
    static func move(_ path: String, to target: String) throws(StorageError) {
        guard unsafe rename(path, target) == 0 else { throw failure("rename", path) }
        try synchronise(parent(of: target))
    }

    /// Removes a file; one that is not there is fine.
    static func remove(_ path: String) throws(StorageError) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw failure("remove", path) }
    }

    /// Bytes of a file; 0 when there is none.
    static func size(_ path: String) -> UInt64 {
        guard let status = status(path) else { return 0 }
        return UInt64(max(0, status.st_size))
    }

    static func exists(_ path: String) -> Bool { status(path) != nil }

    /// Takes the rights of group and others away; true when they had any.
    static func tighten(_ path: String) throws(StorageError) -> Bool {
        guard let status = status(path), status.st_mode & 0o077 != 0 else { return false }
        guard unsafe chmod(path, fileMode) == 0 else { throw failure("restrict", path) }
        return true
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status : nil
    }

    private static func failure(_ operation: String, _ path: String) -> StorageError {
        let number = errno
        let code: StorageError.Code =
            switch number {
            case ENOSPC, EDQUOT: .full
            case EACCES, EPERM, EROFS, ENOTDIR, ENOENT, EISDIR: .notWritable
            default: .ioError
            }
        return StorageError(
            code: code, operation: operation,
            message: code == .full
                ? "the disk is full: free space and repeat"
                : "\(path) cannot be used: check its owner and modes; vouchbird paths shows them",
            cause: unsafe String(cString: strerror(number)))
    }
}
