import Foundation
import Primitives
import Testing
import Transport

/// Limits with short timers, so that tests await events and not the clock.
func quickLimits(_ change: (inout TransportLimits) -> Void = { _ in }) -> TransportLimits {
    var limits = TransportLimits()
    limits.reconnectMilliseconds = 50
    limits.reconnectMaximumMilliseconds = 200
    change(&limits)
    return limits
}

/// An endpoint with the events that it has reported so far.
final class Node {
    let endpoint: Endpoint
    let keys: CurveKeys
    private(set) var address = ""
    private(set) var events: [TransportEvent] = []

    init(
        keys: CurveKeys? = nil, limits: TransportLimits = quickLimits(), listening: String? = nil
    ) throws {
        self.keys = try keys ?? CurveKeys.generate()
        endpoint = try Endpoint(keys: self.keys, limits: limits)
        if let listening { address = try endpoint.listen(on: listening) }
    }

    static func listening(_ limits: TransportLimits = quickLimits()) throws -> Node {
        try Node(limits: limits, listening: "tcp://127.0.0.1:0")
    }

    deinit { endpoint.close() }

    var key: NodeKey { keys.publicKey }
    var port: String { String(address.split(separator: ":").last ?? "") }

    func turn(_ timeoutMilliseconds: Int = 2) {
        events += endpoint.poll(timeoutMilliseconds: timeoutMilliseconds)
    }

    func forget() { events.removeAll() }

    /// The links that came up, in order.
    var ups: [LinkID] {
        events.compactMap { if case .up(let link, _, _, _) = $0 { link } else { nil } }
    }

    var downs: [LinkID: DownReason] {
        var result: [LinkID: DownReason] = [:]
        for case .down(let link, let reason) in events { result[link] = reason }
        return result
    }

    var frames: [[UInt8]] {
        events.compactMap { if case .frame(_, let bytes) = $0 { bytes } else { nil } }
    }

    func link(to key: NodeKey) -> LinkID? {
        for case .up(let link, key, _, _) in events { return link }
        return nil
    }
}

/// Turns every node until the condition holds. False after ten seconds.
func converge(
    _ nodes: [Node], withinSeconds seconds: Double = 10, until isDone: () -> Bool
) -> Bool {
    let end = ContinuousClock.now + .seconds(seconds)
    while !isDone() {
        if ContinuousClock.now > end { return false }
        for node in nodes { node.turn() }
    }
    return true
}

/// A dialler with an established link to `server` that has said hello.
func linked(to server: Node, limits: TransportLimits = quickLimits()) throws -> Node {
    let dialler = try Node(limits: limits)
    let link = try dialler.endpoint.dial(address: server.address, key: server.key)
    #expect(converge([server, dialler]) { dialler.ups == [link] })
    #expect(dialler.endpoint.send(frame: [0], to: link) == .sent)
    #expect(converge([server, dialler]) { server.link(to: dialler.key) != nil })
    return dialler
}

func isDown(_ node: Node, _ link: LinkID?) -> Bool {
    link.map { node.downs[$0] != nil } ?? false
}

/// A fresh directory with mode 0700 that is removed by `body`'s end.
func withDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(
        "vb-\(UUID().uuidString.prefix(8))"
    ).path
    try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
}
