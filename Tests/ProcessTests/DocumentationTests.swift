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

        @Test("every test that the threat model names exists")
        func namedTests() throws {
            let folder = Bench.packageRoot.appendingPathComponent("Tests")
            let files = try #require(
                FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
            var sources = ""
            for case let file as URL in files where file.pathExtension == "swift" {
                sources += try String(contentsOf: file, encoding: .utf8)
            }
            var named = 0
            for line in try text(of: "docs/security.md").split(separator: "\n")
            where line.hasPrefix("| ") {
                let last = line.split(separator: "|").last ?? ""
                for match in last.matches(of: /`([^`]+)`/) {
                    named += 1
                    #expect(sources.contains("\"\(match.output.1)\""), "\(match.output.1)")
                }
            }
            #expect(named > 30)
        }

        @Test("each of the 45 threats has one row, with a test or with what is not done")
        func threatRows() throws {
            var seen: [Int: Int] = [:]
            for line in try text(of: "docs/security.md").split(separator: "\n") {
                let cells = line.split(separator: "|").map(String.init)
                guard cells.count >= 4, cells[0].hasPrefix(" T"), line.hasPrefix("| T") else {
                    continue
                }
                for match in cells[0].matches(of: /T(\d+)/) {
                    seen[Int(match.output.1) ?? 0, default: 0] += 1
                }
                let isShown = cells.last?.contains("`") == true || line.contains("not done")
                #expect(isShown, "\(cells[0])")
            }
            #expect(seen.keys.sorted() == Array(1...45))
            #expect(seen.values.allSatisfy { $0 == 1 })
        }

        /// The longest prefix of words that is a command takes `--help`; the rest are arguments.
        private func checkCommand(_ path: [String], _ command: Command) throws {
            let result = try CommandResult.run(Bench.binary, path + ["--help"])
            #expect(result.exitCode == 0, "\(command): \(result.errorOutput)")
            let usage = result.output.split(separator: "\n").first { $0.hasPrefix("USAGE:") } ?? ""
            let depth = usage.split(separator: " ").dropFirst(2)
                .prefix { word in path.contains(String(word)) }.count
            let isGroup = usage.contains("<subcommand>")
            #expect(isGroup ? depth == path.count : depth >= 1, "\(command): \(usage)")
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
