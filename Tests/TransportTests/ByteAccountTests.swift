import Testing

@testable import Transport

@Suite("Byte account")
struct ByteAccountTests {
    @Test("what comes out as messages is not held against a connection")
    func balanced() {
        var account = ByteAccount(nowMilliseconds: 0)
        var read: UInt64 = 700
        for _ in 0..<10_000 {
            read += UInt64(ByteAccount.wireBytes(ofPayload: 1_000))
            account.deliver(payloadBytes: 1_000)
            account.observe(read: read, isDrained: true, nowMilliseconds: 10)
        }
        #expect(account.undelivered <= 700)
    }

    @Test("what never ends adds up, and stalls from its first reading")
    func unfinished() {
        var account = ByteAccount(nowMilliseconds: 0)
        account.observe(read: 5_000, isDrained: true, nowMilliseconds: 10)
        account.observe(read: 2_000_000, isDrained: true, nowMilliseconds: 20)
        #expect(account.undelivered == 2_000_000)
        #expect(account.stalledSinceMilliseconds == 10)
    }

    @Test("years of heartbeats are written off at the next message")
    func heartbeats() {
        var account = ByteAccount(nowMilliseconds: 0)
        account.observe(read: 900_000, isDrained: true, nowMilliseconds: 86_400_000 * 30)
        #expect(account.undelivered == 900_000)
        #expect(account.stalledSinceMilliseconds == nil)
        account.deliver(payloadBytes: 10)
        account.observe(read: 900_045, isDrained: false, nowMilliseconds: 86_400_000 * 30 + 10)
        #expect(account.undelivered == 0)
    }

    @Test("a message in front of an endless one writes nothing of it off")
    func messageBeforeFlood() {
        var account = ByteAccount(nowMilliseconds: 0)
        account.observe(read: 300, isDrained: true, nowMilliseconds: 10)
        // One reading has the message and the flood behind it; then the message comes out.
        account.observe(read: 600_345, isDrained: false, nowMilliseconds: 20)
        account.deliver(payloadBytes: 10)
        #expect(account.undelivered == 600_000)
    }

    @Test("what came out before a quiet moment is not counted again after it")
    func deliveredBeforeMark() {
        var account = ByteAccount(nowMilliseconds: 0)
        account.observe(read: 45, isDrained: false, nowMilliseconds: 10)
        account.deliver(payloadBytes: 10)
        account.observe(read: 45, isDrained: true, nowMilliseconds: 20)
        account.observe(read: 90, isDrained: false, nowMilliseconds: 30)
        account.deliver(payloadBytes: 10)
        // The next message never ends: every byte of it is undelivered.
        account.observe(read: 5_090, isDrained: false, nowMilliseconds: 40)
        #expect(account.undelivered == 5_000)
    }

    @Test(
        "the size on the wire is that of ZMTP 3.1 with CURVE",
        arguments: [(0, 35), (1, 36), (222, 257), (223, 265)])
    func wire(_ payload: Int, _ wire: Int) {
        #expect(ByteAccount.wireBytes(ofPayload: payload) == wire)
    }
}
