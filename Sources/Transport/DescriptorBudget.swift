import Glibc

/// Raises the process's limit of open files and says how many connections fit into it.
enum DescriptorBudget {
    /// Enough for every cap at its default, and for SQLite.
    static let wanted: rlim_t = 8_192

    /// The number of inbound connections that the limit allows, at most `limits.connections`.
    /// Each dialled peer takes four descriptors: its connection and the mailboxes of three sockets.
    static func connections(_ limits: TransportLimits) throws(TransportError) -> Int {
        var current = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        if unsafe getrlimit(resource, &current) != 0 { throw systemError("getrlimit", errno) }
        if current.rlim_cur < min(wanted, current.rlim_max) {
            current.rlim_cur = min(wanted, current.rlim_max)
            unsafe setrlimit(resource, &current)
            unsafe getrlimit(resource, &current)
        }
        let limit = Int(clamping: current.rlim_cur)
        let used = 64 + limits.reservedDescriptors + limits.halfOpen + 4 * limits.outboundLinks
        let room = min(limits.connections, limit - used)
        if room < 1 {
            throw TransportError(
                code: .tooFewDescriptors, operation: "RLIMIT_NOFILE",
                message: "\(limit) open files are allowed, \(used + 1) are the least that works")
        }
        return room
    }
}
