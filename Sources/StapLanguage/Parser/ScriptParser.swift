public import Diagnostics

/// Parses SystemTap's language as `stap -p1` of version 4.8 accepts it.
///
/// The parser works on preprocessed tokens, so the tree holds what this kernel, architecture and SystemTap
/// would run; the facts say which.
public struct ScriptParser {
    /// What a script is parsed as.
    public struct Options: Sendable {
        /// What the preprocessor's conditions ask about; `guru` also says whether embedded C is allowed.
        public var facts: PreprocessorFacts
        /// The macros that the script may use without defining them.
        public var macros: MacroLibrary
        /// Whether the script belongs to a tapset, whose embedded C needs no guru mode.
        public var isTapset: Bool

        /// Creates options.
        public init(
            facts: PreprocessorFacts = PreprocessorFacts(), macros: MacroLibrary = MacroLibrary(),
            isTapset: Bool = false
        ) {
            self.facts = facts
            self.macros = macros
            self.isTapset = isTapset
        }
    }

    /// A tree and what is wrong with the text; if that holds an error, the tree holds only the sound parts.
    public struct Output: Sendable {
        /// The tree.
        public var tree: ScriptTree
        /// Everything that was found wrong, in the order of the source.
        public var diagnostics: [Diagnostic]
    }

    /// Parses a script.
    ///
    /// - Throws: everything that is wrong with it.
    public static func parse(
        _ source: SourceFile, options: Options = Options()
    ) throws(DiagnosticsError) -> ScriptTree {
        let output = analyze(source, options: options)
        try output.diagnostics.throwIfErrors()
        return output.tree
    }

    /// Parses a script and returns its sound parts together with what is wrong.
    public static func analyze(_ source: SourceFile, options: Options = Options()) -> Output {
        var preprocessor = Preprocessor(source, facts: options.facts, library: options.macros)
        let tokens = preprocessor.run()
        var parser = ScriptParser(source, tokens, options)
        parser.diagnostics = preprocessor.diagnostics
        let tree = parser.script()
        parser.diagnostics.sort { ($0.range?.lower ?? 0) < ($1.range?.lower ?? 0) }
        return Output(tree: tree, diagnostics: parser.diagnostics)
    }

    let source: SourceFile
    let tokens: [Token]
    let options: Options
    var index = 0
    var diagnostics: [Diagnostic] = []
    var isInFunction = false
    /// How many constructs are open; bounds the recursion.
    var depth = 0
    /// How many operators the outermost open expression has chained; bounds the tree's height.
    var chained = 0
    var globals: [String: SourceRange] = [:]

    /// The most constructs inside each other: in a debug build a level takes up to 36 KiB of the 8 MiB stack.
    static let deepestNesting = 128
    /// The most operators of one expression, and the most branches of an `else if`, in a row.
    static let longestChain = 1000

    private init(_ source: SourceFile, _ tokens: [Token], _ options: Options) {
        self.source = source
        self.tokens = tokens
        self.options = options
    }

    /// An error and its place, on its way to the nearest point where parsing can go on.
    struct Failure: Error {
        var error: SyntaxError
        var range: SourceRange
    }

    private mutating func script() -> ScriptTree {
        var tree = ScriptTree()
        var hasContent = false
        while current.kind != .endOfFile {
            hasContent = true
            do throws(Failure) {
                tree.items += try item()
            } catch {
                report(error)
                recover()
            }
        }
        if !hasContent, !diagnostics.hasErrors {
            report(Failure(error: .emptyScript, range: current.site))
        }
        return tree
    }

    mutating func report(_ failure: Failure) {
        diagnostics.append(failure.error.diagnostic(at: failure.range))
    }

    /// Skips to the next token that can only begin a piece of the outermost level.
    private mutating func recover() {
        depth = 0
        chained = 0
        isInFunction = false
        let start = index
        while current.kind != .endOfFile {
            if index > start || !current.isKeyword,
                ["probe", "function", "global", "private"].contains(where: current.isIdentifier),
                index == 0 || !tokens[index - 1].isOperator("."),
                index == 0 || !tokens[index - 1].isOperator("->")
            {
                return
            }
            index += 1
        }
    }
}

// MARK: - Tokens

extension ScriptParser {
    var current: Token { tokens[index] }

    func peek(_ distance: Int = 1) -> Token { tokens[min(index + distance, tokens.count - 1)] }

    @discardableResult
    mutating func advance() -> Token {
        let token = tokens[index]
        if index < tokens.count - 1 { index += 1 }
        return token
    }

    /// Takes the operator if it is next.
    mutating func take(_ spelling: String) -> Bool {
        guard current.isOperator(spelling) else { return false }
        advance()
        return true
    }

    /// Takes the keyword if it is next.
    mutating func takeKeyword(_ spelling: String) -> Bool {
        guard current.isIdentifier(spelling) else { return false }
        advance()
        return true
    }

    @discardableResult
    mutating func expect(_ spelling: String) throws(Failure) -> Token {
        guard current.isOperator(spelling) else { throw unexpected(.spelling(spelling)) }
        return advance()
    }

    func unexpected(_ expected: SyntaxError.Expectation) -> Failure {
        Failure(error: .unexpected(current.found, expected: expected), range: current.site)
    }

    /// A name that is no keyword and has no `@`.
    mutating func identifier() throws(Failure) -> Name {
        guard current.kind == .identifier, !current.isKeyword, current.text.utf8.first != UInt8(ascii: "@")
        else {
            throw unexpected(.identifier)
        }
        let token = advance()
        return Name(token.text, at: token.site)
    }

    /// From a token's start to the end of what was taken last.
    func range(from start: SourceRange) -> SourceRange {
        guard index > 0 else { return start }
        return start.union(tokens[index - 1].site)
    }

    /// A number, with a minus sign or without.
    mutating func number() throws(Failure) -> Int64 {
        let isNegative = current.isOperator("-")
        guard case .number(let value) = (isNegative ? peek() : current).kind else {
            if isNegative { advance() }
            throw unexpected(.number)
        }
        if isNegative { advance() }
        advance()
        return isNegative ? 0 &- value : value
    }

    var isString: Bool { if case .string = current.kind { true } else { false } }

    /// A string literal, adjacent ones glued together.
    mutating func string(_ expected: SyntaxError.Expectation = .string) throws(Failure) -> StringLiteral {
        let start = current.site
        guard isString else { throw unexpected(expected) }
        var bytes: [UInt8] = []
        while case .string(let part) = current.kind {
            bytes += part
            advance()
        }
        return StringLiteral(bytes, at: range(from: start))
    }

    /// Runs a rule one level deeper.
    mutating func nested<Value>(
        _ rule: (inout ScriptParser) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        guard depth < Self.deepestNesting else {
            throw Failure(error: .tooDeep(limit: Self.deepestNesting), range: current.site)
        }
        depth += 1
        let value = try rule(&self)
        depth -= 1
        return value
    }

    /// Counts an operator that makes the tree one higher.
    mutating func chain(_ token: Token) throws(Failure) {
        chained += 1
        if chained > Self.longestChain {
            throw Failure(error: .tooDeep(limit: Self.longestChain), range: token.site)
        }
    }
}
