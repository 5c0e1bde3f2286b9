import Foundation

@testable import Cryptography

/// Looks for secrets in the memory that a core dump would hold.
enum MemoryScan {
    struct Mapping {
        let start: UInt
        let end: UInt
        var flags: [Substring]
        var isWritable: Bool
    }

    static let isAllowed = FileManager.default.isReadableFile(atPath: "/proc/self/mem")

    /// Every mapping of this process, with the kernel's flags: "dd" is left out of dumps, "lo" is
    /// locked, "wr" may be written.
    static func mappings() throws -> [Mapping] {
        var out: [Mapping] = []
        for line in try processFile("smaps").split(separator: "\n") {
            let words = line.split(separator: " ")
            let ends = words[0].split(separator: "-").compactMap { UInt(String($0), radix: 16) }
            if ends.count == 2 {
                out.append(
                    Mapping(
                        start: ends[0], end: ends[1], flags: [],
                        isWritable: words[1].hasPrefix("rw")))
            } else if words[0] == "VmFlags:", !out.isEmpty {
                out[out.count - 1].flags = Array(words.dropFirst())
            }
        }
        return out
    }

    /// Bytes of a secret that must lie together to be found: freed memory loses its beginning to the
    /// allocator's own notes, so the whole is not waited for. Eight random bytes are no accident.
    private static let window = 8

    /// How many places in memory that would be dumped hold a piece of `needle`, which itself lies in
    /// memory that is not. The stack of the caller is left out: looking puts pieces there, because
    /// the first call of each library function saves the registers on it.
    static func occurrences(of needle: SecretBytes) throws -> Int {
        let memory = unsafe open("/proc/self/mem", O_RDONLY | O_CLOEXEC)
        guard memory >= 0 else { throw CocoaError(.fileReadNoPermission) }
        defer { close(memory) }
        let step = 1 << 20
        // Chunks overlap by a window, so that one across a border is seen.
        var buffer = [UInt8](repeating: 0, count: step + window)
        var found = 0
        var local = 0
        let ownStack = unsafe withUnsafeMutablePointer(to: &local) { UInt(bitPattern: $0) }
        for mapping in try mappings()
        where mapping.isWritable && !mapping.flags.contains("dd")
            && !(mapping.start..<mapping.end).contains(ownStack)
        {
            for start in stride(from: mapping.start, to: mapping.end, by: step) {
                let wanted = min(buffer.count, Int(mapping.end - start))
                // Memory that another test gave back meanwhile reads as nothing.
                let count = unsafe buffer.withUnsafeMutableBytes {
                    unsafe pread(memory, $0.baseAddress, wanted, off_t(start))
                }
                if count >= window {
                    for offset in stride(from: 0, through: needle.count - window, by: window)
                    where contains(buffer, count, needle, offset) { found += 1 }
                }
                wipe(&buffer)
            }
        }
        return found
    }

    /// A file of /proc/self, read to its end: `String(contentsOfFile:)` stops after its first piece,
    /// because such files state no size.
    static func processFile(_ name: String) throws -> String {
        let handle = try FileHandle(forReadingFrom: URL(filePath: "/proc/self/\(name)"))
        return String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
    }

    private static func contains(
        _ bytes: [UInt8], _ count: Int, _ needle: SecretBytes, _ offset: Int
    ) -> Bool {
        unsafe needle.withPointer { secret in
            unsafe bytes.withUnsafeBytes { buffer in
                guard var here = buffer.baseAddress else { return false }
                let piece = unsafe secret + offset
                let last = unsafe here + (count - window)
                while unsafe here <= last,
                    let next = unsafe memchr(here, CInt(piece[0]), last - here + 1)
                {
                    if unsafe memcmp(next, piece, window) == 0 { return true }
                    unsafe here = UnsafeRawPointer(next) + 1
                }
                return false
            }
        }
    }
}
