import Foundation
import Glibc
import Synchronization
import Testing
import Transport

/// An endpoint on a thread of its own that answers control requests with their reverse.
final class ControlDaemon: Sendable {
    private let isStopped = Atomic(false)
    private let isDone = DispatchSemaphore(value: 0)

    init(_ path: String) throws {
        let isReady = DispatchSemaphore(value: 0)
        let failure = Mutex<TransportError?>(nil)
        Thread.detachNewThread { [self] in
            do throws(TransportError) {
                let endpoint = try Endpoint(keys: CurveKeys.generate())
                try endpoint.bindControl(path)
                isReady.signal()
                serve(endpoint)
                endpoint.close()
            } catch {
                failure.withLock { $0 = error }
                isReady.signal()
            }
            isDone.signal()
        }
        isReady.wait()
        if let failure = failure.withLock({ $0 }) { throw failure }
    }

    func stop() {
        isStopped.store(true, ordering: .relaxed)
        isDone.wait()
    }

    private func serve(_ endpoint: Endpoint) {
        while !isStopped.load(ordering: .relaxed) {
            for case .control(let client, let bytes) in endpoint.poll(timeoutMilliseconds: 20)
            where bytes != Array("silence".utf8) {
                endpoint.reply(client, bytes.reversed())
            }
        }
    }
}

@Suite("Control socket", .serialized)
struct ControlTests {
    @Test("requests are answered one after the other, from several clients")
    func requestAndReply() throws {
        try withDirectory { directory in
            let daemon = try ControlDaemon(directory + "/control")
            defer { daemon.stop() }
            let first = try ControlConnection(directory + "/control")
            let second = try ControlConnection(directory + "/control")
            for number in 0..<20 {
                let bytes = Array("request \(number)".utf8)
                #expect(try first.request(bytes, timeoutMilliseconds: 5_000) == bytes.reversed())
                #expect(try second.request([1, 2], timeoutMilliseconds: 5_000) == [2, 1])
            }
            let large = [UInt8](repeating: 5, count: 4 << 20)
            #expect(try first.request(large, timeoutMilliseconds: 5_000) == large)
        }
    }

    @Test("the directory is 0700, the socket 0600, and the file goes with its daemon")
    func permissions() throws {
        try withDirectory { directory in
            let path = directory + "/made/control"
            let daemon = try ControlDaemon(path)
            func mode(_ path: String) throws -> Int {
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                return try #require(attributes[.posixPermissions] as? NSNumber).intValue
            }
            #expect(try mode(directory + "/made") == 0o700)
            #expect(try mode(path) == 0o600)
            daemon.stop()
            #expect(!FileManager.default.fileExists(atPath: path))
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: directory + "/made")
            let error = #expect(throws: TransportError.self) { try ControlDaemon(path) }
            #expect(error?.code == .insecureDirectory)
        }
    }

    @Test("a path of 108 bytes is refused by name, one of 107 works")
    func pathLength() throws {
        try withDirectory { directory in
            let room = 107 - directory.utf8.count - 1
            let longest = directory + "/" + String(repeating: "x", count: room)
            try ControlDaemon(longest).stop()
            let error = #expect(throws: TransportError.self) { try ControlDaemon(longest + "x") }
            #expect(error?.code == .pathTooLong)
        }
    }

    @Test("a second daemon is refused, the file of a dead one is taken over, another file is kept")
    func staleFile() throws {
        try withDirectory { directory in
            let path = directory + "/control"
            let daemon = try ControlDaemon(path)
            let error = #expect(throws: TransportError.self) { try ControlDaemon(path) }
            #expect(error?.code == .addressInUse)
            let client = try ControlConnection(path)
            #expect(try client.request([1, 2], timeoutMilliseconds: 5_000) == [2, 1])
            daemon.stop()
            #expect(!FileManager.default.fileExists(atPath: path))

            try leaveSocketFile(path)
            let dead = #expect(throws: TransportError.self) { try ControlConnection(path) }
            #expect(dead?.code == .nobodyAnswers)
            try ControlDaemon(path).stop()

            try "mine".write(toFile: path, atomically: false, encoding: .utf8)
            #expect(throws: TransportError.self) { try ControlDaemon(path) }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
        }
    }

    @Test("no daemon, a silent one and one that stops each have their error")
    func clientErrors() throws {
        try withDirectory { directory in
            let path = directory + "/control"
            let missing = #expect(throws: TransportError.self) { try ControlConnection(path) }
            #expect(missing?.code == .noSocketFile)
            let daemon = try ControlDaemon(path)
            let client = try ControlConnection(path)
            let silent = #expect(throws: TransportError.self) {
                try client.request(Array("silence".utf8), timeoutMilliseconds: 100)
            }
            #expect(silent?.code == .timedOut)
            #expect(try client.request([1, 2], timeoutMilliseconds: 5_000) == [2, 1])
            daemon.stop()
            let gone = #expect(throws: TransportError.self) {
                try client.request([1], timeoutMilliseconds: 5_000)
            }
            #expect(gone?.code == .connectionLost)
            let still = #expect(throws: TransportError.self) {
                try client.request([1], timeoutMilliseconds: 5_000)
            }
            #expect(still?.code == .noSocketFile)
        }
    }

    /// A socket file without a listener, as a killed daemon leaves it.
    private func leaveSocketFile(_ path: String) throws {
        let descriptor = socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = [UInt8](repeating: 0, count: MemoryLayout<sockaddr_un>.size)
        address[0] = UInt8(AF_UNIX)
        address.replaceSubrange(2..<2 + path.utf8.count, with: path.utf8)
        let status = try unsafe address.withUnsafeBytes { buffer in
            let base = try unsafe #require(buffer.baseAddress)
            return unsafe bind(
                descriptor, base.assumingMemoryBound(to: sockaddr.self), socklen_t(buffer.count))
        }
        #expect(status == 0)
    }
}
