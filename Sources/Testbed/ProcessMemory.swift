import Foundation

/// What a process of this machine holds in memory.
public enum ProcessMemory {
    /// Resident bytes, from the kernel; nil when there is no such process.
    public static func residentBytes(of processIdentifier: Int32) -> UInt64? {
        field("VmRSS", of: processIdentifier)
    }

    /// The most that was ever resident, bytes.
    public static func peakResidentBytes(of processIdentifier: Int32) -> UInt64? {
        field("VmHWM", of: processIdentifier)
    }

    private static func field(_ name: String, of processIdentifier: Int32) -> UInt64? {
        let path = "/proc/\(processIdentifier)/status"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix(name + ":") {
            let words = line.split(whereSeparator: \.isWhitespace)
            return words.count > 1 ? UInt64(words[1]).map { $0 * 1024 } : nil
        }
        return nil
    }
}
