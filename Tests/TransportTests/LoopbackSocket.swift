import Glibc

/// A plain TCP socket of this machine.
struct LoopbackSocket {
    let descriptor: Int32

    init(isBlocking: Bool = true) {
        // Other tests start processes: a listener that one of them held would keep its port after it was closed.
        var flags = Int32(SOCK_CLOEXEC.rawValue)
        if !isBlocking { flags |= Int32(SOCK_NONBLOCK.rawValue) }
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | flags, 0)
    }

    /// Listens at a free port; 0 if that fails. Below the ports that the system draws for outgoing connections: nobody
    /// gets it between a close and whoever listens there next.
    func listensAgain(backlog: Int32) -> UInt16 {
        for _ in 0..<64 {
            let port = listens(backlog: backlog, port: UInt16.random(in: 20_000..<32_000))
            if port > 0 { return port }
        }
        return 0
    }

    /// Listens at a port, 0 for any free one; 0 if that fails.
    func listens(backlog: Int32, port: UInt16 = 0) -> UInt16 {
        guard call(port, { unsafe Glibc.bind(descriptor, $0, $1) }) == 0,
            Glibc.listen(descriptor, backlog) == 0
        else { return 0 }
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &length)
            }
        }
        return status == 0 ? address.sin_port.bigEndian : 0
    }

    /// Connects; false if that fails or, without waiting, has only begun.
    func connects(to port: UInt16) -> Bool {
        call(port) { unsafe Glibc.connect(descriptor, $0, $1) } == 0
    }

    /// Makes an address of this machine the one that it connects from.
    func binds(to word: UInt32) -> Bool {
        call(0, host: word) { unsafe Glibc.bind(descriptor, $0, $1) } == 0
    }

    /// Connects without waiting longer than that. For a socket that does not block.
    func connects(to port: UInt16, withinMilliseconds limit: Int32) -> Bool {
        if connects(to: port) { return true }
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return unsafe poll(&entry, 1, limit) == 1 && entry.revents == Int16(POLLOUT)
    }

    func close() { _ = Glibc.close(descriptor) }

    @safe
    private func call(
        _ port: UInt16, host: UInt32 = 0x7f00_0001,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = host.bigEndian
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
