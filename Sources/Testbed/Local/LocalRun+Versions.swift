import Daemon

/// T45: what becomes of a directory when its program changes.
extension LocalRun {
    /// An upgrade that is taken back: one node of this version runs the older one on its directory, which either works
    /// or refuses without touching anything, and then this version again, which has all that was there.
    func goBack() throws(TestbedFailure) {
        guard let older else { return }
        findings.figures.append(
            ("older_nodes", Double(nodes.count { $0.binary == older })))
        // The first began as this version.
        let (number, node) = (0, nodes[0])
        node.stop()
        node.binary = older
        try node.start()
        let isTaken = hasStarted(node)
        findings.figures.append(("older_takes_directory", isTaken ? 1 : 0))
        if isTaken {
            try checkRecords(number, node)
            node.stop()
        } else {
            // Whoever runs it reads why.
            findings.check(
                node.lastWords.contains("later version"), "refusal-unexplained", node: number,
                at: now, node.lastWords)
        }
        node.binary = binary
        try node.start()
        try node.waitUntilReady()
        try checkRecords(number, node)
    }

    private func hasStarted(_ node: LocalNode) -> Bool {
        (try? node.waitUntilReady()) != nil
    }
}
