/// Elements of a page that is well-formed XML and HTML at once.
struct Markup {
    private(set) var text = ""

    /// An element around what `body` writes. Attribute values are escaped.
    mutating func element(
        _ name: String, _ attributes: [(String, String)] = [],
        _ body: (inout Markup) -> Void
    ) {
        text += "<\(name)\(Self.list(attributes))>"
        body(&self)
        text += "</\(name)>\n"
    }

    mutating func element(_ name: String, _ words: String) { element(name, [], words) }

    mutating func element(
        _ name: String, _ attributes: [(String, String)], _ words: String
    ) {
        text += "<\(name)\(Self.list(attributes))>\(Self.escaped(words))</\(name)>\n"
    }

    /// An element without content.
    mutating func empty(_ name: String, _ attributes: [(String, String)]) {
        text += "<\(name)\(Self.list(attributes)) />\n"
    }

    mutating func raw(_ markup: String) { text += markup }

    static func escaped(_ words: String) -> String {
        var text = ""
        for scalar in words.unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            // XML has no place for other control characters.
            case _ where scalar.value < 0x20 && scalar != "\n" && scalar != "\t": text += "?"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    private static func list(_ attributes: [(String, String)]) -> String {
        attributes.map { " \($0.0)=\"\(escaped($0.1))\"" }.joined()
    }
}

extension Double {
    /// A place in a picture: a tenth of a pixel is enough.
    var place: String {
        let tenths = (self * 10).rounded() / 10
        return tenths == tenths.rounded() ? "\(Int(tenths))" : "\(tenths)"
    }
}
