/// XML or HTML in which every text is escaped, because there is no way to add one that is not.
///
/// Records come from hostile requests: what is not printable becomes a `?` too, which also keeps the result
/// well-formed XML.
struct Markup: Sendable, ExpressibleByArrayLiteral {
    private(set) var source: String

    private init(source: String) { self.source = source }

    /// Pieces one after the other.
    init(_ pieces: [Markup]) { source = pieces.map(\.source).joined() }

    init(arrayLiteral pieces: Markup...) { self.init(pieces) }

    /// Text, escaped.
    static func text(_ text: String) -> Markup { Markup(source: escaped(text)) }

    /// A program's own source, such as a style sheet; never anything that comes from outside.
    static func verbatim(_ source: StaticString) -> Markup { Markup(source: "\(source)") }

    /// An element; attributes are escaped.
    static func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:],
        _ content: Markup = []
    ) -> Markup {
        Markup(source: "\(start(name, attributes))>\(content.source)</\(name)>")
    }

    /// An element of a text.
    static func element(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], text: String
    ) -> Markup { element(name, attributes, .text(text)) }

    /// An element of HTML that has no end tag, or an empty one of XML.
    static func empty(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:]
    ) -> Markup { Markup(source: "\(start(name, attributes))/>") }

    static var lineEnd: Markup { Markup(source: "\n") }

    private static func start(
        _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String>
    ) -> String {
        "<\(name)" + attributes.map { " \($0.key)=\"\(escaped($0.value))\"" }.joined()
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in TerminalText(isUnicode: true).printable(text).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension Sequence<Markup> {
    /// The pieces, each on a line of its own.
    var lines: Markup { Markup(flatMap { [$0, .lineEnd] }) }
}
