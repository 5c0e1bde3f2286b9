import GRDB

/// Runs `body` and gives what it throws the form of this room.
///
/// - Parameters:
///   - operation: what is being done, as in "commit own records".
///   - file: the name that messages call the database by: own.db or net.db.
func attempt<Value>(
    _ operation: String, on file: DatabaseKind, _ body: () throws -> Value
) throws(StorageError) -> Value {
    do {
        return try body()
    } catch let error as StorageError {
        throw error
    } catch let error as DatabaseError {
        throw StorageError(sqlite: error, operation: operation, file: file)
    } catch {
        throw StorageError(damaged: file, operation: operation, cause: "\(error)")
    }
}

extension StorageError {
    init(sqlite error: DatabaseError, operation: String, file: DatabaseKind) {
        let code = Self.code(of: error.extendedResultCode)
        let cause =
            "SQLite \(error.extendedResultCode.rawValue): \(error.message ?? "no message")"
        if code == .corrupt {
            self.init(damaged: file, operation: operation, cause: cause)
        } else {
            self.init(
                code: code, operation: operation, message: Self.message(code, file), cause: cause)
        }
    }

    /// One place says what each result code means to us; a new code is a disk error until read up.
    private static func code(of code: ResultCode) -> Code {
        // The shared-memory file could not grow: SQLite names the call, the cause is a full disk.
        if code == .SQLITE_IOERR_SHMSIZE { return .full }
        return switch code.primaryResultCode {
        case .SQLITE_FULL: .full
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR, .SQLITE_SCHEMA, .SQLITE_FORMAT,
            .SQLITE_MISMATCH:
            // SQLITE_ERROR: our statements are fixed, so a table or column is gone.
            .corrupt
        case .SQLITE_BUSY, .SQLITE_LOCKED: .locked
        case .SQLITE_CONSTRAINT, .SQLITE_TOOBIG: .conflict
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH: .notWritable
        default: .ioError
        }
    }

    private static func message(_ code: Code, _ file: DatabaseKind) -> String {
        switch code {
        case .full:
            switch file {
            case .own: "the disk is full; nothing was stored: free space and repeat the command"
            case .net:
                "the disk is full or net.db has reached its budget; reading goes on: free space, "
                    + "or raise it: store.budget_mib in config.toml"
            }
        case .ioError: "the disk that holds \(file.name) fails: check it, then vouchbird doctor"
        case .corrupt: file.damageMessage
        case .locked:
            "another process holds \(file.name): stop it, then repeat; vouchbird status tells "
                + "whether a daemon runs here"
        case .conflict: "it contradicts what \(file.name) holds; nothing was changed"
        case .notWritable:
            "\(file.name) cannot be written: check the owner and modes of its directory, which "
                + "vouchbird paths shows"
        case .wrongOwner, .newerSchema: file.damageMessage
        }
    }
}
