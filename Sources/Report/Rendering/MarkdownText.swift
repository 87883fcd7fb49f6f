/// Text within Markdown (GitHub's) that must not be taken for markup, a link or a mention.
enum MarkdownText {
    /// A value as code; one that holds what ends code or a table's cell as the HTML that Markdown allows.
    static func code(_ text: String) -> String {
        let text = TerminalText(isUnicode: true).printable(text)
        guard !text.isEmpty else { return "" }
        let isPlain =
            !text.contains { $0 == "`" || $0 == "|" || $0 == "\\" } && text.first != " " && text.last != " "
        return isPlain ? "`\(text)`" : "<code>\(entities(text))</code>"
    }

    /// Words within a line; letters, digits and spaces stay as they are.
    static func words(_ text: String) -> String {
        var result = ""
        for scalar in TerminalText(isUnicode: true).printable(text).unicodeScalars {
            if scalar.isASCII, "\\`*_{}[]<>()#+!|~&@$".unicodeScalars.contains(scalar) { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
        // What would be made a link by itself.
        return result.replacing("://", with: ":\\//").replacing("www.", with: "www\\.")
    }

    /// Lines as they are, in a fence that none of them closes.
    static func fenced(_ lines: [String]) -> [String] {
        var longest = 2
        for line in lines {
            longest = max(longest, line.split { $0 != "`" }.map(\.count).max() ?? 0)
        }
        let fence = String(repeating: "`", count: longest + 1)
        return [fence + "text"] + lines + [fence]
    }

    private static func entities(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if scalar == " " || !scalar.isASCII || scalar.properties.isAlphabetic
                || ("0"..."9").contains(scalar)
            {
                result.unicodeScalars.append(scalar)
            } else {
                result += "&#\(scalar.value);"
            }
        }
        return result
    }
}
