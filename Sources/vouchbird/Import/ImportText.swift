/// An import's report in words.
enum ImportText {
    static func print(_ report: ImportDocument, _ console: Console) {
        for file in report.files {
            let path = TerminalText.safe(file.path)
            console.note(
                file.format.map { "Read \(path) as \($0)" }
                    ?? "Left out \(path): \(file.leftOut ?? "")")
        }
        var counts = [
            "read \(TerminalText.count(report.read))",
            "\(report.isDryRun ? "accept" : "accepted") \(TerminalText.count(report.accepted))",
        ]
        if let duplicate = report.duplicate {
            counts.append("duplicate \(TerminalText.count(duplicate))")
        }
        if report.skipped > 0 {
            counts.append("skipped \(TerminalText.count(report.skipped)) (other users)")
        }
        counts.append("rejected \(TerminalText.count(report.rejected))")
        console.line(counts.joined(separator: "   "))
        if !report.rejects.isEmpty {
            console.note("First rejects:")
            for reject in report.rejects {
                console.note(
                    "  \(TerminalText.safe(reject.file)):\(reject.line)  "
                        + TerminalText.safe(reject.reason))
            }
        }
        if report.isInterrupted {
            console.note("Interrupted. What is counted above is kept; run it again to go on.")
        }
        if report.isDryRun { console.note("Nothing written (--dry-run).") }
        if !report.isPublished {
            console.note("Nothing was published: imports stay private unless --publish.")
        }
    }
}
