/// A record's line pattern, parsed: what a line must look like, piece by piece.
///
/// The notation is the one of `RecordDefinition`. A pattern that was parsed is well formed: field names are
/// unique, two fields never touch, and a `rest` field is the last piece.
public struct RecordPattern: Sendable, Equatable {
    /// What text a field takes.
    public enum FieldType: String, Sendable, CaseIterable {
        /// One or more bytes that are not white space.
        case word
        /// A decimal number, perhaps negative.
        case integer
        /// A hexadecimal number, with or without `0x`.
        case hex
        /// Everything to the line's end, perhaps nothing.
        case rest

        /// Whether values are numbers, which can be summed.
        public var isNumber: Bool { self == .integer || self == .hex }
    }

    /// A named part of the line.
    public struct Field: Sendable, Equatable {
        /// Its name.
        public var name: String
        /// What text it takes.
        public var type: FieldType

        /// Creates a field.
        public init(name: String, type: FieldType) {
            self.name = name
            self.type = type
        }
    }

    /// A part of the pattern.
    public enum Piece: Sendable, Equatable {
        /// These bytes, without blanks in them; never empty, never two in a row.
        case literal([UInt8])
        /// One or more spaces or tabs.
        case blank
        /// A field's text.
        case field(Field)
    }

    /// The pieces, in the order of the line.
    public var pieces: [Piece]

    /// Its fields, in the order of the line.
    public var fields: [Field] {
        pieces.compactMap { if case .field(let field) = $0 { field } else { nil } }
    }

    /// Parses a pattern such as `rc: {rc:integer} {uri:rest}`.
    public init(parsing text: String) throws(RecordPatternError) {
        var parser = PlaceholderText(text)
        var names: Set<String> = []
        var rest: (name: String, offsets: Range<Int>)?
        pieces = []
        while let part = try parser.next() {
            if let rest { throw RecordPatternError(.restIsNotLast(rest.name), at: rest.offsets) }
            switch part {
            case .literal(let bytes): append(literal: bytes)
            case .placeholder(let content, let offsets):
                let field = try Self.field(content, at: offsets)
                if case .field(let other)? = pieces.last {
                    throw RecordPatternError(.adjacentFields(other.name, field.name), at: offsets)
                }
                guard names.insert(field.name).inserted else {
                    throw RecordPatternError(.duplicateField(field.name), at: offsets)
                }
                pieces.append(.field(field))
                if field.type == .rest { rest = (field.name, offsets) }
            }
        }
        guard !pieces.isEmpty else { throw RecordPatternError(.empty, at: 0..<0) }
        if let newline = text.utf8.enumerated().first(where: { $0.element == 0x0A || $0.element == 0x0D }) {
            throw RecordPatternError(.lineEnd, at: newline.offset..<newline.offset + 1)
        }
    }

    /// Adds literal bytes, runs of blanks as one piece each.
    private mutating func append(literal bytes: [UInt8]) {
        for byte in bytes {
            if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
                if pieces.last != .blank { pieces.append(.blank) }
            } else if case .literal(let before)? = pieces.last {
                pieces[pieces.count - 1] = .literal(before + [byte])
            } else {
                pieces.append(.literal([byte]))
            }
        }
    }

    private static func field(_ content: String, at offsets: Range<Int>) throws(RecordPatternError) -> Field {
        let parts = content.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard isFieldName(name) else { throw RecordPatternError(.badFieldName(name), at: offsets) }
        guard !reservedFieldNames.contains(name) else {
            throw RecordPatternError(.reservedFieldName(name), at: offsets)
        }
        guard parts.count == 2 else { return Field(name: name, type: .word) }
        guard let type = FieldType(rawValue: String(parts[1])) else {
            throw RecordPatternError(.unknownFieldType(String(parts[1])), at: offsets)
        }
        return Field(name: name, type: type)
    }

    /// Names with a meaning of their own in tables: the group's count and the record's stack.
    public static let reservedFieldNames: Set<String> = ["count", "stack"]

    /// Whether it is a letter or `_`, then letters, digits, `_` and `-`, at most 64 bytes.
    public static func isFieldName(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard let first = bytes.first, bytes.count <= 64 else { return false }
        return (first.isASCIILetter || first == UInt8(ascii: "_"))
            && bytes.allSatisfy {
                $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
            }
    }
}
