/// Cuts a script with placeholders into pieces.
struct TemplateScanner {
    private let bytes: [UInt8]
    private var offset = 0
    private var pieces: [Template.Piece] = []
    private var problems: [TemplateProblem] = []

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The template of a script.
    static func scan(_ bytes: [UInt8]) -> Template {
        var scanner = TemplateScanner(bytes)
        while scanner.offset < bytes.count { scanner.scanCode() }
        return Template(pieces: scanner.pieces, problems: scanner.problems)
    }

    /// Operators of more than one character; the longest comes first.
    private static let operators: [[UInt8]] = [
        "<<<", "<<=", ">>=", "->", "++", "--", "&&", "||", "==", "!=", "<=", ">=", "<<", ">>", "=~", "!~",
        "+=", "-=", "*=", "/=", "%=", "&=", "^=", "|=", ".=", "::", "%(", "%)", "%?", "%:",
    ].map { Array($0.utf8) }

    private mutating func scanCode() {
        let start = offset
        let byte = bytes[offset]
        if isPlaceholder(at: offset) { return scanPlaceholder(in: .code, contextStart: 0) }
        switch byte {
        case UInt8(ascii: "\""): scanString()
        case UInt8(ascii: "#"): scanComment(.lineComment, openedBy: 1)
        case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"): scanComment(.lineComment, openedBy: 2)
        case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"): scanComment(.blockComment, openedBy: 2)
        case UInt8(ascii: "%") where peek(1) == UInt8(ascii: "{") && !isPlaceholder(at: offset + 1):
            scanComment(.embeddedC, openedBy: 2)
        case _ where byte.isBlank:
            skip { $0.isBlank }
            append(.inert, .code, from: start)
        case _ where byte.isDigit:
            skip { $0.isWord }
            append(.number, .code, from: start)
        case _ where byte.isWord || (byte == UInt8(ascii: "$") || byte == UInt8(ascii: "@")) && isWord(1):
            offset += 1
            skip { $0.isWord }
            append(.word, .code, from: start)
        default:
            let long = Self.operators.first { bytes[offset...].starts(with: $0) }
            offset += long?.count ?? 1
            append(.symbol, .code, from: start)
        }
    }

    private mutating func scanString() {
        let opening = offset
        var start = offset
        var opens = true
        func isEnd(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\n") }
        offset += 1
        while offset < bytes.count, !isEnd(bytes[offset]) {
            if isPlaceholder(at: offset) {
                append(.string(opens: opens), .string, from: start, contextStart: opening)
                opens = false
                scanPlaceholder(in: .string, contextStart: opening)
                start = offset
            } else {
                offset += bytes[offset] == UInt8(ascii: "\\") && offset + 1 < bytes.count ? 2 : 1
            }
        }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") { offset += 1 }
        append(.string(opens: opens), .string, from: start, contextStart: opening)
    }

    /// A comment or embedded C: whatever runs to a fixed end.
    private mutating func scanComment(_ context: Template.Context, openedBy length: Int) {
        let opening = offset
        var start = offset
        offset += length
        while offset < bytes.count {
            if context == .lineComment, bytes[offset] == UInt8(ascii: "\n") { break }
            if isPlaceholder(at: offset) {
                append(.inert, context, from: start, contextStart: opening)
                scanPlaceholder(in: context, contextStart: opening)
                start = offset
                continue
            }
            let pair = (bytes[offset], peek(1))
            if context == .blockComment,
                pair == (UInt8(ascii: "*"), UInt8(ascii: "/"))
                    || context == .embeddedC, pair == (UInt8(ascii: "%"), UInt8(ascii: "}"))
            {
                offset += 2
                break
            }
            offset += 1
        }
        append(.inert, context, from: start, contextStart: opening)
    }

    private mutating func scanPlaceholder(in context: Template.Context, contextStart: Int) {
        let start = offset
        var end = offset + 2
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n"), bytes[end] != UInt8(ascii: "{"),
            bytes[end] != UInt8(ascii: "}")
        {
            end += 1
        }
        guard end + 1 < bytes.count, bytes[end] == UInt8(ascii: "}"), bytes[end + 1] == UInt8(ascii: "}")
        else {
            offset += 2
            problems.append(.init(.unclosed, at: start..<offset))
            return append(.inert, context, from: start, contextStart: contextStart)
        }
        offset = end + 2
        let words = bytes[(start + 2)..<end].split(whereSeparator: \.isBlank).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard let kind = kind(of: words) else {
            problems.append(.init(.malformed(words.joined(separator: " ")), at: start..<offset))
            return append(.inert, context, from: start, contextStart: contextStart)
        }
        if case .placeholder = kind {
        } else if context == .code || context == .embeddedC {
            if let line = lineHoldingOnly(start..<offset) {
                shortenLast(to: line.lowerBound)
                offset = line.upperBound
                pieces.append(
                    .init(
                        kind: kind, context: context, contextStart: contextStart, range: line,
                        isAloneOnLine: true))
                return
            }
        } else {
            problems.append(.init(.conditionInside(context), at: start..<offset))
        }
        append(kind, context, from: start, contextStart: contextStart)
    }

    private func kind(of words: [String]) -> Template.Kind? {
        switch (words.first, words.count) {
        case ("#if", 2) where isName(words[1]): .condition(name: words[1], isNegated: false)
        case ("#unless", 2) where isName(words[1]): .condition(name: words[1], isNegated: true)
        case ("/if", 1): .endCondition(isNegated: false)
        case ("/unless", 1): .endCondition(isNegated: true)
        case (let name?, 1) where isName(name): .placeholder(name: name)
        default: nil
        }
    }

    private func isName(_ text: String) -> Bool {
        text.utf8.first?.isDigit == false && text.utf8.allSatisfy { $0.isWord || $0 == UInt8(ascii: "-") }
    }

    /// The whole line of a marker, with its line end, where only blanks are beside it.
    private func lineHoldingOnly(_ marker: Range<Int>) -> Range<Int>? {
        var lower = marker.lowerBound
        while lower > 0, bytes[lower - 1] == UInt8(ascii: " ") || bytes[lower - 1] == UInt8(ascii: "\t") {
            lower -= 1
        }
        guard lower == 0 || bytes[lower - 1] == UInt8(ascii: "\n") else { return nil }
        var upper = marker.upperBound
        while upper < bytes.count, bytes[upper] != UInt8(ascii: "\n") {
            guard bytes[upper].isBlank else { return nil }
            upper += 1
        }
        return lower..<min(upper + 1, bytes.count)
    }

    /// Takes the bytes from `offset` on away from the pieces so far, which are blanks there.
    private mutating func shortenLast(to offset: Int) {
        while let last = pieces.last, last.range.upperBound > offset {
            pieces.removeLast()
            if last.range.lowerBound < offset {
                var shortened = last
                shortened.range = last.range.lowerBound..<offset
                pieces.append(shortened)
            }
        }
    }

    private func isPlaceholder(at offset: Int) -> Bool {
        offset + 1 < bytes.count && bytes[offset] == UInt8(ascii: "{")
            && bytes[offset + 1] == UInt8(ascii: "{")
    }

    private func peek(_ distance: Int) -> UInt8? {
        offset + distance < bytes.count ? bytes[offset + distance] : nil
    }

    private func isWord(_ distance: Int) -> Bool { peek(distance)?.isWord ?? false }

    private mutating func skip(while condition: (UInt8) -> Bool) {
        while offset < bytes.count, condition(bytes[offset]) { offset += 1 }
    }

    private mutating func append(
        _ kind: Template.Kind, _ context: Template.Context, from start: Int, contextStart: Int = 0
    ) {
        guard start < offset else { return }
        pieces.append(.init(kind: kind, context: context, contextStart: contextStart, range: start..<offset))
    }
}

extension UInt8 {
    /// Space, tab, line end or another control character that separates.
    var isBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
    /// `0` to `9`.
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    /// A letter, a digit or `_`.
    var isWord: Bool {
        isDigit || self == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }
}
