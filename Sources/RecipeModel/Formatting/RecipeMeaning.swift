import Diagnostics

/// Whether two YAML texts are the same recipe: everything that `RecipeLoader` reads is a function of this.
enum RecipeMeaning {
    /// Whether two nodes say the same: the same values, in the same order where the order may mean something.
    ///
    /// Of the script, white space at the ends of lines does not count.
    static func areEqual(_ left: YAMLNode, _ right: YAMLNode, order: KeyOrder, key: String? = nil) -> Bool {
        switch (left.content, right.content) {
        case (.scalar(let a, let style), .scalar(let b, let other)):
            guard left.kind == right.kind, (style == .literal) == (other == .literal) else { return false }
            if case .keys = order, key == RecipeKey.script.rawValue { return trimmed(a) == trimmed(b) }
            return a == b
        case (.sequence(let a), .sequence(let b)):
            return a.count == b.count
                && zip(a, b).allSatisfy { areEqual($0, $1, order: order.inside(nil), key: nil) }
        case (.mapping(let a), .mapping(let b)):
            let sorted = [a, b].map { order.sorted($0) { $0.key.scalar ?? "" } }
            return a.count == b.count
                && zip(sorted[0], sorted[1]).allSatisfy { first, second in
                    guard let name = first.key.scalar, name == second.key.scalar else { return false }
                    // A scalar is judged with its own mapping's order, a collection with what is inside it.
                    let inner = first.value.scalar == nil ? order.inside(name) : order
                    return areEqual(first.value, second.value, order: inner, key: name)
                }
        default: return false
        }
    }

    /// The comments, sorted: they may move with what they stand at, but none may be lost.
    static func comments(in root: YAMLNode) -> [String] {
        let source = root.range.source
        var isScalar = [Bool](repeating: false, count: source.bytes.count)
        mark(root, &isScalar)
        var comments: [String] = []
        var offset = 0
        while offset < source.bytes.count {
            guard source.bytes[offset] == UInt8(ascii: "#"), !isScalar[offset] else {
                offset += 1
                continue
            }
            let end = source.bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) ?? source.bytes.count
            let text = String(decoding: source.bytes[offset..<end], as: UTF8.self)
            comments.append(trimmedEnd(text))
            offset = end
        }
        return comments.sorted()
    }

    private static func mark(_ node: YAMLNode, _ isScalar: inout [Bool]) {
        switch node.content {
        case .scalar(_, let style):
            var lower = node.range.lower
            // A comment may stand behind the block's header.
            if style == .literal || style == .folded {
                let newline = node.range.source.bytes[lower..<node.range.upper].firstIndex(of: 0x0A)
                lower = newline ?? lower
            }
            for offset in lower..<node.range.upper { isScalar[offset] = true }
        case .sequence(let items): for item in items { mark(item, &isScalar) }
        case .mapping(let entries):
            for entry in entries {
                mark(entry.key, &isScalar)
                mark(entry.value, &isScalar)
            }
        }
    }

    private static func trimmed(_ text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            trimmedEnd(String($0))
        }
        while lines.last?.isEmpty ?? false { lines.removeLast() }
        return lines
    }

    /// Without blanks and carriage returns at the end.
    static func trimmedEnd(_ text: String) -> String {
        String(
            decoding: text.utf8.reversed().drop { [0x20, 0x09, 0x0D].contains($0) }.reversed(), as: UTF8.self)
    }
}
