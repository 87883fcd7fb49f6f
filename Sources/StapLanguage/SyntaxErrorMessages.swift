import Diagnostics

/// The words for each syntax error; no other file of this target holds any.
extension SyntaxError {
    func diagnostic(at range: SourceRange) -> Diagnostic {
        if case .unterminatedComment = self { return .warning(message, at: range) }
        return Diagnostic(.error, message, at: range, notes: notes)
    }

    private var message: String {
        switch self {
        case .unexpected(let found, let expected): "\(found.words), expected \(expected.words)"
        case .unknownOperator(let name, let known):
            "'\(name)' is neither an operator nor a macro\(Likeness.suggestion(for: name, among: known))"
        case .emptyScript: "script is empty, expected a probe, function or global"
        case .tooDeep(let limit): "expression or statement nests too deeply, expected at most \(limit) levels"
        case .tooManyProbePoints(let limit):
            "alternations make too many probe points, expected at most \(limit)"
        case .needsGuru(let what): "\(what) in a script without guru mode"
        case .aliasWithSuffix: "name of a probe alias has '?' or '!', expected a plain name"
        case .epilogueAliasWithSecondBlock: "alias defined with '+=' has a second block, expected '='"
        case .suffixBeforeEnd:
            "'?', '!' or a condition stands before the last component, expected it at the end"
        case .duplicateGlobal(let name, _): "global '\(name)' is declared twice"
        case .duplicateParameter(let name, _): "parameter '\(name)' is declared twice"
        case .arraySizeOutOfRange(let size): "array size is \(size), expected 1 to 2147483647"
        case .initializedArray(let name):
            "array '\(name)' has an initial value, expected one only for scalars"
        case .priorityNotPositive(let value): "priority is \(value), expected 1 or more"
        case .returnOutsideFunction: "'return' in a probe, expected it in a function"
        case .secondSorting: "second sort order in a foreach, expected one"
        case .histogramAsValue(let name):
            "'\(name)' stands for a value, expected one bucket of it or 'print(\(name)(…))'"
        case .tupleAsValue: "list in brackets stands for a value, expected 'in' and an array behind it"
        case .stepAfterPrettyPrint(let step): "'\(step)' after a pretty-printing '$', expected '$' at the end"
        case .tooManyExtractorParameters(let name, let limit):
            "too many parameters of '\(name)', expected at most \(limit)"
        case .invalidConversion(let text):
            "conversion '\(text)' is unknown, expected one of %b %c %d %i %m %M %o %p %s %u %x %X %%"
        case .incompleteConversion(let text):
            "conversion '\(text)' is not complete, expected a conversion letter"
        default: lexicalMessage
        }
    }

    private var lexicalMessage: String {
        switch self {
        case .unterminatedComment: "comment is not closed, expected '*/'"
        case .unterminatedString: "string literal is not closed, expected '\"' before the end of the line"
        case .unterminatedEmbeddedC: "embedded C is not closed, expected '%}'"
        case .invalidNumber(let text): "'\(text)' is not a decimal, octal or hexadecimal number of 64 bits"
        case .invalidBytes: "bytes that no token begins with, expected SystemTap in ASCII"
        case .argumentOutOfRange(let text, let count):
            "'\(text)' asks for an argument that is not there, expected \(count == 0 ? "none" : "1 to \(count)")"
        case .nestedArgument(let text): "argument holds '\(text)', expected no further argument inside"
        case .defineInMacro: "'@define' in the body of a macro, expected it outside"
        case .redefinedMacro(let name, _): "macro '@\(name)' is defined twice"
        case .redefinedDefine: "macro is called '@define', expected another name"
        case .unterminatedMacro(let name): "body of macro '@\(name)' is not closed, expected '%)'"
        case .recursiveMacro(let name): "macro '@\(name)' expands to itself"
        case .macroNeedsArguments(let name, let count):
            "macro '@\(name)' is called without '(', expected \(count) argument\(count == 1 ? "" : "s")"
        case .wrongMacroArgumentCount(let name, let given, let expected):
            "macro '@\(name)' is called with \(given) argument\(given == 1 ? "" : "s"), expected \(expected)"
        case .unterminatedMacroCall(let name): "call of macro '@\(name)' is not closed, expected ')'"
        case .expansionTooLarge(let limit): "macros expand to too much text, expected at most \(limit) tokens"
        case .strayConditionalMark(let mark): "'\(mark)' outside a conditional, expected '%(' before it"
        case .secondElse: "second '%:' in a conditional, expected '%)'"
        case .unterminatedConditional: "conditional is not closed, expected '%)'"
        case .optionNotNumber(let name):
            "value of \(name) is not a number, expected one to compare with a number"
        case .notDecimal(let text): "'\(text)' in a condition, expected a decimal number of at most 64 bits"
        case .guruModeNotBoolean(let value): "guru_mode is compared with \(value), expected 0 or 1"
        default: ""
        }
    }

    private var notes: [Diagnostic.Note] {
        switch self {
        case .needsGuru: [.init("guru mode is stap's '-g'; a recipe asks for it with 'guru: true'")]
        case .duplicateGlobal(_, let first), .duplicateParameter(_, let first), .redefinedMacro(_, let first):
            [.init("first declared here", at: first)]
        case .secondSorting(let first): [.init("first one is here", at: first)]
        default: []
        }
    }
}

extension SyntaxError.Found {
    fileprivate var words: String {
        switch self {
        case .text(let text): "found '\(text.count > 60 ? text.prefix(60) + "…" : text[...])'"
        case .keyword(let text): "found keyword '\(text)'"
        case .string: "found a string literal"
        case .embeddedC: "found embedded C"
        case .placeholder: "found a template placeholder"
        case .endOfFile: "found the end of the script"
        case .bytes: "found bytes that are no token"
        }
    }
}

extension SyntaxError.Expectation {
    fileprivate var words: String {
        switch self {
        case .spelling(let text): "'\(text)'"
        case .identifier: "a name"
        case .expression: "an expression"
        case .statement: "a statement"
        case .number: "a number"
        case .string: "a string literal"
        case .literal: "a string literal or a number"
        case .memberName: "a member's name"
        case .arrayName: "the name of an array or a histogram"
        case .functionOrGlobal: "'function', 'global' or a name"
        case .type: "'string' or 'long'"
        case .aggregate: "@count, @sum, @min, @max, @avg or @variance"
        case .direction: "'+' or '-'"
        case .topLevel: "'probe', 'global', 'private', 'function' or '%{'"
        case .macroDefinition: "'@define'"
        case .condition:
            "arch, kernel_v, kernel_vr, systemtap_v, systemtap_privilege, guru_mode, runtime, CONFIG_…, or two literals"
        case .comparison: "a comparison operator"
        case .equality: "'==' or '!='"
        case .optionOperand: "a string, a number or another CONFIG_…"
        case .oneOf(let choices):
            choices.count < 2
                ? choices.map(\.words).joined()
                : choices.dropLast().map(\.words).joined(separator: ", ") + " or "
                    + choices[choices.count - 1].words
        }
    }
}
