/// How lines are told apart: by colour, and by dashes for who does not see the colours.
enum SeriesStyle {
    /// Series past these repeat.
    static let count = 6

    /// The palette of Okabe & Ito (2008), darker on light ground and lighter on dark.
    static let light = ["#0067a6", "#c24e00", "#007a58", "#a8548a", "#8a6d00", "#4b5563"]
    static let dark = ["#6cb8ff", "#ff9d5c", "#3fd0a2", "#f0a3d0", "#e6c34a", "#b4bcc8"]
    static let dashes = ["none", "7 4", "2 3", "9 3 2 3", "12 4", "4 2"]
}

extension ReportPage {
    static var style: String {
        var rules = """
            :root { color-scheme: light dark; --ground: #ffffff; --ink: #1b1f24; --soft: #59636e;
            --grid: #e3e7eb; --card: #f6f8fa; --edge: #d5dbe1; --bad: #b3261e; --good: #1a7f4b;
            \(palette(SeriesStyle.light)) }
            @media (prefers-color-scheme: dark) { :root { --ground: #14171b; --ink: #e8ebee;
            --soft: #9aa4af; --grid: #2b3138; --card: #1b1f24; --edge: #343b43; --bad: #ff8a80;
            --good: #62d196; \(palette(SeriesStyle.dark)) } }
            body { background: var(--ground); color: var(--ink); margin: 0 auto; max-width: 62rem;
            padding: 1.5rem 1rem 4rem; font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; }
            h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 0 0 .25rem; }
            p { margin: .25rem 0 1rem; } figcaption, .soft { color: var(--soft); font-size: .92rem; }
            figure { margin: 2rem 0 0; padding: 1rem 1.1rem; background: var(--card);
            border: 1px solid var(--edge); border-radius: 8px; }
            svg { display: block; width: 100%; height: auto; margin: .25rem 0; }
            svg text { fill: var(--ink); font-size: 12px; } svg .tick, svg .note { fill: var(--soft);
            font-size: 11px; } .grid { stroke: var(--grid); stroke-width: 1; }
            .curve { fill: none; stroke-width: 2.2; stroke-linejoin: round; }
            .band { stroke: none; opacity: .18; } .bound { stroke: var(--bad); stroke-width: 1.5;
            stroke-dasharray: 6 4; } .whisker { stroke: var(--ink); stroke-width: 1.5; }
            .legend { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; margin: .2rem 0;
            padding: 0; font-size: .92rem; } .legend li::before { content: ""; display: inline-block;
            width: 1.6rem; border-top: 3px solid; margin: 0 .45rem .25rem 0; }
            .wide { overflow-x: auto; }
            table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums;
            margin: .5rem 0; } caption { text-align: left; color: var(--soft); padding: .2rem 0; }
            th, td { padding: .15rem .7rem .15rem 0; text-align: right;
            border-bottom: 1px solid var(--edge); } th[scope=row], th:first-child, .words { text-align: left;
            font-weight: 500; } summary { cursor: pointer; color: var(--soft); font-size: .92rem;
            padding: .3rem 0; } pre { font-size: .82rem; overflow-x: auto; }
            .bad { color: var(--bad); } .good { color: var(--good); }
            @media print { figure { break-inside: avoid; } }

            """
        for number in 0..<SeriesStyle.count {
            rules += """
                .curve.s\(number) { stroke: var(--s\(number)); \
                stroke-dasharray: \(SeriesStyle.dashes[number]); }
                .band.s\(number), .bar.s\(number), .dot.s\(number) { fill: var(--s\(number)); }
                .legend .s\(number)::before { border-color: var(--s\(number)); \
                border-top-style: \(borders[number]); }

                """
        }
        return rules
    }

    /// The nearest that a border has to a dash pattern.
    private static let borders = ["solid", "dashed", "dotted", "dashed", "dashed", "dotted"]

    private static func palette(_ colours: [String]) -> String {
        colours.enumerated().map { "--s\($0.offset): \($0.element);" }.joined(separator: " ")
    }
}
