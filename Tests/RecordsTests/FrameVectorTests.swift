import Cryptography
import Foundation
import Primitives
import Records
import Testing

@Suite("Frames of an independent writer")
struct FrameVectorTests {
    let vectors: RecordVectors
    let scheme = Ed25519Scheme()
    let network: NetworkID
    let author: PublicKey
    let friend: PublicKey

    init() throws {
        vectors = try RecordVectors.load()
        network = try #require(NetworkID(hex: vectors.network.id))
        let scheme = Ed25519Scheme()
        func key(_ name: String) throws -> PublicKey {
            try SigningKey(seed: scheme.digest(Array("vectors: \(name)".utf8)).bytes).publicKey
        }
        author = try key("author")
        friend = try key("friend")
    }

    @Test("each frame decodes to its type and encodes to its bytes")
    func roundTrip() throws {
        for row in vectors.frames {
            let bytes = try #require(Hex.decode(row.bytes))
            let frame = try Frame.decode(bytes)
            #expect(frame.encoded == bytes, "\(row.name)")
            #expect("\(frame)".hasPrefix("\(row.type)("), "\(row.name)")
        }
        #expect(Set(vectors.frames.map(\.type)).count == 16)
    }

    @Test("our own frames are the writer's bytes")
    func own() throws {
        let hello = Hello(
            minimumVersion: 1, maximumVersion: 1, network: network, capabilities: 0,
            time: Instant(milliseconds: 1_790_000_000_000), maximumFrameBytes: 65536)
        #expect(try Frame.hello(hello).encoded == vectors.frame("hello"))
        #expect(try Frame.ping(nonce: .max).encoded == vectors.frame("ping, largest nonce"))
        #expect(try Frame.pong(nonce: 300).encoded == vectors.frame("pong"))
        for reason in GoodbyeReason.allCases {
            let bytes = try vectors.frame("goodbye \(reason.rawValue)")
            #expect(Frame.goodbye(reason).encoded == bytes)
        }
        let request = RangeRequest(feed: author, first: 1, last: 256)
        #expect(
            try Frame.rangeRequest(request).encoded == vectors.frame("range request of 256"))
        let claim = InvitationClaim(
            token: Array(0..<16), author: friend, address: Array("tcp://192.0.2.7:7000".utf8))
        #expect(try Frame.invitation(claim).encoded == vectors.frame("invitation"))
    }

    @Test("the records inside PUSH, RANGE_RESP and FORK_PROOF are whole, chained and signed")
    func inside() throws {
        guard case .push(let encoded) = try Frame.decode(vectors.frame("push of three")) else {
            Issue.record("not a push")
            return
        }
        let records = try encoded.map { try Record(decoding: $0[...], scheme: scheme) }
        #expect(records.map(\.body.sequence) == [1, 2, 3])
        #expect(records[1].body.previous == records[0].id)
        #expect(records[2].body.previous == records[1].id)
        #expect(records.allSatisfy { $0.isSigned(network: network, scheme: scheme) })

        let frame = try Frame.decode(vectors.frame("range response with a tombstone"))
        guard case .rangeResponse(let response) = frame, let chain = response.chain else {
            Issue.record("not a range response with a tombstone")
            return
        }
        let places = try chain.rebuilt(scheme: scheme)
        #expect(places.map(\.sequence) == [1, 2, 3])
        #expect(places.map(\.id) == records.map(\.id))
        guard case .tombstone(_, _, let id, let proof) = places[1] else {
            Issue.record("the second place is no tombstone")
            return
        }
        #expect(
            proof.body.payload == .retract(sequence: 2, id: id, previous: records[0].id))
        for segment in places.segments {
            let before =
                segment.startIndex == 0 ? chain.previous : places[segment.startIndex - 1].id
            let last = try #require(segment.last)
            let previous = segment.count > 1 ? places[segment.endIndex - 2].id : before
            #expect(last.isSigned(after: previous, network: network, scheme: scheme))
        }
    }

    @Test("T3: two records for one place prove a fork, in either order; others prove nothing")
    func forkProof() throws {
        guard case .forkProof(let left, let right) = try Frame.decode(vectors.frame("fork proof"))
        else {
            Issue.record("not a fork proof")
            return
        }
        let proof = try #require(ForkProof(left, right, scheme: scheme))
        #expect(proof == ForkProof(right, left, scheme: scheme))
        #expect(proof == ForkProof(decoding: proof.encoded, scheme: scheme))
        #expect(proof.isSigned(network: network, scheme: scheme))
        #expect(proof.feed == author && proof.sequence == 1)
        let elsewhere = NetworkID(name: "elsewhere", scheme: scheme)
        #expect(!proof.isSigned(network: elsewhere, scheme: scheme))
        #expect(ForkProof(left, left, scheme: scheme) == nil)
        guard case .push(let encoded) = try Frame.decode(vectors.frame("push of three")) else {
            return
        }
        let second = try Record(decoding: encoded[1][...], scheme: scheme)
        let first = try Record(decoding: encoded[0][...], scheme: scheme)
        #expect(ForkProof(first, second) == nil)
    }

    @Test("the symbols of a frontier are the writer's, to the bit")
    func sketch() throws {
        let feeds = (0..<100).map { number in
            scheme.digest(Array("feed \(number)".utf8))
        }.sorted()
        let marks = feeds.enumerated().map { position, feed in
            FrontierMark(
                Frontier.Entry(
                    feed: PublicKey(raw: feed), sequence: UInt64(position + 1),
                    headPrefix: scheme.digest(Array("head \(position + 1)".utf8)).prefix64),
                salt: 7, scheme: scheme)
        }
        var encoder = SketchEncoder(marks, salt: 7)
        encoder.extend(to: 15)
        encoder.extend(to: 40)
        let part = SketchPart(salt: 7, setSize: 100, first: 0, symbols: encoder.symbols)
        let bytes = try vectors.frame("sketch of 100 entries, 40 symbols")
        #expect(Frame.sketch(part).encoded == bytes)
        let result = SketchResult(salt: 7, unknown: marks.prefix(3).map(\.tag).sorted())
        #expect(try Frame.sketchResult(result).encoded == vectors.frame("sketch result"))
    }

    @Test("T13, T14: each undecodable frame fails in its field for its reason")
    func undecodable() throws {
        #expect(vectors.undecodableFrames.count >= 30)
        for row in vectors.undecodableFrames {
            let bytes = try #require(Hex.decode(row.bytes))
            do throws(DecodingFailure) {
                let frame = try Frame.decode(bytes)
                Issue.record("\(row.name) decoded: \(frame)")
            } catch {
                #expect(error.field.description == row.field, "\(row.name)")
                #expect(error.reason.rawValue == row.reason, "\(row.name)")
            }
        }
    }

    @Test("T11: a frame of 64 KiB and one byte is refused by its size alone")
    func oversize() {
        let failure = DecodingFailure(offset: 0, field: "frame", reason: .outOfRange)
        #expect(throws: failure) {
            _ = try Frame.decode([2] + [UInt8](repeating: 0, count: 65536))
        }
    }

    @Test("a frame cut at any length does not decode")
    func truncation() throws {
        for row in vectors.frames where row.bytes.count < 4000 {
            let bytes = try #require(Hex.decode(row.bytes))
            for length in 0..<bytes.count {
                #expect(throws: DecodingFailure.self, "\(row.name) cut to \(length)") {
                    _ = try Frame.decode(Array(bytes[..<length]))
                }
            }
        }
    }

    @Test("the largest frontier that is legal fits a frame")
    func largestFrontier() throws {
        let entries = (0..<WireLimits.frontierEntries).compactMap { number -> Frontier.Entry? in
            let high = UInt8(truncatingIfNeeded: number >> 8)
            let low = UInt8(truncatingIfNeeded: number)
            return PublicKey([high, low] + [UInt8](repeating: 0, count: 30)).map {
                Frontier.Entry(feed: $0, sequence: WireLimits.sequence, headPrefix: .max)
            }
        }
        #expect(entries.count == 1024)
        let frame = Frame.frontier(Frontier(entries: entries))
        #expect(try Frame.decode(frame.encoded) == frame)
    }
}
