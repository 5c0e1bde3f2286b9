public import NodeCore
public import Primitives
public import Records
public struct StorageError: Error, Sendable { public var message: String; public var failure: StoreFailure }
public struct StoreOwner: Sendable { public init(feed: PublicKey, author: PublicKey, network: NetworkID) {} }
public struct StoredPeer: Sendable { public var nodeKey: NodeKey; public var address: String?; public var author: PublicKey?; public var addedAt: Instant
 public init(nodeKey: NodeKey, address: String?, author: PublicKey?, addedAt: Instant) { self.nodeKey = nodeKey; self.address = address; self.author = author; self.addedAt = addedAt } }
public struct StoredInvitation: Sendable { public var token: [UInt8]; public var createdAt: Instant; public var expiresAt: Instant; public var label: String?; public var usedBy: NodeKey?; public var usedByAuthor: PublicKey?
 public init(token: [UInt8], createdAt: Instant, expiresAt: Instant, label: String?, usedBy: NodeKey?, usedByAuthor: PublicKey?) { self.token = token; self.createdAt = createdAt; self.expiresAt = expiresAt; self.label = label; self.usedBy = usedBy; self.usedByAuthor = usedByAuthor } }
public struct Petname: Sendable { public var author: PublicKey; public var name: String }
public struct StoreSizes: Sendable { public var ownBytes: UInt64; public var netBytes: UInt64 }
public final class Store: Sendable {
 public init(directory: String, budgetBytes: UInt64, owner: StoreOwner, scheme: any SignatureScheme) throws(StorageError) { fatalError() }
 public func commitOwn(records: [StoredRecord], tombstones: [Tombstone]) throws(StorageError) {}
 public func commit(_ batch: StoreBatch) throws(StorageError) {}
 public func range(feed: PublicKey, first: UInt64, last: UInt64, maximumBytes: Int) throws(StorageError) -> [StoredEntry] { [] }
 public func forEachEntry(of feed: PublicKey? = nil, _ body: (StoredEntry) -> Void) throws(StorageError) {}
 public func forkProofs() throws(StorageError) -> [ForkProof] { [] }
 public func petnames() throws(StorageError) -> [Petname] { [] }
 public func setPetname(_ name: String?, for author: PublicKey) throws(StorageError) {}
 public func peers() throws(StorageError) -> [StoredPeer] { [] }
 public func setPeer(_ peer: StoredPeer) throws(StorageError) {}
 public func removePeer(_ key: NodeKey) throws(StorageError) {}
 public func invitations() throws(StorageError) -> [StoredInvitation] { [] }
 public func addInvitation(_ invitation: StoredInvitation) throws(StorageError) {}
 public func useInvitation(token: [UInt8], by: NodeKey, author: PublicKey) throws(StorageError) {}
 public func privateEntries() throws(StorageError) -> [PrivateEntry] { [] }
 public func addPrivate(_ entries: [PrivateEntry]) throws(StorageError) {}
 public func removePrivate(_ entries: [PrivateEntry]) throws(StorageError) {}
 public func blockedAuthors() throws(StorageError) -> [PublicKey] { [] }
 public func setBlocked(_ author: PublicKey, _ isBlocked: Bool) throws(StorageError) {}
 public func quickCheck() throws(StorageError) {}
 public var sizes: StoreSizes { StoreSizes(ownBytes: 0, netBytes: 0) }
 public var notices: [String] { [] }
}
