import Diagnostics
import StapLanguage

/// Cuts a script with placeholders into pieces, along the tokens of SystemTap's own lexer.
struct TemplateScanner {
    private let source: SourceFile
    private let bytes: [UInt8]
    /// How much of the script is in pieces.
    private var offset = 0
    private var pieces: [Template.Piece] = []
    private var problems: [TemplateProblem] = []

    private init(_ source: SourceFile) {
        self.source = source
        self.bytes = source.bytes
    }

    /// The template of a script.
    static func scan(_ source: SourceFile) -> Template {
        var scanner = TemplateScanner(source)
        let output = Lexer.lex(source, options: .template)
        for diagnostic in output.diagnostics {
            let range = diagnostic.range ?? source.range(0, 0)
            scanner.problems.append(.init(.notSystemTap(diagnostic), at: range.lower..<range.upper))
        }
        var last: Token?
        for token in output.tokens {
            scanner.append(.inert, .code, upTo: token.range.lower, contextStart: 0)
            if let last, last.isOperator("{"), token.isOperator("{"), last.range.upper == token.range.lower {
                scanner.complain(ofBracesAt: last.range.lower)
            }
            scanner.take(token)
            last = token
        }
        return Template(pieces: scanner.pieces, problems: scanner.problems)
    }

    private mutating func take(_ token: Token) {
        switch token.kind {
        case .placeholder: take(token.placeholders, of: token, in: .code) { _ in .inert }
        case .comment:
            let opening = bytes[token.range.lower..<token.range.upper].prefix(2)
            let isBlock = opening.elementsEqual("/*".utf8)
            take(token.placeholders, of: token, in: isBlock ? .blockComment : .lineComment) { _ in .inert }
        case .embeddedC: take(token.placeholders, of: token, in: .embeddedC) { _ in .inert }
        case .string:
            complain(ofBracesIn: token)
            take(token.placeholders, of: token, in: .string) { .string(opens: $0) }
        case .identifier, .argument: append(.word, .code, upTo: token.range.upper, contextStart: 0)
        case .number: append(.number, .code, upTo: token.range.upper, contextStart: 0)
        case .operator: append(.symbol, .code, upTo: token.range.upper, contextStart: 0)
        case .invalid, .endOfFile: append(.inert, .code, upTo: token.range.upper, contextStart: 0)
        }
    }

    /// A token with placeholders in it: the text between them, whose kind may hang on whether it is the first.
    private mutating func take(
        _ placeholders: [Placeholder], of token: Token, in context: Template.Context,
        between kind: (Bool) -> Template.Kind
    ) {
        let start = context == .code ? 0 : token.range.lower
        var isFirst = true
        for placeholder in placeholders {
            append(kind(isFirst), context, upTo: placeholder.range.lower, contextStart: start)
            isFirst = false
            take(placeholder, in: context, contextStart: start)
        }
        append(kind(isFirst), context, upTo: token.range.upper, contextStart: start)
    }

    private mutating func take(
        _ placeholder: Placeholder, in context: Template.Context, contextStart: Int
    ) {
        let range = placeholder.range.lower..<placeholder.range.upper
        let kind: Template.Kind
        switch placeholder.kind {
        case .value(let name):
            return append(
                .placeholder(name: name), context, upTo: range.upperBound, contextStart: contextStart)
        case .unknown(let text):
            problems.append(.init(.malformed(text), at: range))
            return append(.inert, context, upTo: range.upperBound, contextStart: contextStart)
        case .blockStart(let name, let negated): kind = .condition(name: name, isNegated: negated)
        case .blockEnd(let negated): kind = .endCondition(isNegated: negated)
        }
        guard context == .code || context == .embeddedC else {
            problems.append(.init(.conditionInside(context), at: range))
            return append(kind, context, upTo: range.upperBound, contextStart: contextStart)
        }
        if let line = lineHoldingOnly(range) {
            shortenLast(to: line.lowerBound)
            offset = line.lowerBound
            append(kind, context, upTo: line.upperBound, contextStart: contextStart, isAloneOnLine: true)
        } else {
            append(kind, context, upTo: range.upperBound, contextStart: contextStart)
        }
    }

    /// Braces that look like a placeholder and are none.
    private mutating func complain(ofBracesAt start: Int) {
        let line = bytes[start...].prefix { $0 != UInt8(ascii: "\n") }
        let inner = line.dropFirst(2)
        guard let end = inner.indices.dropLast().first(where: { inner[$0] == 0x7D && inner[$0 + 1] == 0x7D })
        else {
            return problems.append(.init(.unclosed, at: start..<(start + 2)))
        }
        let text = String(decoding: inner[..<end], as: UTF8.self)
        problems.append(.init(.malformed(text), at: start..<(end + 2)))
    }

    private mutating func complain(ofBracesIn token: Token) {
        let known = Set(token.placeholders.map(\.range.lower))
        var index = token.range.lower
        while index + 1 < token.range.upper {
            if bytes[index] == UInt8(ascii: "\\") {
                index += 2
            } else if bytes[index] == UInt8(ascii: "{"), bytes[index + 1] == UInt8(ascii: "{") {
                if !known.contains(index) { complain(ofBracesAt: index) }
                index += 2
            } else {
                index += 1
            }
        }
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

    /// Takes the bytes from `end` on away from the pieces so far; only blanks are there.
    private mutating func shortenLast(to end: Int) {
        while let last = pieces.last, last.range.upperBound > end {
            pieces.removeLast()
            guard last.range.lowerBound < end else { continue }
            var shortened = last
            shortened.range = last.range.lowerBound..<end
            pieces.append(shortened)
        }
    }

    /// Appends what lies between the pieces so far and `end`, if anything.
    private mutating func append(
        _ kind: Template.Kind, _ context: Template.Context, upTo end: Int, contextStart: Int,
        isAloneOnLine: Bool = false
    ) {
        guard offset < end else { return }
        pieces.append(
            .init(
                kind: kind, context: context, contextStart: contextStart, range: offset..<end,
                isAloneOnLine: isAloneOnLine))
        offset = end
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
