import ArgumentParser
import Daemon

struct ExportTrust: Leaf {
    static let configuration = CommandConfiguration(
        commandName: "trust", abstract: "The trust graph: your edges, or with --all everybody's.")

    enum Form: String, ExpressibleByArgument, CaseIterable { case tsv, net, jsonl, graphml, dot }

    @OptionGroup var global: GlobalOptions
    @OptionGroup var target: ExportTarget
    @Option(
        name: .customLong("as"),
        help: "tsv (author, author, weight), net (RecBole), jsonl, graphml or dot.")
    var form = Form.tsv
    @Flag(help: "Everything that this node knows, not only what you wrote.") var all = false

    func execute(_ session: Session) async throws {
        try session.checkExport(target)
        let client = try session.client()
        var writer = try RowWriter(target)
        try writer.frame(head)
        var known: Set<String> = []
        try forEachEdge(.trust, own: !all, client) { edge in
            if form == .graphml {
                for author in [edge.author, edge.target] where known.insert(author).inserted {
                    try writer.frame("    <node id=\"\(ExportRow.xml(author))\"/>\n")
                }
            }
            try writer.row(row(edge))
        }
        try writer.frame(tail)
        try writer.finish()
        try session.reportExport("trust", form.rawValue, target, writer)
    }

    private var head: String {
        switch form {
        case .tsv, .jsonl: ""
        case .net: "source_id:token\ttarget_id:token\tweight:float\n"
        case .dot: "digraph trust {\n"
        case .graphml:
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <graphml xmlns="http://graphml.graphdrawing.org/xmlns">
              <key id="weight" for="edge" attr.name="weight" attr.type="double"/>
              <graph id="trust" edgedefault="directed">

            """
        }
    }

    private var tail: String {
        switch form {
        case .tsv, .jsonl, .net: ""
        case .dot: "}\n"
        case .graphml: "  </graph>\n</graphml>\n"
        }
    }

    private func row(_ edge: EdgesDocument.Edge) throws -> String {
        let weight = ExportRow.number(edge.weight)
        switch form {
        case .tsv, .net: return "\(edge.author)\t\(edge.target)\t\(weight)"
        case .jsonl: return try ExportRow.json(edge)
        case .dot: return "  \"\(edge.author)\" -> \"\(edge.target)\" [weight=\(weight)];"
        case .graphml:
            let ends =
                "source=\"\(ExportRow.xml(edge.author))\" target=\"\(ExportRow.xml(edge.target))\""
            return "    <edge \(ends)><data key=\"weight\">\(weight)</data></edge>"
        }
    }
}
