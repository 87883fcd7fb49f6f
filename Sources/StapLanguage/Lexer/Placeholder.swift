public import Diagnostics

/// A `{{…}}` of a template.
public struct Placeholder: Sendable, Equatable {
    /// What it asks for.
    public enum Kind: Sendable, Equatable {
        /// `{{name}}`: the parameter's value.
        case value(name: String)
        /// `{{#if name}}`, or `{{#unless name}}` where `negated`.
        case blockStart(name: String, negated: Bool)
        /// `{{/if}}`, or `{{/unless}}` where `negated`.
        case blockEnd(negated: Bool)
        /// `{{#…}}` or `{{/…}}` that is none of these; its inner text.
        case unknown(String)
    }

    /// Where a placeholder stands, which decides how a value may be written there.
    public enum Context: Sendable, Equatable {
        /// Between tokens of the script.
        case code
        /// Inside a string literal.
        case string
        /// In place of, or inside, the literal that follows `=~` or `!~`.
        case regex
        /// Inside `%{ … %}`.
        case embeddedC
        /// Inside a comment.
        case comment
    }

    /// What it asks for.
    public var kind: Kind
    /// Its bytes, braces included.
    public var range: SourceRange
    /// Where it stands.
    public var context: Context

    /// Creates a placeholder.
    public init(_ kind: Kind, at range: SourceRange, context: Context) {
        self.kind = kind
        self.range = range
        self.context = context
    }
}
