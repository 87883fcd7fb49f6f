/// A recipe's script cut into lexical pieces, so that every placeholder knows what it stands in.
///
/// The lexer's tokens are cut further, at the placeholders inside strings, comments and embedded C, and what
/// lies between tokens is kept, so that the pieces make up the script without gaps.
struct Template {
    /// What a stretch of script lies in.
    enum Context: Equatable {
        /// Between tokens.
        case code
        /// In a string literal.
        case string
        /// Behind `#` or `//`.
        case lineComment
        /// Between `/*` and `*/`.
        case blockComment
        /// Between `%{` and `%}`.
        case embeddedC
    }

    /// What a piece is.
    enum Kind: Equatable {
        /// White space, a comment or embedded C, or a part of one.
        case inert
        /// A name or keyword, with its `$` or `@` if it has one.
        case word
        /// A number literal.
        case number
        /// An operator or a bracket.
        case symbol
        /// A string literal or a part of one; `opens` where it begins with the opening quote.
        case string(opens: Bool)
        /// `{{name}}`.
        case placeholder(name: String)
        /// `{{#if name}}` or, negated, `{{#unless name}}`.
        case condition(name: String, isNegated: Bool)
        /// `{{/if}}` or `{{/unless}}`.
        case endCondition(isNegated: Bool)
    }

    /// A stretch of the script.
    struct Piece {
        /// What it is.
        var kind: Kind
        /// What it lies in.
        var context: Context
        /// The first byte of the token that it lies in; tells two embedded C blocks apart.
        var contextStart: Int
        /// The bytes of the script.
        var range: Range<Int>
        /// Whether nothing else is on its line; such a condition marker takes its line with it.
        var isAloneOnLine = false
    }

    /// The pieces in order, without gaps.
    var pieces: [Piece]
    /// What is wrong with the template's own syntax.
    var problems: [TemplateProblem]
}
