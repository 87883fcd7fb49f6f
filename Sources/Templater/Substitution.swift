import RecipeModel

/// Writes a parameter's value as its place needs it.
///
/// A value never ends the token that it stands in: whatever it holds, only that one literal differs.
struct Substitution {
    /// What the place asks for.
    var role: Role
    /// The output from behind the literal's opening quote (or the comment's start) up to here.
    var before: ArraySlice<UInt8> = []
    /// Whether it stands in a condition of the preprocessor.
    var isInCondition = false
    /// Whether the placeholder is all that its string literal holds.
    var isAlone = true

    /// The most bytes of a value that are put into a script.
    static let maximumLength = 65536

    /// The bytes to write, or why there are none.
    func bytes(for value: ParameterValue) throws(Refusal) -> [UInt8] {
        switch role {
        case .embeddedC: return try embeddedC(value)
        case .identifier: return try identifier(value)
        case .literal:
            if let number = try number(value) {
                if number < 0, isInCondition { throw .negativeInCondition }
                // `--5` would be a decrement, `- -5` is not.
                return number < 0 && before.last == UInt8(ascii: "-")
                    ? Array(" \(number)".utf8) : Array(String(number).utf8)
            }
            return try quoted(text(of: value), .plain)
        case .formatLiteral: return try quoted(text(of: value), .format)
        case .regexLiteral: return try quoted(regex(value, isAlone: true), .regex)
        case .text(.regex):
            if try Self.endsInBracketExpression(before) { throw .insideBracketExpression }
            return StringLiteral.escaped(try regex(value, isAlone: isAlone), for: .regex, after: before)
        case .text(let use):
            let text = try text(of: value)
            if use == .format, case .none = try number(value), Self.endsInConversion(before) {
                throw .insideConversion
            }
            if use == .probePoint, value.isPath, text.contains(where: { Array("*?[".utf8).contains($0) }) {
                throw .globInPath
            }
            return StringLiteral.escaped(text, for: use, after: before)
        case .lineComment, .blockComment:
            return comment(try text(of: value))
        }
    }

    private func quoted(_ text: [UInt8], _ use: StringUse) -> [UInt8] {
        [UInt8(ascii: "\"")] + StringLiteral.escaped(text, for: use, after: []) + [UInt8(ascii: "\"")]
    }

    /// The number that the value is, a duration in milliseconds; nil where it is text.
    private func number(_ value: ParameterValue) throws(Refusal) -> Int64? {
        switch value {
        case .integer(let number): return number
        case .pid(let pid): return Int64(pid)
        case .boolean(let flag): return flag ? 1 : 0
        case .size(let size):
            guard let number = Int64(exactly: size) else { throw .sizeTooLarge }
            return number
        case .duration(let duration):
            let (seconds, attoseconds) = duration.components
            let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1000)
            guard !overflow, attoseconds % 1_000_000_000_000_000 == 0 else { throw .fractionOfMillisecond }
            return scaled &+ attoseconds / 1_000_000_000_000_000
        case .executable, .path, .string, .regex, .choice, .identifier, .list: return nil
        }
    }

    /// The value's text, unescaped; a list's elements are joined by commas.
    private func text(of value: ParameterValue) throws(Refusal) -> [UInt8] {
        let text: [UInt8]
        switch value {
        case .executable(let string), .path(let string), .regex(let string), .choice(let string),
            .identifier(let string):
            text = Array(string.utf8)
        case .string(let bytes): text = bytes
        case .list(let elements):
            var joined: [UInt8] = []
            for (index, element) in elements.enumerated() {
                let part = try elementText(element)
                if part.contains(UInt8(ascii: ",")) { throw .commaInElement }
                if index > 0 { joined.append(UInt8(ascii: ",")) }
                joined += part
                if joined.count > Self.maximumLength { throw .tooLong(Self.maximumLength) }
            }
            text = joined
        case .pid, .integer, .duration, .size, .boolean:
            text = try Array(String(number(value) ?? 0).utf8)
        }
        return try checked(text)
    }

    private func elementText(_ element: ParameterValue) throws(Refusal) -> [UInt8] {
        if case .list = element { throw .nestedList }
        return try text(of: element)
    }

    private func checked(_ text: [UInt8]) throws(Refusal) -> [UInt8] {
        if text.count > Self.maximumLength { throw .tooLong(Self.maximumLength) }
        if text.contains(0) { throw .nul }
        return text
    }

    private func regex(_ value: ParameterValue, isAlone: Bool) throws(Refusal) -> [UInt8] {
        switch value {
        case .regex(let pattern):
            let text = try matchable(checked(Array(pattern.utf8)))
            guard RegexText.isBalanced(text) else { throw .unbalancedRegex }
            return isAlone ? text : RegexText.group([text])
        case .list(let elements):
            guard !elements.isEmpty else { throw .emptyAlternation }
            var parts: [[UInt8]] = []
            for element in elements {
                if case .list = element { throw .nestedList }
                parts.append(try regex(element, isAlone: true))
            }
            return try checked(RegexText.group(parts))
        default: return RegexText.escaped(try matchable(text(of: value)))
        }
    }

    private func matchable(_ text: [UInt8]) throws(Refusal) -> [UInt8] {
        if text.contains(where: { $0 >= 0x80 }) { throw .regexBeyondASCII }
        return text
    }

    private func identifier(_ value: ParameterValue) throws(Refusal) -> [UInt8] {
        guard case .identifier(let name) = value, let first = name.utf8.first, !first.isDigit,
            name.utf8.allSatisfy(\.isWord)
        else { throw .notAnIdentifier }
        return try checked(Array(name.utf8))
    }

    private func embeddedC(_ value: ParameterValue) throws(Refusal) -> [UInt8] {
        guard let number = try number(value) else { throw .textInEmbeddedC }
        if number == .min { return Array("(-9223372036854775807LL - 1)".utf8) }
        let suffix = Int32(exactly: number) == nil ? "LL" : ""
        return Array((number < 0 ? "(\(number)\(suffix))" : "\(number)\(suffix)").utf8)
    }

    /// The text as a comment can hold it: printable, and unable to end the comment.
    private func comment(_ text: [UInt8]) -> [UInt8] {
        var shown = text.map { byte in
            switch byte {
            case UInt8(ascii: "*") where role == .blockComment: UInt8(ascii: "?")
            case 0x00..<0x20, 0x7F: UInt8(ascii: "?")
            default: byte
            }
        }
        if shown.first == UInt8(ascii: "/"), before.last == UInt8(ascii: "*") { shown[0] = UInt8(ascii: "?") }
        return shown
    }

    /// Whether a format's text ends within a conversion such as `%-5`.
    private static func endsInConversion(_ text: ArraySlice<UInt8>) -> Bool {
        var isOpen = false
        for byte in text {
            if byte == UInt8(ascii: "%") {
                isOpen.toggle()
            } else if isOpen, !byte.isDigit, !"-+ #.*lh".utf8.contains(byte) {
                isOpen = false
            }
        }
        return isOpen
    }

    /// Whether a regular expression's text ends between `[` and `]`.
    private static func endsInBracketExpression(_ text: ArraySlice<UInt8>) throws(Refusal) -> Bool {
        RegexText.endsInBracketExpression(StringLiteral.withoutQuoteEscapes(text))
    }
}

extension ParameterValue {
    /// Whether it names a file.
    var isPath: Bool {
        switch self {
        case .executable, .path: true
        default: false
        }
    }
}
