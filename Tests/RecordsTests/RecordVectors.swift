import Foundation
import Primitives
import Records
import Testing

/// `Vectors/records.json`: made by `Tests/Support/python/record_vectors.py` from the written
/// protocol, with PyNaCl, never by the Swift encoder.
struct RecordVectors: Decodable {
    struct Network: Decodable {
        let name: String
        let id: String
    }

    /// A record that decodes; which payload fields are there follows from the kind.
    struct Row: Decodable {
        let name: String
        let bytes: String
        let id: String
        let feed: String
        let sequence: UInt64
        let previous: String
        let time: UInt64
        let ignorable: Bool
        let kind: UInt8
        let signed: Bool
        var badKey: Bool?
        var item: String?
        var weight: UInt64?
        var author: String?
        /// Hexadecimal, like everything that is not printable ASCII.
        var title: String?
        var target: UInt64?
        var targetID: String?
        var targetPrevious: String?
        var consent: String?
        var consents: Bool?
        var unknown: String?
        var old: String?
        var new: String?
        var oldSignature: String?
        var newSignature: String?
        var device: String?
        var last: UInt64?
        var revocation: String?
    }

    struct Undecodable: Decodable {
        let name: String
        let bytes: String
        let field: String
        let reason: String
    }

    struct Framed: Decodable {
        let name: String
        let type: String
        let bytes: String
    }

    struct Offers: Decodable {
        struct Offer: Decodable {
            let name: String
            let bytes: String
            let verdict: String
        }

        let now: UInt64
        let records: [Offer]
    }

    let network: Network
    let records: [Row]
    let undecodable: [Undecodable]
    let frames: [Framed]
    let undecodableFrames: [Undecodable]
    let offers: Offers

    static let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Vectors/records.json")

    static func load() throws -> RecordVectors {
        try JSONDecoder().decode(RecordVectors.self, from: Data(contentsOf: file))
    }

    /// The bytes of the row of this name.
    func record(_ name: String) throws -> [UInt8] {
        let row = try #require(records.first { $0.name == name }, "no record \(name)")
        return try #require(Hex.decode(row.bytes))
    }

    func frame(_ name: String) throws -> [UInt8] {
        let row = try #require(frames.first { $0.name == name }, "no frame \(name)")
        return try #require(Hex.decode(row.bytes))
    }
}

extension RecordVectors.Row {
    /// The body that the fields describe, built without decoding anything.
    func body() throws -> RecordBody {
        RecordBody(
            feed: try #require(PublicKey(hex: feed)), sequence: sequence,
            previous: try #require(RecordID(hex: previous)), time: Instant(milliseconds: time),
            isIgnorable: ignorable, payload: try payload())
    }

    private func payload() throws -> Payload {
        switch kind {
        case RecordKind.play: .play(try itemID(), try thousandths())
        case RecordKind.like: .like(try itemID(), try thousandths())
        case RecordKind.rate: .rate(try itemID(), try thousandths())
        case RecordKind.trust: .trust(try authorKey(), try thousandths())
        case RecordKind.item: .item(try itemID(), try titled())
        case RecordKind.retract:
            .retract(
                sequence: try #require(target), id: try recordID(targetID),
                previous: try recordID(targetPrevious))
        case RecordKind.delegate:
            .delegate(author: try authorKey(), signature: try consentSignature())
        case RecordKind.rotate:
            .rotate(
                Rotation(
                    old: try key(old), new: try key(new), oldSignature: try signature(oldSignature),
                    newSignature: try signature(newSignature), consent: try signature(consent)))
        case RecordKind.revoke:
            .revoke(
                Revocation(
                    device: try key(device), last: try #require(last),
                    signature: try signature(revocation)))
        case RecordKind.checkpoint:
            .checkpoint(
                consent == nil
                    ? nil : Consent(author: try authorKey(), signature: try consentSignature()))
        default: .unknown(kind: kind, try hex(unknown))
        }
    }

    private func key(_ text: String?) throws -> PublicKey {
        let bytes = try hex(text)
        return try #require(PublicKey(bytes))
    }

    private func signature(_ text: String?) throws -> Signature {
        let bytes = try hex(text)
        return try #require(Signature(bytes))
    }

    private func itemID() throws -> ItemID {
        let text = try #require(item)
        return try #require(ItemID(text))
    }

    private func thousandths() throws -> Weight {
        let number = try #require(weight)
        return try #require(Weight(thousandths: number))
    }

    private func titled() throws -> Title {
        let bytes = try hex(title)
        return try #require(Title(bytes: bytes))
    }

    private func recordID(_ text: String?) throws -> RecordID {
        let bytes = try hex(text)
        return try #require(RecordID(bytes))
    }

    private func consentSignature() throws -> Signature {
        let bytes = try hex(consent)
        return try #require(Signature(bytes))
    }

    private func authorKey() throws -> PublicKey {
        let bytes = try hex(author)
        return try #require(PublicKey(bytes))
    }

    private func hex(_ text: String?) throws -> [UInt8] {
        let text = try #require(text)
        return try #require(Hex.decode(text))
    }
}
