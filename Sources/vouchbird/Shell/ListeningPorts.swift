import Foundation

/// The TCP ports of this machine that somebody listens on, as the kernel tells.
enum ListeningPorts {
    /// From the text of `/proc/net/tcp` and `/proc/net/tcp6`: the state 0A is LISTEN, the local port
    /// stands in hexadecimal after the last colon of the second column (proc(5)).
    static func parse(_ table: String) -> Set<UInt16> {
        var ports: Set<UInt16> = []
        for line in table.split(separator: "\n").dropFirst() {
            let fields = line.split(separator: " ")
            guard fields.count > 3, fields[3] == "0A",
                let port = fields[1].split(separator: ":").last.flatMap({ UInt16($0, radix: 16) })
            else { continue }
            ports.insert(port)
        }
        return ports
    }

    /// The first free port from `start` upwards, `start` itself when none of a hundred is free.
    static func firstFree(from start: UInt16) -> UInt16 {
        let taken = ["/proc/net/tcp", "/proc/net/tcp6"].reduce(into: Set<UInt16>()) { ports, path in
            guard let handle = FileHandle(forReadingAtPath: path),
                let data = try? handle.readToEnd()
            else { return }
            ports.formUnion(parse(String(decoding: data, as: UTF8.self)))
        }
        return (start..<start + 100).first { !taken.contains($0) } ?? start
    }
}
