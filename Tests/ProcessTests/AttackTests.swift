import Daemon
import Dispatch
import Foundation
import Primitives
import TestSupport
import Testbed
import Testing
import Transport

extension ProcessTests {
    /// T11, T12, T20 and T21 of the threat model against a running daemon.
    @Suite("Hostile connections") struct Attacks {
        static let memoryBytes: UInt64 = 16 << 20
        static let seconds = 5

        @Test(
            "a daemon under a hostile client stays up, stays small and serves its peer",
            .enabled(
                if: Bench.attackTool != nil && ForeignPeer.isUsable,
                "needs ../shared/tools/attacks/zmtp_attack.py, python3-zmq and python3-nacl"),
            arguments: [
                "endless-multipart", "more-before-hello", "connect-flood", "half-open", "drip",
                "garbage",
            ])
        func attack(mode: String) throws {
            let tool = try #require(Bench.attackTool)
            try Bench.withChain(["ana"]) { network in
                let node = network.nodes[0]
                let process = try #require(node.processIdentifier)
                let served = try ForeignPeer(facing: node)
                    .start(["serve", "--seconds", String(Self.seconds + 3)])
                #expect(served.outputLine(seconds: 10) { $0.contains("ready") } != nil)
                let before = try #require(ProcessMemory.residentBytes(of: process))
                let attacker = try ChildProcess(
                    executable: URL(fileURLWithPath: Python.interpreter),
                    arguments: [
                        tool.path, mode, "--port", String(node.port), "--seconds",
                        String(Self.seconds), "--server-key", serverKey(of: node),
                    ])
                let most = largest(of: process, while: attacker)
                attacker.drain()

                #expect(
                    attacker.wait(seconds: 10) == .exited(0),
                    "\(attacker.outputText) \(attacker.errorText)")
                let growth = most > before ? most - before : 0
                #expect(growth <= Self.memoryBytes, "\(mode): grew by \(growth >> 10) KiB")
                let peer = try ForeignPeer.answer(of: served, as: ForeignPeer.Served.self)
                #expect(peer.answers > 50, "\(mode): \(peer)")
                #expect(peer.longestSilenceS < 1, "\(mode): \(peer)")
                #expect(try node.status().links.connected <= 2)
            }
        }

        private func serverKey(of node: LocalNode) throws -> String {
            try #require(NodeKey(hex: node.identity().nodeKey)).z85
        }

        /// The most resident memory of a process for as long as another one runs.
        private func largest(of process: Int32, while attacker: ChildProcess) -> UInt64 {
            var most: UInt64 = 0
            while attacker.wait(seconds: 0.02) == nil {
                most = max(most, ProcessMemory.residentBytes(of: process) ?? 0)
            }
            return max(most, ProcessMemory.residentBytes(of: process) ?? 0)
        }
    }
}
