/// A tree's label, parsed: text with `{field}` in it; `{{` and `}}` stand for braces.
public struct LabelTemplate: Sendable, Equatable {
    /// A part of the label.
    public enum Piece: Sendable, Equatable {
        /// Text as it stands.
        case literal([UInt8])
        /// The value of a field.
        case field(String)
    }

    /// The parts, in order.
    public var pieces: [Piece]

    /// Parses a label such as `{comm} ({pid})`.
    public init(parsing text: String) throws(RecordPatternError) {
        var parser = PlaceholderText(text)
        pieces = []
        while let part = try parser.next() {
            switch part {
            case .literal(let bytes): pieces.append(.literal(bytes))
            case .placeholder(let name, let offsets):
                guard RecordPattern.isFieldName(name) else {
                    throw RecordPatternError(.badFieldName(name), at: offsets)
                }
                pieces.append(.field(name))
            }
        }
        guard !pieces.isEmpty else { throw RecordPatternError(.empty, at: 0..<0) }
    }
}
