/// Turns diagnostics into text for a person: `FILE:LINE:COLUMN: error: …`, the line, a caret under the place.
public struct DiagnosticRenderer: Sendable {
    /// Whether to colour with ANSI escapes.
    public var isColored: Bool
    /// The most bytes of a source line that are shown; a longer line is cut around the caret.
    public var excerptWidth: Int
    /// Where generated text came from, for ranges that lie in it.
    public var sourceMap: SourceMap?

    /// Creates a renderer.
    public init(isColored: Bool = false, excerptWidth: Int = 160, sourceMap: SourceMap? = nil) {
        self.isColored = isColored
        self.excerptWidth = excerptWidth
        self.sourceMap = sourceMap
    }

    /// All of them, each ending in a line end.
    public func render(_ diagnostics: [Diagnostic]) -> String {
        diagnostics.map(render).joined()
    }

    /// One of them, ending in a line end.
    public func render(_ diagnostic: Diagnostic) -> String {
        let range = diagnostic.range.map(original)
        var text = header(diagnostic.severity, diagnostic.message, at: range)
        if let range { text += excerpt(of: range) }
        if let generated = diagnostic.range, let range, generated.source !== range.source,
            generated.source.line(generated.start.line).trimmed != range.source.line(range.start.line).trimmed
        {
            let line = Self.printable(generated.source.line(generated.start.line).trimmed)
            text += header(.note, "expanded to: \(line.prefix(excerptWidth))", at: nil, isNested: true)
        }
        if let fixIt = diagnostic.fixIt {
            text += header(.note, "replace with '\(fixIt.replacement)'", at: nil, isNested: true)
        }
        for note in diagnostic.notes {
            let place = note.range.map(original)
            text += header(.note, note.message, at: place, isNested: place == nil)
            if let place { text += excerpt(of: place) }
        }
        return text
    }

    private func original(of range: SourceRange) -> SourceRange {
        sourceMap?.original(of: range) ?? range
    }

    private func header(
        _ severity: Severity, _ message: String, at range: SourceRange?, isNested: Bool = false
    ) -> String {
        let place = range.map { "\($0.source.name.visible):\($0.start): " } ?? ""
        let label =
            switch severity {
            case .note: paint("note:", "1;36")
            case .warning: paint("warning:", "1;35")
            case .error: paint("error:", "1;31")
            }
        let words = severity == .note ? message.visible : paint(message.visible, "1")
        return "\(isNested ? "  " : "")\(place)\(label) \(words)\n"
    }

    /// The source line and a line with a caret under the range's start and tildes under the rest of it.
    private func excerpt(of range: SourceRange) -> String {
        let start = range.start
        let line = range.source.line(start.line)
        guard !line.isEmpty else { return "" }
        let column = min(start.column - 1, line.count)
        let length = range.end.line == start.line ? range.upper - range.lower : line.count - column
        let first = column > excerptWidth * 3 / 4 ? column - excerptWidth / 2 : 0
        let shown = line.dropFirst(first).prefix(excerptWidth)
        let before = shown.prefix(column - first)
        let marked = shown.dropFirst(column - first).prefix(max(length, 1))
        let gutter = "\(start.line)"
        let indent = String(repeating: " ", count: gutter.count)
        let carets = "^" + String(repeating: "~", count: max(Self.width(marked) - 1, 0))
        return " \(gutter) | \(first > 0 ? "…" : "")\(Self.printable(shown))\n"
            + " \(indent) | \(first > 0 ? " " : "")\(String(repeating: " ", count: Self.width(before)))"
            + "\(paint(carets, "1;32"))\n"
    }

    private func paint(_ text: String, _ code: String) -> String {
        isColored ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }

    /// A source's bytes as a terminal may safely show them, each scalar in one column: tabs become a space,
    /// control characters a `?`.
    static func printable(_ bytes: ArraySlice<UInt8>) -> String {
        String(
            String.UnicodeScalarView(
                String(decoding: bytes, as: UTF8.self).unicodeScalars.map { scalar in
                    scalar == "\t" ? " " : scalar.isInvisible ? "?" : scalar
                }))
    }

    /// How many terminal columns the printable form takes, one a scalar.
    private static func width(_ bytes: ArraySlice<UInt8>) -> Int { printable(bytes).unicodeScalars.count }
}

extension ArraySlice<UInt8> {
    /// Without spaces and tabs at either end.
    fileprivate var trimmed: ArraySlice<UInt8> {
        let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) })
        else { return [] }
        return self[first...last]
    }
}
