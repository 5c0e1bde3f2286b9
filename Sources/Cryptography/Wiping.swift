import CSodium

/// Overwrites the array's own storage with zeros in a way that the optimiser keeps.
///
/// It reaches only this copy: use it on arrays that were never assigned to a second variable.
func wipe<Element: BitwiseCopyable>(_ bytes: inout [Element]) {
    unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe sodium_memzero(buffer.baseAddress, buffer.count)
    }
}
