import Foundation
import Synchronization

/// Hands out TCP ports that nobody on this machine uses.
///
/// Below the range from which the system draws ports of its own (32768 and up), so that no outgoing
/// connection takes one between choice and use; nodes need theirs back after a restart.
public enum LoopbackPorts {
    static let range = 20_000..<32_000
    private static let next = Mutex<Int?>(nil)

    /// `count` ports, never one twice in this process. Throws `.usage` when too few are free.
    public static func free(_ count: Int) throws(TestbedFailure) -> [UInt16] {
        let used = portsInUse()
        let ports = next.withLock { next in
            // Two processes start at different places, so that they seldom choose the same port.
            var port = next ?? range.lowerBound + Int(getpid()) * 37 % range.count
            var ports: [UInt16] = []
            for _ in 0..<range.count where ports.count < count {
                port = port + 1 < range.upperBound ? port + 1 : range.lowerBound
                if !used.contains(port) { ports.append(UInt16(port)) }
            }
            next = port
            return ports
        }
        guard ports.count == count else {
            throw TestbedFailure(
                code: .usage, operation: "choose \(count) ports",
                message: "only \(ports.count) of \(range) are free")
        }
        return ports
    }

    /// Local ports of every TCP socket, from the kernel's own tables.
    private static func portsInUse() -> Set<Int> {
        var used: Set<Int> = []
        for path in ["/proc/net/tcp", "/proc/net/tcp6"] {
            guard let table = try? String(contentsOfFile: path, encoding: .utf8) else { continue }
            for line in table.split(separator: "\n").dropFirst() {
                let fields = line.split(separator: " ")
                guard fields.count > 1, let hex = fields[1].split(separator: ":").last else {
                    continue
                }
                if let port = Int(hex, radix: 16) { used.insert(port) }
            }
        }
        return used
    }
}
