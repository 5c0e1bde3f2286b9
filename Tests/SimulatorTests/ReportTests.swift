import Foundation
import FoundationXML
import Simulator
import Testing

@Suite("Reports") struct ReportTests {
    private static func runs(
        _ seeds: ClosedRange<UInt64>, _ change: (inout Scenario) -> Void = { _ in }
    )
        -> [RunRecord]
    {
        var scenario = Scenario()
        scenario.summary = "four <nodes> & a \"quote\""
        scenario.honestNodes = 4
        scenario.dialledLinks = 2
        scenario.activeSeconds = 20
        scenario.settleSeconds = 20
        scenario.sampleSeconds = 10
        change(&scenario)
        return seeds.map { RunRecord(Simulation(scenario, seed: $0).run()) }
    }

    /// Cells of the table in the figure with an id, by the names of line and column.
    private static func cells(_ html: String, figure id: String) throws -> [String: [Double?]] {
        let document = try XMLDocument(
            data: Data(html.utf8), options: [.nodeLoadExternalEntitiesNever])
        let figure = try #require(
            try document.nodes(forXPath: "//*[local-name()='figure'][@id='\(id)']").first)
        var found: [String: [Double?]] = [:]
        for row in try figure.nodes(forXPath: ".//*[local-name()='tbody']/*[local-name()='tr']") {
            let name = try #require(
                try row.nodes(forXPath: "*[local-name()='th']").first?.stringValue)
            found[name] = try row.nodes(forXPath: "*[local-name()='td']").map { cell in
                try cell.nodes(forXPath: "@data-value").first?.stringValue.flatMap(Double.init)
            }
        }
        return found
    }

    @Test("the page is well-formed, loads nothing, and says in words what its pictures show")
    func wellFormed() throws {
        let page = ReportPage([RunSeries(name: "a <b>", runs: Self.runs(1...2))]).html
        let document = try XMLDocument(data: Data(page.utf8), options: [])
        #expect(!page.contains("<script"))
        let links = try document.nodes(forXPath: "//@href | //@src")
        #expect(links.isEmpty)
        let pictures = try document.nodes(forXPath: "//*[local-name()='svg']")
        #expect(pictures.count >= 5)
        for picture in pictures {
            let title = try picture.nodes(forXPath: "*[local-name()='title']").first?.stringValue
            let text = try picture.nodes(forXPath: "*[local-name()='desc']").first?.stringValue
            #expect(title?.isEmpty == false && text?.isEmpty == false)
        }
        let tables = try document.nodes(
            forXPath: "//*[local-name()='figure']//*[local-name()='table']")
        #expect(tables.count >= pictures.count)
        #expect(page.contains("prefers-color-scheme: dark"))
    }

    /// Figures of judged lists, as a run with `recommendation.egos` states them.
    private static func judged(seed: UInt64, sybils: Double) -> RunRecord {
        func end(_ metric: String, _ value: Double) -> MetricRow {
            MetricRow(tick: 60, metric: metric, group: MetricRow.figureGroup, value: value)
        }
        var run = runs(seed...seed)[0]
        run.rows += [
            end("attack.sybils", sybils), end("attack.identities", sybils + 2),
            end("attack.edges", 5),
        ]
        for (method, spam) in [("taste", 0.5), ("salsa", 8.0)] {
            run.rows += [
                end("spam_at_20.\(method)", spam + Double(seed)),
                end("spam_at_20_without_attack.\(method)", 0),
                end("recall_at_20.\(method)", 0.25),
                end("recall_at_20_without_attack.\(method)", 0.5),
            ]
        }
        for (alpha, clean) in [("0.15", 1.0), ("0.5", 4.0)] {
            for (metric, value) in [("front_spam_at_20", clean), ("front_recall_at_20", 0.3)] {
                run.rows.append(
                    MetricRow(tick: 60, metric: metric, group: "taste \(alpha)", value: value))
            }
        }
        return run
    }

    @Test(
        "runs whose lists were judged show gain and recall beside the undefended, by size and on a front"
    )
    func attackers() throws {
        let page = ReportPage([
            RunSeries(name: "few", runs: (1...2).map { Self.judged(seed: $0, sybils: 10) }),
            RunSeries(name: "many", runs: (1...2).map { Self.judged(seed: $0, sybils: 40) }),
        ]).html
        // A line for each engine, its columns few and many, then both without attackers.
        let spam = try Self.cells(page, figure: "spam-at-20")
        #expect(
            spam["taste"] == [2, 2, 0, 0] && spam["salsa"] == [9.5, 9.5, 0, 0])
        for id in ["recall-at-20", "gain-by-sybils", "recall-by-attackers", "trust-relevance"] {
            #expect(page.contains("id=\"\(id)\""), "\(id)")
        }
        // One size of it in all series shows no dependence.
        #expect(!page.contains("id=\"gain-by-edges\""))
        #expect(
            !ReportPage([RunSeries(name: "a", runs: Self.runs(1...1))]).html.contains("spam-at-20"))
    }

    @Test("every number in the tables is the mean of the rows of metrics.tsv")
    func numbers() throws {
        let runs = Self.runs(1...3)
        // As a reader of the directory would have them.
        let read = try runs.map { run -> RunRecord in
            var copy = run
            copy.rows = try MetricRow.rows(
                tsv: MetricRow.tsv(run.rows, run: run.traceHash, seed: run.seed), path: "x")
            return copy
        }
        #expect(read.map(\.rows) == runs.map(\.rows))
        let page = ReportPage([RunSeries(name: "a", runs: read)]).html
        for metric in ["bytes_per_delivery", "convergence", "copies_per_delivery"] {
            let id = String(metric.map { $0 == "_" ? "-" : $0 })
            let cells = try Self.cells(page, figure: id)
            for tick in [UInt64(10), 20, 30, 40] {
                let values = runs.flatMap(\.rows).filter {
                    $0.metric == metric && $0.tick == tick && $0.group == "honest"
                }.map(\.value)
                #expect(values.count == 3)
                #expect(
                    cells["\(tick)"] == [values.reduce(0, +) / 3], "\(metric) at \(tick) s")
            }
        }
        let figures = try Self.cells(page, figure: "figures")
        for name in ["published", "deliveries", "bytes_sent", "verdict.accepted"] {
            let values = runs.compactMap { run in
                run.rows.first { $0.metric == name && $0.group == MetricRow.figureGroup }?.value
            }
            #expect(values.count == 3)
            #expect(figures[name] == [values.reduce(0, +) / 3], "\(name)")
        }
    }

    @Test("the propagation is a distribution: it rises from 0 to exactly 1")
    func distribution() throws {
        let run = try #require(Self.runs(5...5).first)
        let shares = run.rows.filter { $0.metric == "delay_cdf" }.map(\.value)
        #expect(shares.count > 3)
        #expect(shares == shares.sorted())
        #expect(shares.last == 1)
    }

    @Test("the trust graph has an edge for each neighbour, and tells who is hostile")
    func graph() throws {
        var scenario = Scenario()
        scenario.honestNodes = 6
        scenario.trustNeighbours = 2
        scenario.rewiring = 0
        scenario.activeSeconds = 20
        scenario.settleSeconds = 20
        scenario.keySpinners = 1
        scenario.attackEdges = 1
        let simulation = Simulation(scenario, seed: 4)
        _ = simulation.run()
        let graph = simulation.trustGraph
        let hostile = try #require(graph.authors.firstIndex { $0.role == "byzantine" })
        let honest = graph.edges.filter { $0.from < 6 && $0.to < 6 }
        #expect(honest.count == 6 * 2 && honest.allSatisfy { $0.weight == 1 })
        #expect(graph.edges.filter { $0.from < 6 && $0.to == hostile }.count == 1)
        let document = try XMLDocument(data: Data(graph.graphML.utf8), options: [])
        let edges = try document.nodes(forXPath: "//*[local-name()='edge']")
        #expect(edges.count == graph.edges.count)
    }

    @Test("metrics.tsv with a line that is no row is refused with its number")
    func badRows() {
        let text = "run\tseed\ttick\tmetric\tgroup\tvalue\nr\t1\t2\tm\tg\t3\nr\t1\tx\tm\tg\t3\n"
        let failure = #expect(throws: ScenarioFailure.self) {
            try MetricRow.rows(tsv: text, path: "metrics.tsv")
        }
        #expect(failure?.message.hasPrefix("metrics.tsv, line 3") == true)
    }

    private static let chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    @Test(
        "a browser without a network draws the page, in light and in dark",
        .enabled(if: chromium != nil, "needs a browser: apt-get install chromium"))
    func browser() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("simnet-report-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("report.html")
        let page = ReportPage([RunSeries(name: "a", runs: Self.runs(1...2))]).html
        try Data(page.utf8).write(to: file)
        var pictures: [Data] = []
        for scheme in ["light", "dark"] {
            let picture = folder.appendingPathComponent("\(scheme).png")
            let browser = Process()
            browser.executableURL = URL(fileURLWithPath: try #require(Self.chromium))
            browser.arguments = [
                "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                "--host-resolver-rules=MAP * ~NOTFOUND", "--window-size=1000,2000",
                "--user-data-dir=\(folder.appendingPathComponent(scheme).path)",
                "--blink-settings=preferredColorScheme=\(scheme == "dark" ? 0 : 1)",
                "--screenshot=\(picture.path)", file.absoluteString,
            ]
            browser.standardOutput = FileHandle.nullDevice
            browser.standardError = FileHandle.nullDevice
            try browser.run()
            browser.waitUntilExit()
            #expect(browser.terminationStatus == 0)
            pictures.append(try Data(contentsOf: picture))
        }
        // An empty page of this size takes some 10 kB.
        #expect(pictures.allSatisfy { $0.count > 40_000 })
        #expect(pictures[0] != pictures[1])
    }
}
