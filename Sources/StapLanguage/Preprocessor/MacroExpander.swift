import Diagnostics

/// The lower half of the preprocessor: hands out tokens with macros and script arguments expanded.
///
/// Expansion keeps a stack of token runs, so that it needs no recursion however deep macros call macros.
struct MacroExpander {
    /// A run of tokens that is being handed out.
    private struct Frame {
        var tokens: [Token]
        var index = 0
        /// The arguments of the macro whose body this is, already expanded.
        var arguments: [String: [Token]] = [:]
        /// The macro whose body this is.
        var macro: String?
        /// Whether the tokens are handed out as they are.
        var isExpanded = false
        /// Whether this is the text of a script argument.
        var isScriptArgument = false
        /// Where the outermost call stands.
        var site: SourceRange?
    }

    let facts: PreprocessorFacts
    let library: MacroLibrary
    var macros: [String: Macro] = [:]
    var diagnostics: [Diagnostic] = []
    private var frames: [Frame]
    private let end: Token
    private var expandedCount = 0
    private var argumentDepth = 0

    private static let largestExpansion = 200_000
    private static let deepestExpansion = 200

    init(_ tokens: [Token], end: Token, facts: PreprocessorFacts, library: MacroLibrary) {
        self.facts = facts
        self.library = library
        self.end = end
        self.frames = [Frame(tokens: tokens)]
    }

    /// The next token, with nothing expanded or defined: for text that a conditional skips.
    mutating func nextSkipped() -> Token {
        while let frame = frames.last {
            if frame.index < frame.tokens.count {
                frames[frames.count - 1].index += 1
                return placed(frame.tokens[frame.index], frame)
            }
            frames.removeLast()
        }
        return end
    }

    /// The next token of the expanded text; the end token when there is none.
    mutating func next() -> Token {
        // Nearly every token is the source's own, and stays as it is.
        if frames.count == 1, frames[0].index < frames[0].tokens.count {
            let token = frames[0].tokens[frames[0].index]
            if !token.mayExpand, frames[0].site == nil {
                frames[0].index += 1
                return token
            }
        }
        while let frame = frames.last {
            guard frame.index < frame.tokens.count else {
                frames.removeLast()
                continue
            }
            let token = placed(frame.tokens[frame.index], frame)
            frames[frames.count - 1].index += 1
            if frame.isExpanded { return counted(token) }
            if case .argument(let reference) = token.kind {
                expand(reference, token, inside: frame)
            } else if token.kind == .identifier, token.text.utf8.first == UInt8(ascii: "@") {
                let name = String(token.text.dropFirst())
                if name == "define" {
                    define(token)
                } else if let argument = frame.arguments[name] {
                    frames.append(Frame(tokens: argument, isExpanded: true, site: frame.site))
                } else if let macro = macros[name] ?? libraryMacro(name) {
                    call(macro, token, inside: frame)
                } else {
                    return counted(token)
                }
            } else {
                return counted(token)
            }
        }
        return end
    }

    mutating func report(_ error: SyntaxError, at token: Token) {
        diagnostics.append(error.diagnostic(at: token.site))
    }

    /// The library's macro of a name; one that would hide an operator of the language is not looked for, which
    /// saves most scripts from having the library read.
    private func libraryMacro(_ name: String) -> Macro? {
        ScriptParser.atOperators.contains("@\(name)") ? nil : library[name]
    }

    private func placed(_ token: Token, _ frame: Frame) -> Token {
        guard let site = frame.site, token.range.source !== site.source || !frame.isExpanded else {
            return token
        }
        var token = token
        if token.expansionSite == nil { token.expansionSite = site }
        return token
    }

    /// Stops an expansion that grows without bounds.
    private mutating func counted(_ token: Token) -> Token {
        guard frames.count > 1 else { return token }
        return hasRoom(at: token) ? token : end
    }

    /// Counts a step of expansion; where there were too many, nothing is left to hand out.
    private mutating func hasRoom(at token: Token) -> Bool {
        expandedCount += 1
        guard expandedCount >= Self.largestExpansion else { return true }
        if expandedCount == Self.largestExpansion {
            report(.expansionTooLarge(limit: Self.largestExpansion), at: token)
        }
        frames.removeAll()
        return false
    }

    /// The next token of the run itself, unexpanded, without leaving the run.
    private mutating func nextRaw() -> Token? {
        guard let frame = frames.last, frame.index < frame.tokens.count else { return nil }
        frames[frames.count - 1].index += 1
        return placed(frame.tokens[frame.index], frame)
    }

    private func peekRaw() -> Token? {
        guard let frame = frames.last, frame.index < frame.tokens.count else { return nil }
        return frame.tokens[frame.index]
    }

    // MARK: - Definitions

    /// `@define NAME %( BODY %)` or `@define NAME(A, B) %( BODY %)`, behind `@define`.
    private mutating func define(_ keyword: Token) {
        if frames.last?.macro != nil { return report(.defineInMacro, at: keyword) }
        guard let name = expectName(keyword) else { return }
        var parameters: [String] = []
        if let open = peekRaw(), open.isOperator("(") {
            _ = nextRaw()
            while true {
                guard let parameter = expectName(keyword) else { return }
                parameters.append(parameter.text)
                guard let separator = nextRaw(), separator.isOperator(",") || separator.isOperator(")") else {
                    return unexpected(.oneOf([.spelling(","), .spelling(")")]), keyword)
                }
                if separator.isOperator(")") { break }
            }
        }
        guard let open = peekRaw(), open.isOperator("%(") else {
            return unexpected(
                parameters.isEmpty ? .oneOf([.spelling("%("), .spelling("(")]) : .spelling("%("), keyword)
        }
        _ = nextRaw()
        guard let body = body(of: name) else { return }
        if name.text == "define" { return report(.redefinedDefine, at: name) }
        if let first = macros[name.text] {
            return report(.redefinedMacro(name.text, first: first.range), at: name)
        }
        macros[name.text] = Macro(name: name.text, parameters: parameters, body: body, range: name.range)
    }

    private mutating func body(of name: Token) -> [Token]? {
        var depth = 1
        var body: [Token] = []
        while let token = nextRaw() {
            if token.isOperator("%(") { depth += 1 }
            if token.isOperator("%)") { depth -= 1 }
            if depth == 0 { return body }
            body.append(token)
        }
        report(.unterminatedMacro(name.text), at: name)
        return nil
    }

    private mutating func expectName(_ keyword: Token) -> Token? {
        guard let token = peekRaw(), token.kind == .identifier, !token.isKeyword,
            token.text.utf8.first != UInt8(ascii: "@")
        else {
            unexpected(.identifier, keyword)
            return nil
        }
        return nextRaw()
    }

    private mutating func unexpected(_ expected: SyntaxError.Expectation, _ keyword: Token) {
        let token = peekRaw() ?? end
        report(.unexpected(token.found, expected: expected), at: token)
        // The rest of a broken definition would only bring follow-up errors.
        var depth = 0
        while let token = nextRaw() {
            if token.isOperator("%(") { depth += 1 }
            if token.isOperator("%)") { depth -= 1 }
            if token.isOperator("%)"), depth <= 0 { return }
        }
    }

    // MARK: - Calls

    private mutating func call(_ macro: Macro, _ name: Token, inside frame: Frame) {
        if frames.contains(where: { $0.macro == macro.name }) || frames.count > Self.deepestExpansion {
            return report(.recursiveMacro(macro.name), at: name)
        }
        guard hasRoom(at: name) else { return }
        var arguments: [String: [Token]] = [:]
        var site = name.site
        if !macro.parameters.isEmpty {
            guard peekRaw()?.isOperator("(") == true else {
                return report(.macroNeedsArguments(macro.name, count: macro.parameters.count), at: name)
            }
            _ = nextRaw()
            guard let (given, close) = argumentRuns(of: macro, name) else { return }
            if frame.site == nil { site = site.union(close.site) }
            guard given.count == macro.parameters.count else {
                return report(
                    .wrongMacroArgumentCount(
                        macro.name, given: given.count, expected: macro.parameters.count), at: name)
            }
            for (parameter, tokens) in zip(macro.parameters, given) {
                arguments[parameter] = expanded(tokens, inside: frame)
            }
        }
        frames.append(
            Frame(tokens: macro.body, arguments: arguments, macro: macro.name, site: frame.site ?? site))
    }

    /// The tokens of each argument, up to the closing parenthesis.
    private mutating func argumentRuns(of macro: Macro, _ name: Token) -> ([[Token]], Token)? {
        var runs: [[Token]] = [[]]
        var depth = 0
        while let token = nextRaw() {
            if token.kind == .operator {
                switch token.text {
                case "(", "[", "{": depth += 1
                case ")" where depth == 0: return (runs, token)
                case ")", "]", "}": depth -= 1
                case "," where depth == 0:
                    runs.append([])
                    continue
                default: break
                }
            }
            runs[runs.count - 1].append(token)
        }
        report(.unterminatedMacroCall(macro.name), at: name)
        return nil
    }

    /// An argument's tokens, expanded where they stand.
    private mutating func expanded(_ tokens: [Token], inside frame: Frame) -> [Token] {
        guard tokens.contains(where: \.mayExpand) else { return tokens }
        guard argumentDepth < 50 else {
            if let first = tokens.first {
                report(.expansionTooLarge(limit: Self.largestExpansion), at: first)
            }
            return []
        }
        let saved = frames
        frames = [
            Frame(tokens: [], macro: nil),
            Frame(tokens: tokens, arguments: frame.arguments, site: frame.site),
        ]
        argumentDepth += 1
        defer {
            frames = saved
            argumentDepth -= 1
        }
        var result: [Token] = []
        while true {
            let token = next()
            if token.kind == .endOfFile { return result }
            result.append(token)
        }
    }

    // MARK: - Script arguments

    private mutating func expand(_ reference: ArgumentReference, _ token: Token, inside frame: Frame) {
        if frame.isScriptArgument { return report(.nestedArgument(token.text), at: token) }
        let text: String?
        switch reference {
        case .quoted(let index): text = argument(index, token)
        case .unquoted(let index): text = argument(index, token)
        case .count, .quotedCount: text = "\(facts.arguments.count)"
        }
        guard let text else { return }
        switch reference {
        case .quoted, .quotedCount:
            let literal = Token(.string(Array(text.utf8)), at: token.range)
            frames.append(Frame(tokens: [literal], isExpanded: true, site: token.expansionSite))
        case .unquoted, .count: paste(text, for: token)
        }
    }

    /// Puts an argument's characters in front of those behind the reference, as stap does: of `$1x` with the
    /// argument 10 it makes the malformed number `10x`.
    private mutating func paste(_ text: String, for token: Token) {
        var text = text
        if let next = peekRaw(), next.range.source === token.range.source,
            next.range.lower == token.range.upper, next.kind == .identifier || next.isNumber,
            let first = next.text.utf8.first, first.startsName || first.isDigit
        {
            text += next.text
            frames[frames.count - 1].index += 1
        }
        let lexed = Lexer.lex(SourceFile(name: "<argument \(token.text)>", text: text))
        frames.append(Frame(tokens: lexed.tokens.dropLast(), isScriptArgument: true, site: token.site))
    }

    private mutating func argument(_ index: Int, _ token: Token) -> String? {
        guard index >= 1, index <= facts.arguments.count else {
            report(.argumentOutOfRange(token.text, count: facts.arguments.count), at: token)
            return nil
        }
        return facts.arguments[index - 1]
    }
}

extension Token {
    /// Whether the expander may replace it.
    fileprivate var mayExpand: Bool {
        if case .argument = kind { return true }
        return kind == .identifier && text.utf8.first == UInt8(ascii: "@")
    }
}
