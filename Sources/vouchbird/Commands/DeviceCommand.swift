import ArgumentParser
import Daemon

struct DeviceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device", abstract: "The devices that speak for you.",
        subcommands: [DeviceList.self, DeviceRevoke.self])
}

struct DeviceList: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Every feed that speaks for you, and what is held of it.")

    @OptionGroup var global: GlobalOptions

    func execute(_ session: Session) async throws {
        guard let list = try session.ask(.deviceList, for: DeviceListDocument.self) else { return }
        let rows = list.items.map { device in
            [device.feed, "\(device.records)", device.newest ?? "", Self.remark(device)]
        }
        let table = TerminalText.table(
            [["feed", "records", "newest", ""]] + rows, right: [1])
        session.console.line(session.console.bold(table[0]))
        session.console.lines(Array(table.dropFirst()))
    }

    private static func remark(_ device: DeviceListDocument.Device) -> String {
        if let last = device.revokedAfter { return "revoked after record \(last)" }
        if device.isForked { return "forked: revoke it" }
        return device.isThis ? "this device" : ""
    }
}

struct DeviceRevoke: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract:
            "Say that nothing of a device of yours counts after a record; signed and gossiped.",
        discussion: """
            For a device that was lost or stolen. It cannot be taken back; a later revocation can \
            only name an earlier record.
            """)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The feed, as `vouchbird device list` shows it.") var feed: String
    @Option(
        help: ArgumentHelp(
            "The last record that counts; 0: none. What this node holds when it is not given.",
            valueName: "record"))
    var after: UInt64?

    func execute(_ session: Session) async throws {
        let request = Request.deviceRevoke(feed: feed, after: after)
        guard let answer = try session.ask(request, for: PublishDocument.self) else { return }
        let place = answer.items.first?.sequence.map { "record \($0)" } ?? "signed"
        session.console.line("Revoked \(TerminalText.safe(feed))  (\(place))")
    }
}
