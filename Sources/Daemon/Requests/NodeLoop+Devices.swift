import Cryptography
import NodeCore
import Primitives
import Records
import Storage
import Transport

/// Requests about the devices that speak for the user.
extension NodeLoop {
    func deviceListDocument() -> DeviceListDocument {
        DeviceListDocument(
            items: node.devices(of: identity.author.publicKey).map { device in
                DeviceListDocument.Device(
                    feed: device.feed.text, author: device.author.text,
                    isThis: device.feed == identity.device.publicKey, records: device.held,
                    newest: device.held > 0 ? device.time.text : nil, isForked: device.isFrozen,
                    revokedAfter: device.revokedAfter)
            })
    }

    /// Signs that nothing of a device after a record counts. It cannot be taken back, only brought forward.
    func revoke(_ text: String, _ after: UInt64?, for client: ControlClient) throws {
        let devices = node.devices(of: identity.author.publicKey)
        guard let feed = PublicKey(text: text),
            let device = devices.first(where: { $0.feed == feed })
        else {
            throw RequestFailure(
                code: .notFound, message: "no device of yours has this feed",
                hint: "see: vouchbird device list")
        }
        guard feed != identity.device.publicKey else {
            throw RequestFailure(
                code: .usage, message: "this is the device that would sign it",
                hint: "revoke it from another device of yours: vouchbird identity restore")
        }
        let last = after ?? device.held
        guard last <= WireLimits.sequence else {
            throw RequestFailure(code: .usage, message: "there is no record \(last)")
        }
        if let known = device.revokedAfter, known <= last {
            throw RequestFailure(
                code: .usage, message: "it is revoked after record \(known) already",
                hint: "an earlier record can be named: --after N")
        }
        openOwnFeed()
        let revocation = Revocation(
            of: feed, after: last, by: identity.author, network: node.configuration.network)
        start(
            Publication(
                client: client,
                answer: .publish([.init(outcome: .written, sequence: nil, reason: nil)]),
                signed: [0], waitsForPrivate: false, waitsForSigned: true),
            drafts: [OwnDraft(payload: .revoke(revocation))], private: [])
    }
}
