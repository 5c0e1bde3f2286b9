/// Ends the process with a message when an invariant of our own code is broken.
///
/// A failing `precondition` is mute in release builds; this one says what broke and where. It is
/// for bugs only: hostile input is a verdict, never a `require`.
@inlinable
public func require(
    _ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> String,
    file: StaticString = #fileID, line: UInt = #line
) {
    if !condition() { broken(message(), file: file, line: line) }
}

/// `require` where the compiler must know that nothing follows.
public func broken(
    _ message: String, file: StaticString = #fileID, line: UInt = #line
) -> Never {
    fatalError("invariant broken: \(message)", file: file, line: line)
}
