public import Daemon

/// What the demo saw, as a document.
public struct DemoReport: Document {
    public static let schemaName = "vouchbird.demo/1"
    public var schema = Self.schemaName
    public var community: String
    public var notes: [String]
    public var attack: Attack
    public var agreement: Agreement
    public var users: [User]
    /// The user whose list is shown, two or three steps of trust from the attack edge.
    public var shown: String
    public var lists: [List]
    public var claims: [Claim]
    public var seconds: Double

    public struct Attack: Codable, Sendable {
        public var identities: Int
        public var records: Int
        public var spamItems: Int
        /// The one honest user who trusts the first Sybil.
        public var victim: String
        /// The one honest node that the attacker's peer dials.
        public var entry: String
    }

    public struct Agreement: Codable, Sendable {
        /// From the first own record to equal digests on all nodes.
        public var seconds: Double
        public var feeds: Int
        public var records: UInt64
        /// On disk, all nodes together.
        public var storeBytes: UInt64
        public var digest: String
    }

    /// What one user gets.
    public struct User: Codable, Sendable {
        public var name: String
        /// Steps of trust to the user at the attack edge; absent when no path leads there.
        public var hopsToVictim: Int?
        /// Spam items among the first twenty, by engine.
        public var spam: [String: Int]
        /// T2: the most of all item mass that the region can deliver under `tsalsa`.
        public var bound: Double
        /// What it did deliver.
        public var measured: Double
        /// Spam items that the bound would let into the first twenty of `tsalsa`.
        public var admissible: Int
        /// Whether ranking the node's edges outside the node gives the same first twenty.
        public var isReproduced: Bool
        /// Round trip of one `recommend` over the control socket.
        public var answerMilliseconds: Double
        public var rankMilliseconds: Double
    }

    public struct List: Codable, Sendable {
        public var engine: String
        public var items: [Item]

        public struct Item: Codable, Sendable {
            public var rank: Int
            public var item: String
            public var title: String?
            public var isSpam: Bool
            /// Who brought it and how much of its score, largest first.
            public var reasons: [Reason]
        }

        public struct Reason: Codable, Sendable {
            public var name: String
            public var fraction: Double
            /// Names from the user to this person.
            public var path: [String]
        }
    }

    /// Something that must be so.
    public struct Claim: Codable, Sendable {
        public var text: String
        public var holds: Bool
        public var detail: String
    }

    public var holds: Bool { claims.allSatisfy(\.holds) }
}
