/// The parts of SystemTap's regular expressions (POSIX extended) that a value must respect.
enum RegexText {
    private static let special = Set("\\^$.|?*+()[]{}".utf8)

    /// A regular expression that matches just this text.
    static func escaped(_ text: [UInt8]) -> [UInt8] {
        text.flatMap { special.contains($0) ? [UInt8(ascii: "\\"), $0] : [$0] }
    }

    /// `(a|b)`.
    static func group(_ alternatives: [[UInt8]]) -> [UInt8] {
        [UInt8(ascii: "(")] + alternatives.joined(separator: [UInt8(ascii: "|")]) + [UInt8(ascii: ")")]
    }

    /// Whether parentheses and brackets match, so that a group around it holds all of it.
    static func isBalanced(_ text: [UInt8]) -> Bool {
        let end = scan(text)
        return end.depth == 0 && !end.wentBelow && !end.isInBrackets && !end.endsInBackslash
    }

    /// Whether it ends between `[` and `]`.
    static func endsInBracketExpression(_ text: [UInt8]) -> Bool { scan(text).isInBrackets }

    private struct End {
        var depth = 0
        var wentBelow = false
        var isInBrackets = false
        var endsInBackslash = false
    }

    private static func scan(_ text: [UInt8]) -> End {
        var end = End()
        var index = 0
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\\"):
                index += 1
                end.endsInBackslash = index == text.count
            case UInt8(ascii: "("): end.depth += 1
            case UInt8(ascii: ")"):
                end.depth -= 1
                if end.depth < 0 { end.wentBelow = true }
            case UInt8(ascii: "["):
                guard let close = closingBracket(in: text, from: index) else {
                    end.isInBrackets = true
                    return end
                }
                index = close
            default: break
            }
            index += 1
        }
        return end
    }

    /// Where the bracket expression that starts at `index` ends; `]` as its first character is itself.
    private static func closingBracket(in text: [UInt8], from index: Int) -> Int? {
        var next = index + 1
        if next < text.count, text[next] == UInt8(ascii: "^") { next += 1 }
        if next < text.count, text[next] == UInt8(ascii: "]") { next += 1 }
        while next < text.count {
            if text[next] == UInt8(ascii: "]") { return next }
            if text[next] == UInt8(ascii: "["), next + 1 < text.count, ":.=".utf8.contains(text[next + 1]) {
                let kind = text[next + 1]
                var inner = next + 2
                while inner + 1 < text.count, text[inner] != kind || text[inner + 1] != UInt8(ascii: "]") {
                    inner += 1
                }
                guard inner + 1 < text.count else { return nil }
                next = inner + 1
            }
            next += 1
        }
        return nil
    }
}
