import CZeroMQ
import Primitives

/// Answers libzmq's question whether a client may come in (rfc.zeromq.org/spec/27).
///
/// libzmq asks over an in-process socket and lets *everybody* in when nobody is bound there, so the
/// handler is bound before any server socket and ZAP_ENFORCE_DOMAIN is set on these. CURVE has
/// already proved the client's key; this decides on bans and load and gives the key to each message
/// as its User-Id.
final class ZapHandler {
    static let domain = Array("vouchbird".utf8)

    enum Answer {
        case welcome
        /// 300: temporary, the client may come again.
        case full
        /// 400: the client's libzmq does not try again.
        case banned
    }

    let socket: ZMQSocket

    init(_ context: ZMQContext) throws(TransportError) {
        socket = try ZMQSocket(context, ZMQ_REP)
        try socket.bind("inproc://zeromq.zap.01")
    }

    /// Answers waiting questions, at most 64.
    func serve(_ message: ZMQMessage, decide: (NodeKey) -> Answer) {
        for _ in 0..<64 {
            guard let frames = socket.receiveAll(message) else { return }
            answer(frames, decide)
        }
    }

    private func answer(_ frames: [[UInt8]], _ decide: (NodeKey) -> Answer) {
        let requestID = frames.count > 1 ? frames[1] : []
        guard frames.count == 7, frames[0] == Array("1.0".utf8), frames[2] == Self.domain,
            frames[5] == Array("CURVE".utf8), let key = NodeKey(frames[6])
        else { return reply(requestID, "500", "not a CURVE request", "") }
        switch decide(key) {
        case .welcome: reply(requestID, "200", "OK", key.hex)
        case .full: reply(requestID, "300", "full", "")
        case .banned: reply(requestID, "400", "banned", "")
        }
    }

    private func reply(_ requestID: [UInt8], _ status: String, _ text: String, _ user: String) {
        let frames = [
            Array("1.0".utf8), requestID, Array(status.utf8), Array(text.utf8), Array(user.utf8),
            [],
        ]
        for (index, frame) in frames.enumerated() {
            // REP drops the answer when the asking connection is gone.
            _ = socket.send(frame, more: index + 1 < frames.count)
        }
    }
}
