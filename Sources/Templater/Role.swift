/// What a placeholder must become, by where it stands.
enum Role: Equatable {
    /// A literal of its own, in code.
    case literal
    /// An identifier, behind `$` or `->`.
    case identifier
    /// A regular expression's literal, behind `=~` or `!~`.
    case regexLiteral
    /// A format's literal, as the first argument of `printf` or `sprintf`.
    case formatLiteral
    /// A part of a string literal.
    case text(StringUse)
    /// A number in embedded C.
    case embeddedC
    /// Words in a comment up to the line's end.
    case lineComment
    /// Words in a comment up to `*/`.
    case blockComment
}

/// What a string literal is for.
enum StringUse: Equatable {
    /// Just a string.
    case plain
    /// A probe point's argument, which stap reads without decoding escapes.
    case probePoint
    /// A format of `printf` or `sprintf`.
    case format
    /// A regular expression.
    case regex
}

/// Follows the tokens of a script and says what a placeholder at the current place must become.
struct RoleTracker {
    private enum Last: Equatable {
        case nothing
        case word(String)
        case operand
        case string
        case symbol([UInt8])
    }

    private var last = Last.nothing
    private var beforeLast = Last.nothing
    private var isInProbePoint = false
    private var isInDefinition = false
    /// Whether a preprocessor's condition is open, between `%(` and `%?`.
    private(set) var isInCondition = false
    private var stringUse = StringUse.plain

    private static let formatFunctions: Set<String> = ["printf", "sprintf"]
    /// Words behind which a value may stand.
    private static let openers: Set<String> = [
        "return", "else", "in", "do", "if", "while", "limit", "delete",
    ]
    private static let regexOperators: Set<[UInt8]> = [Array("=~".utf8), Array("!~".utf8)]

    /// Takes note of a piece that goes into the script.
    mutating func pass(_ piece: Template.Piece, of bytes: [UInt8]) {
        let text = bytes[piece.range]
        switch piece.kind {
        case .word:
            let word = String(decoding: text, as: UTF8.self)
            if word == "probe" { isInProbePoint = true }
            if word == "@define" { isInDefinition = true }
            push(.word(word))
        case .number: push(.operand)
        case .symbol:
            if text.elementsEqual("{".utf8) { isInProbePoint = false }
            if text.elementsEqual("%(".utf8) {
                // The `%(` behind `@define name` opens the macro's body.
                isInCondition = !isInDefinition
                isInDefinition = false
            } else if text.elementsEqual("%?".utf8) || text.elementsEqual("%)".utf8) {
                isInCondition = false
            }
            push(
                text.elementsEqual(")".utf8) || text.elementsEqual("]".utf8) ? .operand : .symbol(Array(text))
            )
        case .string(opens: true):
            stringUse = nextStringUse
            push(.string)
        case .placeholder where piece.context == .code:
            stringUse = nextStringUse
            push(.operand)
        default: break
        }
    }

    /// What a placeholder must become here.
    func role(in context: Template.Context) -> Role {
        switch context {
        case .string: return .text(stringUse)
        case .embeddedC: return .embeddedC
        case .lineComment: return .lineComment
        case .blockComment: return .blockComment
        case .code: break
        }
        switch last {
        case .symbol(let symbol) where symbol == Array("->".utf8): return .identifier
        case .word("$"): return .identifier
        default: break
        }
        return switch nextStringUse {
        case .plain, .probePoint: .literal
        case .format: .formatLiteral
        case .regex: .regexLiteral
        }
    }

    /// Whether a value may stand here in code, rather than start another statement.
    ///
    /// `x = y -5` would be a subtraction where `x = y 5` was two statements.
    func expectsOperand(isNumber: Bool) -> Bool {
        switch last {
        case .nothing: true
        case .symbol(let symbol): !(isInProbePoint && symbol == Array(".".utf8))
        case .string: !isNumber
        case .word(let word): Self.openers.contains(word)
        case .operand: false
        }
    }

    private var nextStringUse: StringUse {
        switch last {
        case .symbol(let symbol) where Self.regexOperators.contains(symbol): return .regex
        case .symbol(let symbol) where symbol == Array("(".utf8):
            if case .word(let word) = beforeLast, Self.formatFunctions.contains(word) { return .format }
        case .string: return stringUse  // stap glues adjacent literals together
        default: break
        }
        return isInProbePoint ? .probePoint : .plain
    }

    private mutating func push(_ token: Last) {
        if token == .string, last == .string { return }
        beforeLast = last
        last = token
    }
}
