public import Cryptography
import Foundation
public import Primitives
public import Records

/// The keys of a node: who its person is, which device feed it writes, how it speaks on the network.
public struct Identity: Sendable {
    public let author: SigningKey
    public let device: SigningKey
    public let node: NodeKeyPair

    public init(author: SigningKey, device: SigningKey, node: NodeKeyPair) {
        self.author = author
        self.device = device
        self.node = node
    }

    /// Reads the three key files. Throws when one is missing, damaged, or open to others.
    public static func read(_ paths: Paths) throws -> Identity {
        guard FileManager.default.fileExists(atPath: paths.authorKey) else {
            throw OperatingError(
                code: .notInitialised, operation: "read keys",
                message: "there is no node in \(paths.stateDirectory) yet",
                hints: ["make one:  vouchbird init"])
        }
        return Identity(
            author: try KeyFile(path: paths.authorKey, kind: .author).readSigningKey(),
            device: try KeyFile(path: paths.deviceKey, kind: .device).readSigningKey(),
            node: try KeyFile(path: paths.nodeKey, kind: .node).readNodeKey())
    }

    /// Makes and writes new device and node keys, and an author key unless one is given. Never overwrites.
    public static func create(_ paths: Paths, author: SigningKey? = nil) throws -> Identity {
        let identity = Identity(
            author: try author ?? SigningKey(), device: try SigningKey(), node: try NodeKeyPair())
        try KeyFile(path: paths.authorKey, kind: .author).create(identity.author)
        try KeyFile(path: paths.deviceKey, kind: .device).create(identity.device)
        try KeyFile(path: paths.nodeKey, kind: .node).create(identity.node)
        return identity
    }
}
