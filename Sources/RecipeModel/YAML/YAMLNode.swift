import Diagnostics

/// A value of a YAML document and where it stands.
struct YAMLNode: Sendable {
    /// How a scalar is written.
    enum Style: Sendable {
        case plain
        case singleQuoted
        case doubleQuoted
        /// A block behind `|`.
        case literal
        /// A block behind `>`.
        case folded
        /// Not written so: variables in it have been filled in.
        case filled
        /// A variable in it has no value yet, so that nobody knows what it says.
        case open
    }

    /// A key of a mapping and its value.
    struct Entry: Sendable {
        var key: YAMLNode
        var value: YAMLNode
    }

    enum Content: Sendable {
        case scalar(String, Style)
        case sequence([YAMLNode])
        case mapping([Entry])
    }

    var content: Content
    /// Its bytes; of a block sequence or mapping those from its first item to its last.
    var range: SourceRange
    /// How many nodes it has when aliases are followed, itself included.
    var weight = 1

    /// What YAML 1.2's core schema makes of the value; editors and other YAML readers see it as this.
    var kind: YAMLKind {
        switch content {
        case .sequence: .sequence
        case .mapping: .mapping
        case .scalar(let text, .plain): YAMLKind(plain: text)
        case .scalar: .text
        }
    }

    /// Whether it can be taken for a value of that kind: a filled text also for what it would be if it was plain.
    func fits(_ kind: YAMLKind) -> Bool {
        if case .scalar(let text, .filled) = content, YAMLKind(plain: text) == kind { return true }
        return self.kind == kind
    }

    /// Whether it is a scalar that nobody knows the value of yet.
    var isOpen: Bool { if case .scalar(_, .open) = content { true } else { false } }

    /// The texts of a mapping's keys; of anything else none.
    var keys: [String] {
        if case .mapping(let entries) = content { entries.compactMap(\.key.scalar) } else { [] }
    }

    /// A scalar's text, else nil.
    var scalar: String? {
        if case .scalar(let text, _) = content { text } else { nil }
    }

    /// The place of a part of a scalar's value, by UTF-8 offsets in it; the whole scalar's place where its
    /// value is not written byte for byte (escapes, folding).
    func range(of offsets: Range<Int>) -> SourceRange {
        guard case .scalar(let text, let style) = content else { return range }
        let quote = style == .singleQuoted || style == .doubleQuoted ? 1 : 0
        let lower = range.lower + quote
        let written = range.source.bytes[lower..<max(lower, range.upper - quote)]
        guard written.elementsEqual(text.utf8) else { return range }
        return range.source.range(lower + offsets.lowerBound, lower + offsets.upperBound)
    }
}
