import Diagnostics

/// Follows the tokens of a source to know, for each, whether a regular expression is due and whether it is
/// the text of a macro.
struct TokenContext {
    private enum Definition {
        case none
        /// After `@define`, before its body; how many parentheses are open.
        case header
        /// In the body, at this depth of `%(`.
        case body(depth: Int)
    }

    private var regexIsDue = false
    private var definition = Definition.none

    mutating func annotate(_ token: inout Token) {
        if token.kind == .comment {
            mark(&token, .comment)
            if case .body = definition { token.isMacroText = true }
            return
        }
        token.isRegexOperand = regexIsDue && Self.canBeLiteral(token)
        regexIsDue =
            token.isOperator("=~") || token.isOperator("!~")
            // Adjacent literals are one, so the next may belong to the same regular expression.
            || token.isRegexOperand
        followDefinition(&token)
        switch token.kind {
        case .string: mark(&token, token.isRegexOperand ? .regex : .string)
        case .embeddedC: mark(&token, .embeddedC)
        case .placeholder: mark(&token, token.isRegexOperand ? .regex : .code)
        default: break
        }
    }

    private static func canBeLiteral(_ token: Token) -> Bool {
        switch token.kind {
        case .string, .placeholder, .argument: true
        default: false
        }
    }

    private func mark(_ token: inout Token, _ context: Placeholder.Context) {
        for index in token.placeholders.indices { token.placeholders[index].context = context }
    }

    private mutating func followDefinition(_ token: inout Token) {
        switch definition {
        case .none:
            if token.isIdentifier("@define") { definition = .header }
        case .header:
            if token.isOperator("%(") { definition = .body(depth: 1) }
        case .body(let depth):
            if token.isOperator("%(") {
                definition = .body(depth: depth + 1)
            } else if token.isOperator("%)") {
                definition = depth == 1 ? .none : .body(depth: depth - 1)
                if depth == 1 { return }
            }
            token.isMacroText = true
        }
    }
}
