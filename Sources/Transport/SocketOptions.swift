import CZeroMQ
import Primitives

extension ZMQSocket {
    /// Everything about a peer connection that libzmq would otherwise choose by itself.
    func setLinkOptions(_ limits: TransportLimits) {
        set(ZMQ_IPV6, 1)
        set(ZMQ_HANDSHAKE_IVL, limits.handshakeMilliseconds)
        // libzmq compares the encrypted frame: 33 bytes more than its payload.
        set(ZMQ_MAXMSGSIZE, wide: Int64(limits.maximumFrameBytes + 64))
        set(ZMQ_RCVHWM, limits.receiveHighWaterMark)
        set(ZMQ_SNDHWM, limits.outboundQueueFrames)
        set(ZMQ_RCVBUF, limits.kernelBufferBytes)
        set(ZMQ_SNDBUF, limits.kernelBufferBytes)
        set(ZMQ_HEARTBEAT_IVL, limits.heartbeatMilliseconds)
        set(ZMQ_HEARTBEAT_TIMEOUT, limits.heartbeatTimeoutMilliseconds)
        let deadAfter = limits.heartbeatMilliseconds + limits.heartbeatTimeoutMilliseconds
        // libzmq 4.3.4 multiplies what it is told of this into 16 bits of milliseconds: 75 s became 9.5 s, and two
        // idle nodes parted 40 s after they met.
        set(ZMQ_HEARTBEAT_TTL, min(deadAfter, 65_500))
        set(ZMQ_TCP_KEEPALIVE, 1)
        set(ZMQ_TCP_KEEPALIVE_IDLE, max(1, deadAfter / 1_000))
    }

    /// This end proves its key; clients must name it.
    func setCurveServer(_ keys: CurveKeys) {
        setSecret(keys)
        set(ZMQ_CURVE_SERVER, 1)
        set(ZMQ_ZAP_DOMAIN, ZapHandler.domain)
        // Without it a server with a ZAP domain lets everybody in while no handler is bound.
        set(VB_ZMQ_ZAP_ENFORCE_DOMAIN, 1)
    }

    /// Both ends prove their keys.
    func setCurveClient(_ keys: CurveKeys, server: NodeKey) {
        setSecret(keys)
        set(ZMQ_CURVE_PUBLICKEY, keys.publicKey.bytes)
        set(ZMQ_CURVE_SERVERKEY, server.bytes)
    }

    private func setSecret(_ keys: CurveKeys) {
        var secret = keys.secret()
        set(ZMQ_CURVE_SECRETKEY, secret)
        for index in secret.indices { secret[index] = 0 }
    }
}
