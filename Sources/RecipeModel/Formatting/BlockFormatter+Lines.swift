import Diagnostics

extension BlockFormatter {
    /// A value with what stands before it on its line and where it ends.
    struct Value {
        var node: YAMLNode
        /// The key with its colon, or the dash.
        var head: String
        /// What stands behind the head on its line, without blanks around it.
        var rest: String
        var line: Int
        /// The last line of the value.
        var contentEnd: Int
        /// Where what follows begins.
        var end: Int
        /// The column of the key or dash, from 1.
        var column: Int
        var isScript = false
    }

    /// A line without its end.
    func text(_ line: Int) -> String { String(decoding: source.line(line), as: UTF8.self) }

    /// What stands behind a key and its colon; nil where the colon is not on the key's line.
    func rest(behind key: YAMLNode) -> String? {
        let line = source.line(key.range.start.line)
        guard key.range.end.line == key.range.start.line, key.range.upper <= line.endIndex else { return nil }
        let before = source.bytes[line.startIndex..<key.range.lower]
        // What else may stand before a key, such as an anchor, is not moved with it.
        guard before.allSatisfy({ [0x20, 0x2D, 0xEF, 0xBB, 0xBF].contains($0) }) else { return nil }
        let behind = source.bytes[key.range.upper..<line.endIndex].drop { $0 == 0x20 }
        guard behind.first == UInt8(ascii: ":") else { return nil }
        return Self.trimmed(String(decoding: behind.dropFirst(), as: UTF8.self))
    }

    /// The last line of an entry's value.
    func contentEnd(_ entry: YAMLNode.Entry) -> Int {
        max(entry.key.range.start.line, contentEnd(entry.value))
    }

    /// The last line of a value.
    func contentEnd(_ node: YAMLNode) -> Int {
        switch node.content {
        case .mapping(let entries) where !isFlow(node):
            return entries.map(contentEnd).max() ?? node.range.start.line
        case .sequence(let items) where !isFlow(node):
            return items.map(contentEnd).max() ?? node.range.start.line
        default:
            let end = node.range.end
            var line = end.column == 1 && end.line > node.range.start.line ? end.line - 1 : end.line
            while line > node.range.start.line, Self.trimmed(text(line)).isEmpty { line -= 1 }
            return line
        }
    }

    /// The first line of the comments and blank lines before a line that belong to what stands there.
    func leadingStart(before line: Int, column: Int, notBefore least: Int, _ end: Int) -> Int {
        var start = line
        guard line < end else { return end }
        while start > least {
            let above = text(start - 1)
            let trimmed = Self.trimmed(above)
            guard trimmed.isEmpty || trimmed.hasPrefix("#") && Self.indentation(above) < column else { break }
            start -= 1
        }
        return start
    }

    private func isFlow(_ node: YAMLNode) -> Bool {
        let byte = node.range.lower < source.bytes.count ? source.bytes[node.range.lower] : 0
        return byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[")
    }

    static func isFlow(_ rest: String) -> Bool { rest.hasPrefix("{") || rest.hasPrefix("[") }

    static func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

    static func indentation(_ line: String) -> Int { line.utf8.prefix { $0 == 0x20 }.count }

    /// Without blanks at both ends.
    static func trimmed(_ line: String) -> String {
        RecipeMeaning.trimmedEnd(String(decoding: line.utf8.drop { $0 == 0x20 || $0 == 0x09 }, as: UTF8.self))
    }

    /// At most one blank line in a row, and nothing at line ends.
    static func squeezed(_ lines: [String]) -> [String] {
        var result: [String] = []
        for line in lines.map(RecipeMeaning.trimmedEnd) where !line.isEmpty || result.last != "" {
            result.append(line)
        }
        return result
    }

    /// The lines of pieces, the first one without blank lines before it.
    static func lines(_ pieces: [Piece], indent: Int, withFirstLeading: Bool = true) -> [String] {
        pieces.enumerated().flatMap { index, piece in
            var leading = squeezed(piece.leading)
            if index == 0 {
                leading = withFirstLeading ? Array(leading.drop { $0.isEmpty }) : []
            }
            return leading.map { $0.isEmpty ? "" : spaces(indent) + $0 } + piece.body
        }
    }
}
