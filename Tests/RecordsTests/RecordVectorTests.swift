import Cryptography
import Foundation
import Primitives
import Records
import TestSupport
import Testing

@Suite("Records of an independent writer")
struct RecordVectorTests {
    let vectors: RecordVectors
    let scheme = Ed25519Scheme()
    let network: NetworkID

    init() throws {
        vectors = try RecordVectors.load()
        network = try #require(NetworkID(hex: vectors.network.id))
    }

    @Test("the network's id follows from its name")
    func networkID() {
        #expect(NetworkID(name: vectors.network.name, scheme: scheme) == network)
        #expect(NetworkID(name: "elsewhere", scheme: scheme) != network)
    }

    @Test("each record decodes to its fields, and its fields encode to its bytes")
    func fields() throws {
        #expect(vectors.records.count >= 50)
        for row in vectors.records {
            let bytes = try #require(Hex.decode(row.bytes))
            let record = try Record(decoding: bytes[...], scheme: scheme)
            let body = try row.body()
            #expect(record.body == body, "\(row.name)")
            #expect(body.encoded == bytes.dropLast(64), "\(row.name)")
            #expect(record.body.encoded == bytes.dropLast(64), "\(row.name)")
            #expect(record.encoded == bytes, "\(row.name)")
            #expect(record.id.hex == row.id, "\(row.name)")
        }
    }

    @Test("T2: a record is signed for its network, or not, as the writer says")
    func signatures() throws {
        let other = NetworkID(name: "elsewhere", scheme: scheme)
        #expect(vectors.records.filter { !$0.signed }.count >= 20)
        for row in vectors.records {
            let bytes = try #require(Hex.decode(row.bytes))
            let record = try Record(decoding: bytes[...], scheme: scheme)
            #expect(record.isSigned(network: network, scheme: scheme) == row.signed, "\(row.name)")
            #expect(scheme.isValid(record.body.feed) == !(row.badKey ?? false), "\(row.name)")
            if row.signed {
                #expect(!record.isSigned(network: other, scheme: scheme), "\(row.name)")
            }
        }
    }

    @Test("a delegation holds when the author consented to this device on this network")
    func delegations() throws {
        var seen: [Bool] = []
        for row in vectors.records {
            guard let consents = row.consents else { continue }
            let bytes = try #require(Hex.decode(row.bytes))
            let body = try Record(decoding: bytes[...], scheme: scheme).body
            guard case .delegate(let author, let signature) = body.payload else {
                Issue.record("\(row.name) is no delegation")
                continue
            }
            let statement = Delegation.statement(
                device: body.feed, author: author, network: network)
            #expect(scheme.verify(signature, of: statement, by: author) == consents, "\(row.name)")
            seen.append(consents)
        }
        #expect(seen.filter { $0 }.count == 1 && seen.count == 5)
    }

    @Test("our own signer makes the very bytes that the writer made")
    func ownSigner() throws {
        let seed = scheme.digest(Array("vectors: author".utf8)).bytes
        let signer = try SigningKey(seed: seed)
        var compared = 0
        for row in vectors.records where row.signed && row.feed == signer.publicKey.hex {
            let record = Record(
                signing: try row.body(), network: network, signer: signer, scheme: scheme)
            #expect(Hex.encode(record.encoded) == row.bytes, "\(row.name)")
            #expect(record.id.hex == row.id, "\(row.name)")
            compared += 1
        }
        #expect(compared >= 30)
        let device = try SigningKey(seed: scheme.digest(Array("vectors: device".utf8)).bytes)
        let row = try #require(vectors.records.first { $0.consents == true })
        let payload = Delegation.payload(
            device: device.publicKey, network: network, signer: signer)
        #expect(try row.body().payload == payload)
    }

    @Test("T14: each undecodable record fails in its field for its reason")
    func undecodable() throws {
        #expect(vectors.undecodable.count >= 90)
        for row in vectors.undecodable {
            let bytes = try #require(Hex.decode(row.bytes))
            do throws(DecodingFailure) {
                let record = try Record(decoding: bytes[...], scheme: scheme)
                Issue.record("\(row.name) decoded: \(record.body)")
            } catch {
                #expect(error.field.description == row.field, "\(row.name)")
                #expect(error.reason.rawValue == row.reason, "\(row.name)")
                #expect((0...bytes.count).contains(error.offset), "\(row.name)")
            }
        }
    }

    @Test("T14: a record cut at any length is truncated, or unsigned where any payload is legal")
    func truncation() throws {
        for row in vectors.records {
            let bytes = try #require(Hex.decode(row.bytes))
            for length in 0..<bytes.count {
                do throws(DecodingFailure) {
                    let record = try Record(decoding: bytes[..<length], scheme: scheme)
                    #expect(row.unknown != nil, "\(row.name) cut to \(length) decoded")
                    #expect(!record.isSigned(network: network, scheme: scheme))
                } catch {
                    #expect(error.reason == .truncated, "\(row.name) cut to \(length): \(error)")
                }
            }
        }
    }

    @Test("a record is read the same from the middle of a larger buffer")
    func slices() throws {
        let bytes = try vectors.record("like, ordinary")
        let inside = [UInt8](repeating: 0xee, count: 7) + bytes + [0xee]
        let record = try Record(decoding: inside[7..<inside.count - 1], scheme: scheme)
        #expect(record == (try Record(decoding: bytes[...], scheme: scheme)))
    }

    @Test(
        "the file in the repository is what the writer makes",
        .enabled(if: Python.has("nacl"), Comment(rawValue: Python.missing("nacl"))))
    func regenerated() throws {
        let made = try Python.script("record_vectors.py")
        let kept = try Data(contentsOf: RecordVectors.file)
        #expect(made == kept, "run record_vectors.py again, and ask why it differs")
    }
}
