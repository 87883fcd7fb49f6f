import Diagnostics

/// Tells a template's `{{…}}` from braces that stand side by side.
///
/// `{{name}}` needs a name of letters, digits, `_` and `-` on one line, spaces around it allowed;
/// `{{#word …}}` and `{{/word …}}` are always meant for the template, known or not.
enum PlaceholderScanner {
    static func placeholder(in source: SourceFile, at offset: Int) -> Placeholder? {
        let bytes = source.bytes
        guard offset + 2 < bytes.count, bytes[offset] == UInt8(ascii: "{"),
            bytes[offset + 1] == UInt8(ascii: "{"), let end = closing(bytes, from: offset + 2)
        else { return nil }
        let inner = String(decoding: bytes[offset + 2..<end], as: UTF8.self)
        guard let kind = kind(of: inner) else { return nil }
        return Placeholder(kind, at: source.range(offset, end + 2), context: .code)
    }

    /// The offset of the `}}` that ends it, within a line and a reasonable length.
    private static func closing(_ bytes: [UInt8], from start: Int) -> Int? {
        let limit = min(bytes.count - 1, start + longestPlaceholder)
        var index = start
        while index < limit {
            switch bytes[index] {
            case UInt8(ascii: "\n"), UInt8(ascii: "{"), UInt8(ascii: "\""): return nil
            case UInt8(ascii: "}"): return bytes[index + 1] == UInt8(ascii: "}") ? index : nil
            default: index += 1
            }
        }
        return nil
    }

    /// Keeps the search linear in a file of many `{{`.
    private static let longestPlaceholder = 256

    private static func kind(of inner: String) -> Placeholder.Kind? {
        let words = inner.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
        guard let first = words.first else { return nil }
        if first.utf8.first == UInt8(ascii: "#") || first.utf8.first == UInt8(ascii: "/") {
            switch (first, words.count) {
            case ("#if", 2) where isName(words[1]): return .blockStart(name: words[1], negated: false)
            case ("#unless", 2) where isName(words[1]): return .blockStart(name: words[1], negated: true)
            case ("/if", 1): return .blockEnd(negated: false)
            case ("/unless", 1): return .blockEnd(negated: true)
            default: return first.utf8.dropFirst().first?.isLetter == true ? .unknown(inner) : nil
            }
        }
        return words.count == 1 && isName(first) ? .value(name: first) : nil
    }

    private static func isName(_ word: String) -> Bool {
        guard let first = word.utf8.first, first.startsName else { return false }
        return word.utf8.allSatisfy { $0.startsName || $0.isDigit || $0 == UInt8(ascii: "-") }
    }
}
