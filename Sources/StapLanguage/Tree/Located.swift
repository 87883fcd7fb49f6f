public import Diagnostics

/// A place that does not count when nodes are compared: two trees are equal when they say the same, wherever
/// it stands.
@propertyWrapper
public struct Located: Sendable, Equatable {
    /// The place.
    public var wrappedValue: SourceRange

    /// Creates it.
    public init(wrappedValue: SourceRange) { self.wrappedValue = wrappedValue }

    /// Always true.
    public static func == (left: Located, right: Located) -> Bool { true }
}

/// A name and where it stands.
public struct Name: Sendable, Equatable {
    /// The name, without sigil.
    public var text: String
    /// Where it stands, with its sigil.
    @Located public var range: SourceRange

    /// Creates a name.
    public init(_ text: String, at range: SourceRange) {
        self.text = text
        self.range = range
    }
}

/// A string literal (or several adjacent ones) and where it stands.
public struct StringLiteral: Sendable, Equatable {
    /// The bytes, escapes decoded.
    public var bytes: [UInt8]
    /// Where it stands, quotes included.
    @Located public var range: SourceRange

    /// Creates a literal.
    public init(_ bytes: [UInt8], at range: SourceRange) {
        self.bytes = bytes
        self.range = range
    }

    /// The bytes as text, with invalid UTF-8 replaced by U+FFFD.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}
