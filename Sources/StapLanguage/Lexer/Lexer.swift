public import Diagnostics

/// Cuts a source into tokens, in time linear in its length, and never fails: what is no token is reported.
///
/// The rules are those of stap(1), GENERAL SYNTAX.
public struct Lexer {
    /// What the lexer recognizes beyond plain SystemTap.
    public struct Options: Sendable {
        /// Recognizes `{{name}}`, `{{#if name}}`, `{{#unless name}}`, `{{/if}}` and `{{/unless}}`.
        public var recognizesPlaceholders = false
        /// Returns comments as tokens rather than dropping them.
        public var keepsComments = false

        /// Plain SystemTap, without comments.
        public init() {}

        /// What a template engine needs: placeholders and comments.
        public static var template: Options {
            var options = Options()
            options.recognizesPlaceholders = true
            options.keepsComments = true
            return options
        }
    }

    /// The tokens of a source and what is wrong with them.
    public struct Output: Sendable {
        /// The tokens; the last one is `.endOfFile`.
        public var tokens: [Token]
        /// What was found wrong.
        public var diagnostics: [Diagnostic]
    }

    /// Cuts a source into tokens.
    public static func lex(_ source: SourceFile, options: Options = Options()) -> Output {
        var lexer = Lexer(source, options)
        lexer.run()
        return Output(tokens: lexer.tokens, diagnostics: lexer.diagnostics)
    }

    let source: SourceFile
    let bytes: [UInt8]
    let options: Options
    var position = 0
    var tokens: [Token] = []
    var diagnostics: [Diagnostic] = []
    var context = TokenContext()

    private init(_ source: SourceFile, _ options: Options) {
        self.source = source
        self.bytes = source.bytes
        self.options = options
        // Tapsets have a token every five to ten bytes.
        tokens.reserveCapacity(bytes.count / 6)
    }

    private mutating func run() {
        while position < bytes.count {
            let start = position
            let byte = bytes[position]
            if byte.isSpace {
                position += 1
            } else if let placeholder = placeholder(at: position) {
                position = placeholder.range.upper
                emit(.placeholder, from: start, placeholders: [placeholder])
            } else if startsComment(byte) {
                scanComment()
            } else if byte.startsName || byte == UInt8(ascii: "$") || byte == UInt8(ascii: "@") {
                scanName()
            } else if byte.isDigit {
                scanNumber()
            } else if byte == UInt8(ascii: "\"") {
                scanString()
            } else if byte == UInt8(ascii: "%"), peek(1) == UInt8(ascii: "{") {
                scanEmbeddedC()
            } else {
                scanOperator()
            }
        }
        emit(.endOfFile, from: position)
    }

    func peek(_ distance: Int) -> UInt8? {
        position + distance < bytes.count ? bytes[position + distance] : nil
    }

    func spelling(from start: Int) -> String { String(decoding: bytes[start..<position], as: UTF8.self) }

    mutating func emit(
        _ kind: Token.Kind, from start: Int, text: String = "", placeholders: [Placeholder] = [],
        flaw: SyntaxError? = nil
    ) {
        var token = Token(kind, at: source.range(start, position), text: text)
        token.placeholders = placeholders
        token.flaw = flaw
        context.annotate(&token)
        tokens.append(token)
        if let flaw { diagnostics.append(flaw.diagnostic(at: token.range)) }
    }

    /// The placeholder that begins here, if this is a template and one does.
    func placeholder(at offset: Int) -> Placeholder? {
        guard options.recognizesPlaceholders, bytes[offset] == UInt8(ascii: "{") else { return nil }
        return PlaceholderScanner.placeholder(in: source, at: offset)
    }

    private func startsComment(_ byte: UInt8) -> Bool {
        if byte == UInt8(ascii: "#") { return true }
        guard byte == UInt8(ascii: "/") else { return false }
        return peek(1) == UInt8(ascii: "/") || peek(1) == UInt8(ascii: "*")
    }
}

extension UInt8 {
    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
    var isOctalDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "7") }
    var isLetter: Bool {
        (self | 0x20) >= UInt8(ascii: "a") && (self | 0x20) <= UInt8(ascii: "z")
    }
    var startsName: Bool { isLetter || self == UInt8(ascii: "_") }
    /// What may follow the first byte of a name; stap(1) allows `$` there.
    var continuesName: Bool { startsName || isDigit || self == UInt8(ascii: "$") }
    var isSpace: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0D) }
    /// The value of a hexadecimal digit.
    var hexValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
