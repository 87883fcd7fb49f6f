public import Diagnostics

/// The stage between lexer and parser, stap(1), PREPROCESSING: takes the tokens of a source and returns those
/// that remain after macros, script arguments and conditionals.
///
/// What a conditional skips is dropped; a tool that wants the other branch preprocesses with other facts.
public struct Preprocessor {
    private enum Branch { case then, otherwise }

    private var expander: MacroExpander
    /// How many tokens the source has, of which most remain.
    private let count: Int
    private var open: [(branch: Branch, mark: Token)] = []
    /// What is wrong, in the order in which it was found.
    public var diagnostics: [Diagnostic] { expander.diagnostics }
    /// The macros that the source defines.
    public var macros: [String: Macro] { expander.macros }

    /// Prepares to preprocess a source.
    public init(_ source: SourceFile, facts: PreprocessorFacts, library: MacroLibrary = MacroLibrary()) {
        var lexed = Lexer.lex(source)
        let end = lexed.tokens.removeLast()
        count = lexed.tokens.count
        expander = MacroExpander(lexed.tokens, end: end, facts: facts, library: library)
        expander.diagnostics = lexed.diagnostics.filter { $0.severity != .error }
    }

    /// The tokens that remain; the last one is `.endOfFile`.
    public mutating func run() -> [Token] {
        var tokens: [Token] = []
        tokens.reserveCapacity(count + 1)
        while true {
            let token = expander.next()
            if token.kind == .endOfFile {
                // The innermost stands for all around it.
                if let (_, mark) = open.last { expander.report(.unterminatedConditional, at: mark) }
                tokens.append(token)
                return tokens
            }
            switch (token.kind == .operator ? token.text : "") {
            case "%(": openConditional(token)
            case "%:":
                guard let (branch, mark) = open.popLast() else {
                    expander.report(.strayConditionalMark("%:"), at: token)
                    continue
                }
                if branch == .otherwise { expander.report(.secondElse, at: token) }
                skipBranch(of: mark, stopsAtElse: false)
            case "%)":
                if open.popLast() == nil { expander.report(.strayConditionalMark("%)"), at: token) }
            case "%?": expander.report(.strayConditionalMark("%?"), at: token)
            default:
                if let flaw = token.flaw { expander.report(flaw, at: token) }
                tokens.append(token)
            }
        }
    }

    private mutating func openConditional(_ mark: Token) {
        var condition = ConditionReader()
        let verdict = condition.read(from: &expander)
        if verdict == true {
            open.append((.then, mark))
        } else if verdict == false {
            if skipBranch(of: mark, stopsAtElse: true) { open.append((.otherwise, mark)) }
        } else if !condition.isAtEnd {
            // A condition without a value: neither branch is looked at, lest one mistake bring many.
            skipBranch(of: mark, stopsAtElse: false)
        }
    }

    /// Drops tokens up to the end of a branch; whether that was an else mark.
    @discardableResult
    private mutating func skipBranch(of mark: Token, stopsAtElse: Bool) -> Bool {
        var depth = 0
        while true {
            let token = expander.nextSkipped()
            if token.kind == .endOfFile {
                expander.report(.unterminatedConditional, at: mark)
                return false
            }
            guard token.kind == .operator else { continue }
            switch token.text {
            case "%(": depth += 1
            case "%)" where depth == 0: return false
            case "%)": depth -= 1
            case "%:" where depth == 0:
                if stopsAtElse { return true }
                expander.report(.secondElse, at: token)
            default: break
            }
        }
    }
}
