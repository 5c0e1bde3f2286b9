import Foundation
import Testbed
import Testing

extension ProcessTests {
    @Suite("What the documents say") struct Documentation {
        static let pages = ["README.md", "docs/quickstart.md", "docs/security.md"]

        /// A command of a fenced block, one line.
        private struct Command: Hashable {
            var page: String
            var words: [String]
        }

        @Test("every command in the README and the guides is a make goal or a real command")
        func commands() throws {
            let goals = try makeGoals()
            let commands = try Self.pages.flatMap { try self.commands(of: $0) }
            #expect(commands.count > 10)
            for command in Set(commands) {
                switch command.words[0] {
                case "make":
                    let named = command.words.dropFirst().filter { !$0.contains("=") }
                    #expect(Set(named).isSubset(of: goals), "\(command)")
                case "vouchbird":
                    let path = command.words.dropFirst().prefix { word in
                        word.allSatisfy { $0.isLowercase || $0 == "-" } && !word.hasPrefix("-")
                    }
                    try checkCommand(Array(path), command)
                case "docker", "git", "cd", "swift":
                    continue
                default:
                    Issue.record("\(command.page): what is \(command.words)?")
                }
            }
        }

        @Test("the README has the two commands and says what is not protected")
        func readme() throws {
            let commands = try self.commands(of: "README.md").map {
                $0.words.joined(separator: " ")
            }
            #expect(commands.contains("make demo") && commands.contains("make test"))
            #expect(try text(of: "README.md").contains("does not protect"))
        }

        @Test("no link inside the documents leads nowhere")
        func links() throws {
            for page in Self.pages + ["docs/architecture.md", "docs/protocol.md"] {
                let folder = Bench.packageRoot.appendingPathComponent(page)
                    .deletingLastPathComponent()
                for match in try text(of: page).matches(of: /\]\(([^)#]+)[^)]*\)/) {
                    let target = String(match.output.1)
                    guard !target.hasPrefix("http") else { continue }
                    let path = folder.appendingPathComponent(target).path
                    #expect(FileManager.default.fileExists(atPath: path), "\(page): \(target)")
                }
            }
        }

        /// The longest prefix of words that is a command takes `--help`; the rest are arguments.
        private func checkCommand(_ path: [String], _ command: Command) throws {
            let result = try CommandResult.run(Bench.binary, path + ["--help"])
            #expect(result.exitCode == 0, "\(command): \(result.errorOutput)")
            let usage = result.output.split(separator: "\n").first { $0.hasPrefix("USAGE:") } ?? ""
            let depth = usage.split(separator: " ").dropFirst(2)
                .prefix { word in path.contains(String(word)) }.count
            #expect(path.isEmpty || depth >= 1, "\(command): \(usage)")
        }

        private func makeGoals() throws -> Set<String> {
            let lines = try text(of: "Makefile").split(separator: "\n")
            return Set(
                lines.compactMap { $0.firstMatch(of: /^([a-z]+):/).map { String($0.output.1) } })
        }

        private func commands(of page: String) throws -> [Command] {
            var commands: [Command] = []
            var isShell = false
            for line in try text(of: page).split(
                separator: "\n", omittingEmptySubsequences: false)
            {
                if line.hasPrefix("```") {
                    isShell = line.hasPrefix("```sh")
                } else if isShell {
                    let bare = line.prefix { $0 != "#" }
                    let words = bare.split(separator: " ").map(String.init).drop { $0 == "$" }
                    if !words.isEmpty { commands.append(Command(page: page, words: Array(words))) }
                }
            }
            return commands
        }

        private func text(of page: String) throws -> String {
            try String(contentsOf: Bench.packageRoot.appendingPathComponent(page), encoding: .utf8)
        }
    }
}
