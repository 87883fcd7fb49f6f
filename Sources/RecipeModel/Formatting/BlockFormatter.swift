import Diagnostics

/// Lays out block mappings and sequences anew, from the source's own lines.
///
/// Lines are numbered from 1; a region of them is half-open.
struct BlockFormatter {
    let source: SourceFile

    /// An entry or item: the comments and blank lines before it, without indentation, and its lines.
    struct Piece {
        var leading: [String]
        var body: [String]
        var key = ""
    }

    init(_ source: SourceFile) { self.source = source }

    /// The whole text; nil where it is written in a way that this does not know.
    func format(_ entries: [YAMLNode.Entry]) -> String? {
        guard let first = entries.first, let last = entries.last else { return nil }
        let start = first.key.range.start.line
        let end = contentEnd(last)
        guard let pieces = mapping(entries, indent: 0, order: .recipe, from: start, to: end + 1) else {
            return nil
        }
        // What stands before the first key is the file's: its licence, its schema for editors, the '---'.
        var head = (1..<start).map(text)
        if !head.isEmpty, !(pieces.first?.leading.isEmpty ?? true) { head.append("") }
        let tail = (end + 1..<source.lineCount + 1).map(text)
        var lines = Self.squeezed(head) + Self.lines(pieces, indent: 0) + Self.squeezed(tail)
        while lines.last?.isEmpty ?? false { lines.removeLast() }
        while lines.first?.isEmpty ?? false { lines.removeFirst() }
        return lines.map { $0 + "\n" }.joined()
    }

    /// The pieces of a mapping whose first entry stands in the region's first lines.
    private func mapping(
        _ entries: [YAMLNode.Entry], indent: Int, order: KeyOrder, from start: Int, to end: Int
    ) -> [Piece]? {
        let column = entries.first?.key.range.start.column ?? 1
        var pieces: [Piece] = []
        var begin = start
        for (index, entry) in entries.enumerated() {
            let line = entry.key.range.start.line
            guard line >= begin, let rest = rest(behind: entry.key) else { return nil }
            let next = index + 1 < entries.count ? entries[index + 1].key.range.start.line : end
            let upper = leadingStart(before: next, column: column, notBefore: contentEnd(entry) + 1, end)
            let name = entry.key.scalar ?? ""
            let value = Value(
                node: entry.value, head: entry.key.range.text + ":", rest: rest, line: line,
                contentEnd: contentEnd(entry), end: upper, column: column,
                isScript: indent == 0 && name == RecipeKey.script.rawValue)
            guard let body = body(value, indent: indent, order: order.inside(name)) else { return nil }
            pieces.append(
                Piece(leading: (begin..<line).map(text).map(Self.trimmed), body: body, key: name))
            begin = upper
        }
        return order.sorted(pieces, by: \.key)
    }

    private func sequence(
        _ items: [YAMLNode], indent: Int, order: KeyOrder, from start: Int, to end: Int
    ) -> [Piece]? {
        var dashes: [Int] = []
        var search = start
        for item in items {
            guard let dash = (search..<end).first(where: { Self.trimmed(text($0)).hasPrefix("-") }) else {
                return nil
            }
            dashes.append(dash)
            search = max(dash, contentEnd(item)) + 1
        }
        guard let first = dashes.first else { return nil }
        let column = Self.indentation(text(first)) + 1
        var pieces: [Piece] = []
        var begin = start
        for (index, item) in items.enumerated() {
            let dash = dashes[index]
            guard dash >= begin, Self.indentation(text(dash)) + 1 == column else { return nil }
            let next = index + 1 < items.count ? dashes[index + 1] : end
            let last = max(dash, contentEnd(item))
            let upper = leadingStart(before: next, column: column, notBefore: last + 1, end)
            var piece = Piece(leading: (begin..<dash).map(text).map(Self.trimmed), body: [])
            let rest = Self.trimmed(String(Self.trimmed(text(dash)).dropFirst()))
            let value = Value(
                node: item, head: "-", rest: rest, line: dash, contentEnd: last, end: upper, column: column)
            if case .mapping(let entries) = item.content, let key = entries.first?.key,
                rest.isEmpty || rest.hasPrefix("#") || key.range.start.line == dash, !Self.isFlow(rest)
            {
                if rest.hasPrefix("#") { piece.leading.append(rest) }
                let from = key.range.start.line == dash ? dash : dash + 1
                guard
                    let inner = mapping(
                        entries, indent: indent + 2, order: order.inside(nil), from: from, to: upper)
                else { return nil }
                var lines = Self.lines(inner, indent: indent + 2, withFirstLeading: false)
                piece.leading += inner.first?.leading ?? []
                lines[0] = Self.spaces(indent) + "- " + lines[0].dropFirst(indent + 2)
                piece.body = lines
            } else {
                guard let body = body(value, indent: indent, order: order.inside(nil)) else { return nil }
                piece.body = body
            }
            pieces.append(piece)
            begin = upper
        }
        return pieces
    }

    /// The lines of a key or dash and its value.
    private func body(_ value: Value, indent: Int, order: KeyOrder) -> [String]? {
        let head = Self.spaces(indent) + value.head
        let isBelow = value.rest.isEmpty || value.rest.hasPrefix("#")
        let first =
            value.rest.isEmpty ? head : head + (value.rest.hasPrefix("#") ? "  " : " ") + value.rest
        let below = value.line + 1
        switch value.node.content {
        case .mapping(let entries) where isBelow && !entries.isEmpty:
            return mapping(entries, indent: indent + 2, order: order, from: below, to: value.end)
                .map { [first] + Self.lines($0, indent: indent + 2) }
        case .sequence(let items) where isBelow && !items.isEmpty:
            return sequence(items, indent: indent + 2, order: order, from: below, to: value.end)
                .map { [first] + Self.lines($0, indent: indent + 2) }
        case .scalar(_, .literal) where value.rest.hasPrefix("|"),
            .scalar(_, .folded) where value.rest.hasPrefix(">"):
            return [first] + block(value, indent: indent) + trailing(value, indent: indent)
        case .mapping(let entries) where value.contentEnd == value.line && value.rest.hasPrefix("{"):
            let flow = FlowFormatter(order: order).text(entries, of: value.node, rest: value.rest)
            return [head + " " + (flow ?? value.rest)] + trailing(value, indent: indent)
        default:
            return [first] + continuation(value, indent: indent) + trailing(value, indent: indent)
        }
    }

    /// The lines of a block scalar, its text byte for byte.
    private func block(_ value: Value, indent: Int) -> [String] {
        let header = value.rest.prefix { $0 != " " && $0 != "#" }
        let lines = (value.line + 1..<value.contentEnd + 1).map(text)
        let written: Int
        let wanted: Int
        if let digit = header.compactMap(\.wholeNumberValue).first {
            written = value.column - 1 + digit
            wanted = indent + digit
        } else {
            written = lines.first { !Self.trimmed($0).isEmpty }.map(Self.indentation) ?? 0
            wanted = indent + 2
        }
        return lines.map { line in
            let content = String(line.dropFirst(min(written, Self.indentation(line))))
            let kept = value.isScript ? RecipeMeaning.trimmedEnd(content) : content
            return kept.isEmpty ? "" : Self.spaces(wanted) + kept
        }
    }

    /// The lines of a value of several that is no block, moved as they are.
    private func continuation(_ value: Value, indent: Int) -> [String] {
        guard value.contentEnd > value.line else { return [] }
        let lines = (value.line + 1..<value.contentEnd + 1).map(text)
        let least = lines.filter { !Self.trimmed($0).isEmpty }.map(Self.indentation).min() ?? 0
        return lines.map { line in
            let kept = RecipeMeaning.trimmedEnd(String(line.dropFirst(min(least, Self.indentation(line)))))
            return kept.isEmpty ? "" : Self.spaces(indent + 2) + kept
        }
    }

    /// Comments behind a value, those that stand deeper than its key a level below it.
    private func trailing(_ value: Value, indent: Int) -> [String] {
        guard value.contentEnd + 1 < value.end else { return [] }
        return Self.squeezed((value.contentEnd + 1..<value.end).map(text)).map { line in
            let comment = Self.trimmed(line)
            let isDeeper = Self.indentation(line) >= value.column
            return comment.isEmpty ? "" : Self.spaces(isDeeper ? indent + 2 : indent) + comment
        }
    }
}
