import Foundation

extension Paths {
    /// Makes the directories that are missing, each with mode 0700, and checks those that hold keys
    /// and the socket: owned by this user, closed to others.
    public func prepareDirectories() throws(ConfigurationFailure) {
        for directory in [configurationDirectory, stateDirectory, runtimeDirectory] {
            try Self.make(directory)
        }
        try checkDirectories()
    }

    /// Checks that the directories are owned by this user and closed to others. Throws
    /// `.permissions`, also for one that is not there.
    public func checkDirectories() throws(ConfigurationFailure) {
        // The state may be reached through a link of the user's own, as to another disk.
        try Self.checkOwnerOnly(
            URL(fileURLWithPath: stateDirectory).resolvingSymlinksInPath().path)
        if runtimeDirectory != stateDirectory { try Self.checkOwnerOnly(runtimeDirectory) }
    }

    /// Checks the directory of the socket before a client speaks to whoever listens there: in
    /// `/tmp` it could be somebody else's.
    public func checkRuntimeDirectory() throws(ConfigurationFailure) {
        guard runtimeDirectory != stateDirectory,
            FileManager.default.fileExists(atPath: runtimeDirectory)
        else { return }
        try Self.checkOwnerOnly(runtimeDirectory)
    }

    private static func make(_ directory: String) throws(ConfigurationFailure) {
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw ConfigurationFailure(
                code: .cannotCreate, message: "cannot make the directory \(directory)",
                hint: "choose another place: --data-dir DIR")
        }
    }

    /// By the name itself, not what a link at that name points to.
    private static func checkOwnerOnly(_ directory: String) throws(ConfigurationFailure) {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: directory),
            let owner = attributes[.ownerAccountID] as? NSNumber,
            let mode = attributes[.posixPermissions] as? NSNumber
        else {
            throw ConfigurationFailure(
                code: .permissions, message: "\(directory) cannot be looked at",
                hint: "ls -ld \(directory)")
        }
        guard attributes[.type] as? FileAttributeType == .typeDirectory else {
            throw ConfigurationFailure(
                code: .permissions, message: "\(directory) is not a directory of its own",
                hint: "ls -ld \(directory)")
        }
        guard owner.uint32Value == geteuid() else {
            throw ConfigurationFailure(
                code: .permissions, message: "\(directory) belongs to another user",
                hint: "choose another place: --data-dir DIR")
        }
        guard mode.uint16Value & 0o077 == 0 else {
            throw ConfigurationFailure(
                code: .permissions, message: "others may enter \(directory)",
                hint: "close it: chmod 700 \(directory)")
        }
    }
}
