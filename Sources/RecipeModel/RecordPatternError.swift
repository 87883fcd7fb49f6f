/// Why a text with `{…}` in it, a record's pattern or a tree's label, is malformed, and where.
public struct RecordPatternError: Error, Sendable, Equatable {
    /// What is wrong.
    public enum Kind: Sendable, Equatable {
        /// The pattern has no pieces.
        case empty
        /// A `{` without its `}`.
        case unclosedBrace
        /// A `}` that closes nothing and is not doubled.
        case strayBrace
        /// A field's name is not a letter or `_`, then letters, digits, `_` and `-`.
        case badFieldName(String)
        /// A field is called `count` or `stack`, which mean something else in tables.
        case reservedFieldName(String)
        /// The text behind the field's `:` is no type.
        case unknownFieldType(String)
        /// Two fields with nothing between them.
        case adjacentFields(String, String)
        /// Two fields of one name.
        case duplicateField(String)
        /// A field that takes the rest of the line has something behind it.
        case restIsNotLast(String)
        /// A line end, which no line holds.
        case lineEnd
    }

    /// What is wrong.
    public var kind: Kind
    /// The UTF-8 offsets in the text that are at fault.
    public var offsets: Range<Int>

    /// Creates an error.
    init(_ kind: Kind, at offsets: Range<Int>) {
        self.kind = kind
        self.offsets = offsets
    }
}
