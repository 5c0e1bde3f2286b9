import Foundation
import GRDBSQLite
import Primitives
import Synchronization

/// SQLite's own file system with `FaultDisk` between: registered as the default, it hands every file below a
/// directory of a `FaultDisk` to that disk, and all others through untouched.
///
/// Real files hold what reads should see; locks and shared memory are those of the real file system.
enum FaultVFS {
    private static let disks = Mutex<[String: WeakDisk]>([:])

    private struct WeakDisk: Sendable {
        weak let disk: FaultDisk?
    }

    static func attach(_ disk: FaultDisk) {
        Registration.once.enable()
        disks.withLock { $0[disk.directory + "/"] = WeakDisk(disk: disk) }
    }

    static func detach(_ directory: String) {
        _ = disks.withLock { $0.removeValue(forKey: directory + "/") }
    }

    static func disk(of path: String) -> FaultDisk? {
        disks.withLock { disks in
            disks.first { path.hasPrefix($0.key) }?.value.disk
        }
    }
}

/// SQLITE_IOERR with its second byte: macros that Swift does not see.
private enum IOError {
    static let read = SQLITE_IOERR | 1 << 8
    static let write = SQLITE_IOERR | 3 << 8
    static let synchronise = SQLITE_IOERR | 4 << 8
    static let truncate = SQLITE_IOERR | 6 << 8
    static let delete = SQLITE_IOERR | 10 << 8
}

/// What one open file of SQLite belongs to.
private final class OpenFile {
    let disk: FaultDisk
    let path: String

    init(_ disk: FaultDisk, _ path: String) {
        self.disk = disk
        self.path = path
    }
}

/// The C handle of the file system; made once and never freed, as SQLite keeps it.
@safe private final class Registration: @unchecked Sendable {
    static let once = Registration()

    /// The file system that does the work.
    let real: UnsafeMutablePointer<sqlite3_vfs>
    private let ours: UnsafeMutablePointer<sqlite3_vfs>
    let methods: UnsafeMutablePointer<sqlite3_io_methods>
    /// Our part of a file's memory: SQLite's header and a reference, then the real file.
    static let headBytes = 16

    private init() {
        guard let found = unsafe sqlite3_vfs_find(nil) else { broken("SQLite has files") }
        unsafe real = found
        unsafe ours = .allocate(capacity: 1)
        unsafe ours.initialize(to: found.pointee)
        unsafe methods = .allocate(capacity: 1)
        unsafe methods.initialize(to: FaultFile.methods)
        unsafe ours.pointee.szOsFile = found.pointee.szOsFile + Int32(Self.headBytes)
        unsafe ours.pointee.zName = UnsafePointer(strdup("vouchbird-fault"))
        unsafe ours.pointee.pNext = nil
        unsafe ours.pointee.xOpen = { _, name, file, flags, outFlags in
            unsafe FaultFile.open(name, file, flags, outFlags)
        }
        unsafe ours.pointee.xDelete = { _, name, isSynchronised in
            unsafe FaultFile.delete(name, isSynchronised)
        }
        guard unsafe sqlite3_vfs_register(ours, 1) == SQLITE_OK else {
            broken("SQLite takes a file system")
        }
    }

    /// Registers, the first time.
    func enable() {}
}

/// The methods of a file below a `FaultDisk`, as SQLite calls them.
private enum FaultFile {
    typealias Handle = UnsafeMutablePointer<sqlite3_file>

    static var methods: sqlite3_io_methods {
        var methods = sqlite3_io_methods()
        methods.iVersion = 2
        unsafe methods.xClose = { unsafe FaultFile.close($0) }
        unsafe methods.xRead = { file, buffer, count, offset in
            guard let part = unsafe FaultFile.part(file), !part.disk.failsRead() else {
                return IOError.read
            }
            let real = unsafe FaultFile.real(file)
            return unsafe real.pointee.pMethods.pointee.xRead(real, buffer, count, offset)
        }
        unsafe methods.xWrite = { unsafe FaultFile.write($0, $1, $2, $3) }
        unsafe methods.xTruncate = { file, size in
            let real = unsafe FaultFile.real(file)
            return unsafe FaultFile.note(.truncate(size: Int(size)), file, IOError.truncate)
                ?? real.pointee.pMethods.pointee.xTruncate(real, size)
        }
        // The disk remembers what is synchronised: waiting for the real one would only take time.
        unsafe methods.xSync = { file, _ in
            unsafe FaultFile.note(.synchronise, file, IOError.synchronise) ?? SQLITE_OK
        }
        unsafe methods.xFileSize = { file, size in
            let real = unsafe FaultFile.real(file)
            return unsafe real.pointee.pMethods.pointee.xFileSize(real, size)
        }
        addLocks(&methods)
        return methods
    }

    private static func addLocks(_ methods: inout sqlite3_io_methods) {
        unsafe methods.xLock = { file, level in
            let real = unsafe FaultFile.real(file)
            return unsafe real.pointee.pMethods.pointee.xLock(real, level)
        }
        unsafe methods.xUnlock = { file, level in
            let real = unsafe FaultFile.real(file)
            return unsafe real.pointee.pMethods.pointee.xUnlock(real, level)
        }
        unsafe methods.xCheckReservedLock = { file, result in
            let real = unsafe FaultFile.real(file)
            return unsafe real.pointee.pMethods.pointee.xCheckReservedLock(real, result)
        }
        unsafe methods.xFileControl = { file, operation, argument in
            let real = unsafe FaultFile.real(file)
            return unsafe real.pointee.pMethods.pointee.xFileControl(real, operation, argument)
        }
        unsafe methods.xSectorSize = { file in
            let real = unsafe FaultFile.real(file)
            return unsafe real.pointee.pMethods.pointee.xSectorSize(real)
        }
        unsafe methods.xDeviceCharacteristics = { file in
            let real = unsafe FaultFile.real(file)
            return unsafe real.pointee.pMethods.pointee.xDeviceCharacteristics(real)
        }
        unsafe methods.xShmMap = { file, page, size, isExtended, memory in
            let real = unsafe FaultFile.real(file)
            return unsafe real.pointee.pMethods.pointee.xShmMap(
                real, page, size, isExtended, memory)
        }
        unsafe methods.xShmLock = { file, offset, count, flags in
            let real = unsafe FaultFile.real(file)
            return unsafe real.pointee.pMethods.pointee.xShmLock(real, offset, count, flags)
        }
        unsafe methods.xShmBarrier = { file in
            let real = unsafe FaultFile.real(file)
            unsafe real.pointee.pMethods.pointee.xShmBarrier(real)
        }
        unsafe methods.xShmUnmap = { file, isDeleted in
            let real = unsafe FaultFile.real(file)
            return unsafe real.pointee.pMethods.pointee.xShmUnmap(real, isDeleted)
        }
    }

    static func open(
        _ name: UnsafePointer<CChar>?, _ file: Handle?, _ flags: Int32,
        _ outFlags: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
        let vfs = unsafe Registration.once.real
        guard let name = unsafe name, let file = unsafe file else {
            return unsafe vfs.pointee.xOpen(vfs, name, file, flags, outFlags)
        }
        let path = unsafe String(cString: name)
        guard let disk = FaultVFS.disk(of: path) else {
            return unsafe vfs.pointee.xOpen(vfs, name, file, flags, outFlags)
        }
        unsafe file.pointee.pMethods = nil
        guard !disk.isOff else { return SQLITE_IOERR }
        disk.opened(
            path, contents: FileManager.default.contents(atPath: path).map { [UInt8]($0) })
        if flags & SQLITE_OPEN_CREATE != 0, !FileManager.default.fileExists(atPath: path),
            let failure = disk.take(.create, path, fileBytes: 0)
        {
            return failure == .full ? SQLITE_FULL : SQLITE_IOERR
        }
        let code = unsafe vfs.pointee.xOpen(vfs, name, real(file), flags, outFlags)
        guard code == SQLITE_OK else { return code }
        let part = unsafe Unmanaged.passRetained(OpenFile(disk, path)).toOpaque()
        unsafe UnsafeMutableRawPointer(file).storeBytes(
            of: part, toByteOffset: 8, as: UnsafeMutableRawPointer.self)
        unsafe file.pointee.pMethods = UnsafePointer(Registration.once.methods)
        return SQLITE_OK
    }

    static func delete(_ name: UnsafePointer<CChar>?, _ isSynchronised: Int32) -> Int32 {
        let vfs = unsafe Registration.once.real
        if let name = unsafe name {
            let path = unsafe String(cString: name)
            if let disk = FaultVFS.disk(of: path),
                disk.take(.remove(isDurable: isSynchronised != 0), path, fileBytes: 0) != nil
            {
                return IOError.delete
            }
        }
        return unsafe vfs.pointee.xDelete(vfs, name, 0)
    }

    static func write(
        _ file: Handle?, _ buffer: UnsafeRawPointer?, _ count: Int32, _ offset: Int64
    ) -> Int32 {
        let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: buffer, count: Int(count)))
        let operation = FaultDisk.Operation.write(offset: Int(offset), bytes: bytes)
        if let code = unsafe note(operation, file, IOError.write) { return code }
        let real = unsafe real(file)
        return unsafe real.pointee.pMethods.pointee.xWrite(real, buffer, count, offset)
    }

    static func close(_ file: Handle?) -> Int32 {
        let real = unsafe real(file)
        let code = unsafe real.pointee.pMethods.pointee.xClose(real)
        if let reference = unsafe reference(file) {
            unsafe Unmanaged<OpenFile>.fromOpaque(reference).release()
        }
        return code
    }

    /// Tells the disk; the code when the operation is not to be carried out.
    static func note(_ operation: FaultDisk.Operation, _ file: Handle?, _ code: Int32) -> Int32? {
        guard let part = unsafe part(file) else { return code }
        switch part.disk.take(operation, part.path, fileBytes: unsafe bytes(of: file)) {
        case nil: return nil
        case .full: return SQLITE_FULL
        case .ioError, .powerCut, .death: return code
        }
    }

    private static func bytes(of file: Handle?) -> Int {
        let real = unsafe real(file)
        var size: Int64 = 0
        _ = unsafe real.pointee.pMethods.pointee.xFileSize(real, &size)
        return Int(size)
    }

    static func part(_ file: Handle?) -> OpenFile? {
        guard let reference = unsafe reference(file) else { return nil }
        return unsafe Unmanaged<OpenFile>.fromOpaque(reference).takeUnretainedValue()
    }

    private static func reference(_ file: Handle?) -> UnsafeMutableRawPointer? {
        unsafe UnsafeMutableRawPointer(file)?.load(
            fromByteOffset: 8, as: UnsafeMutableRawPointer?.self)
    }

    /// The real file, behind our part.
    static func real(_ file: Handle?) -> Handle {
        guard let file = unsafe file else { broken("SQLite names the file") }
        return unsafe (UnsafeMutableRawPointer(file) + Registration.headBytes)
            .assumingMemoryBound(to: sqlite3_file.self)
    }
}
