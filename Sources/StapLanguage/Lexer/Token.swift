public import Diagnostics

/// The smallest piece of a script: its kind, its exact bytes and what a template put into it.
public struct Token: Sendable {
    /// What a token is.
    public enum Kind: Sendable, Equatable {
        /// A name, a keyword, or a name with a sigil: `pid`, `probe`, `$fd`, `$$vars`, `@count`.
        case identifier
        /// An integer; values above 2**63 wrap around, as stap(1) says.
        case number(Int64)
        /// A string literal and the bytes it stands for, with escapes decoded.
        case string([UInt8])
        /// An operator or other punctuation, including `%(`, `%?`, `%:` and `%)`.
        case `operator`
        /// Embedded C, `%{ … %}`.
        case embeddedC
        /// A script argument: `$1`, `@1`, `$#`, `@#`.
        case argument(ArgumentReference)
        /// A comment; only when the lexer is told to keep them.
        case comment
        /// A template's `{{…}}` that stands in code; only in template mode.
        case placeholder
        /// Bytes that are no token; a diagnostic tells of them.
        case invalid
        /// The end of the source; always the last token.
        case endOfFile
    }

    /// What it is.
    public var kind: Kind
    /// Its bytes, quotes and comment marks included.
    public var range: SourceRange
    /// Its spelling; empty for strings, embedded C, comments and the end, whose spelling is `range.text`.
    public var text: String
    /// Whether a regular expression is expected here: the literal right after `=~` or `!~`.
    public var isRegexOperand = false
    /// Whether it stands in the body of a `@define`.
    public var isMacroText = false
    /// Where the outermost macro call or script argument stands that this token was expanded from.
    public var expansionSite: SourceRange?

    /// What most tokens have not; a tapset's file has thousands of tokens, and all of them are copied.
    private final class Details: Sendable {
        let placeholders: [Placeholder]
        let flaw: SyntaxError?
        let escapedOffsets: [Int]

        init(_ placeholders: [Placeholder], _ flaw: SyntaxError?, _ escapedOffsets: [Int]) {
            self.placeholders = placeholders
            self.flaw = flaw
            self.escapedOffsets = escapedOffsets
        }
    }

    private var details: Details?

    /// The template's `{{…}}` inside it, in order; a `.placeholder` token has exactly one.
    public var placeholders: [Placeholder] {
        get { details?.placeholders ?? [] }
        set {
            guard !newValue.isEmpty || !placeholders.isEmpty else { return }
            details = Details(newValue, flaw, escapedOffsets)
        }
    }

    /// What is wrong with it; said only if the token is not skipped by a conditional.
    var flaw: SyntaxError? {
        get { details?.flaw }
        set {
            guard newValue != nil || flaw != nil else { return }
            details = Details(placeholders, newValue, escapedOffsets)
        }
    }

    /// Which bytes of a string's value came from an escape such as `\n` or `\x25`; stap takes none of them for
    /// part of a `printf` conversion.
    var escapedOffsets: [Int] {
        get { details?.escapedOffsets ?? [] }
        set {
            guard !newValue.isEmpty || !escapedOffsets.isEmpty else { return }
            details = Details(placeholders, flaw, newValue)
        }
    }

    /// Creates a token.
    public init(_ kind: Kind, at range: SourceRange, text: String = "") {
        self.kind = kind
        self.range = range
        self.text = text
    }

    /// Where the token stands in the script that is parsed: its own place, or that of what expanded to it.
    public var site: SourceRange { expansionSite ?? range }

    /// Whether it is this operator.
    public func isOperator(_ spelling: String) -> Bool { kind == .operator && text == spelling }

    /// Whether it is this keyword or name.
    public func isIdentifier(_ spelling: String) -> Bool { kind == .identifier && text == spelling }

    /// Whether it is one of SystemTap's reserved words.
    public var isKeyword: Bool { kind == .identifier && Self.keywords.contains(text) }

    /// SystemTap's reserved words.
    public static let keywords: Set<String> = [
        "probe", "global", "private", "function", "if", "else", "for", "foreach", "in", "limit", "return",
        "delete", "while", "break", "continue", "next", "string", "long", "try", "catch",
    ]
}

/// What a script takes from stap's command line.
public enum ArgumentReference: Sendable, Hashable {
    /// `$N`: the argument's text is read as if it stood in the script.
    case unquoted(Int)
    /// `@N`: the argument as a string literal.
    case quoted(Int)
    /// `$#`: how many arguments there are, as a number.
    case count
    /// `@#`: how many arguments there are, as a string literal.
    case quotedCount
}
