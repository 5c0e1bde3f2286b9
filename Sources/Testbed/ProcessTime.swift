import Foundation
import Glibc

/// What a process of this machine has computed.
public enum ProcessTime {
    /// Seconds of processor that it has used in its life, all threads together; nil when there is no such process.
    public static func seconds(of processIdentifier: Int32) -> Double? {
        let path = "/proc/\(processIdentifier)/stat"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        // proc(5): user and system time are the 14th and 15th fields; the name may hold spaces.
        let fields = text[end...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13])
        else { return nil }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
}
