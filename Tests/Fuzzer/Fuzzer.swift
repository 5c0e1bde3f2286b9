import FuzzTargets
import Glibc
import Primitives

/// libFuzzer's entry, called with every input. One program serves all targets: the environment's
/// `VOUCHBIRD_FUZZ_TARGET` names the one to run.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let buffer = unsafe UnsafeBufferPointer(start: bytes, count: count)
    target.check(unsafe Array(buffer))
    return 0
}

/// libFuzzer's hook before the first input: writes the seeds into `VOUCHBIRD_FUZZ_SEEDS`, if that is set.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _ count: UnsafeMutablePointer<CInt>?,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?
) -> CInt {
    guard let folder = environment("VOUCHBIRD_FUZZ_SEEDS") else { return 0 }
    for (number, seed) in target.seeds.enumerated() {
        let path = "\(folder)/seed-\(number)"
        guard let file = unsafe fopen(path, "w") else { fatalError("cannot write \(path)") }
        require(
            unsafe fwrite(seed, 1, seed.count, file) == seed.count && fclose(file) == 0,
            "\(path) is written")
    }
    return 0
}

private let target: FuzzTarget = {
    guard let target = environment("VOUCHBIRD_FUZZ_TARGET").flatMap(FuzzTarget.init) else {
        let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
        fatalError("VOUCHBIRD_FUZZ_TARGET is one of \(names)")
    }
    return target
}()

private func environment(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
}
