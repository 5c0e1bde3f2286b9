/// One line of a file: its number, counted from 1, and its bytes without the line end.
struct RawLine {
    let number: UInt64
    /// Nil when the line was longer than `LineSplitter.maximumLineBytes`; its bytes were dropped.
    let bytes: ArraySlice<UInt8>?
}

/// Cuts a stream of chunks into lines while holding at most one line.
///
/// Lines end with LF or CR LF; the last one may lack its end. Memory is bounded by the chunk and
/// `maximumLineBytes`, however long a line is.
struct LineSplitter: Sendable {
    /// A line of a data set is a few hundred bytes; what is longer is not one.
    static let maximumLineBytes = 64 * 1024

    private var partial: [UInt8] = []
    private var isOverlong = false
    private var number: UInt64 = 0

    /// The lines that `chunk` completes. O(bytes of the chunk and of the line that it continues).
    mutating func append(_ chunk: [UInt8]) -> [RawLine] {
        var lines: [RawLine] = []
        var rest = chunk[...]
        while let end = rest.firstIndex(of: 0x0a) {
            lines.append(complete(rest[..<end]))
            rest = rest[(end + 1)...]
        }
        hold(rest)
        return lines
    }

    /// The line without an end, if there is one.
    mutating func finish() -> RawLine? {
        partial.isEmpty && !isOverlong ? nil : complete([])
    }

    private mutating func hold(_ bytes: ArraySlice<UInt8>) {
        guard !isOverlong else { return }
        if partial.count + bytes.count > Self.maximumLineBytes {
            isOverlong = true
            partial = []
        } else {
            partial.append(contentsOf: bytes)
        }
    }

    private mutating func complete(_ tail: ArraySlice<UInt8>) -> RawLine {
        number += 1
        var line = tail
        if isOverlong || !partial.isEmpty {
            hold(tail)
            line = partial[...]
        } else if tail.count > Self.maximumLineBytes {
            isOverlong = true
        }
        defer {
            partial = []
            isOverlong = false
        }
        guard !isOverlong else { return RawLine(number: number, bytes: nil) }
        return RawLine(number: number, bytes: line.last == 0x0d ? line.dropLast() : line)
    }
}
