import Diagnostics

/// Lays out a flow mapping of one line anew: its keys in order, a blank inside the braces and behind commas.
struct FlowFormatter {
    let order: KeyOrder

    /// The line from the brace on; nil where something in it must not be moved.
    func text(_ entries: [YAMLNode.Entry], of node: YAMLNode, rest: String) -> String? {
        let source = node.range.source
        let start = node.range.lower
        guard !entries.isEmpty, source.bytes[start] == UInt8(ascii: "{"),
            node.range.upper <= source.line(node.range.start.line).endIndex
        else { return nil }
        // Anchors, aliases and tags stand outside of the nodes' places.
        let nodes = entries.flatMap { [$0.key, $0.value] }
        guard nodes.allSatisfy({ start < $0.range.lower && $0.range.upper < node.range.upper }) else {
            return nil
        }
        let between = gaps(nodes, in: node.range)
        guard between.allSatisfy({ $0.allSatisfy { " \t,:{}".utf8.contains($0) } }) else { return nil }
        let parts = order.sorted(entries) { $0.key.scalar ?? "" }.map { entry in
            "\(entry.key.range.text): \(nested(entry))"
        }
        let written = source.range(start, node.range.upper).text
        guard rest.hasPrefix(written) else { return nil }
        return "{ \(parts.joined(separator: ", ")) }" + rest.dropFirst(written.count)
    }

    private func nested(_ entry: YAMLNode.Entry) -> String {
        let written = entry.value.range.text
        guard case .mapping(let entries) = entry.value.content else { return written }
        let inner = FlowFormatter(order: order.inside(entry.key.scalar))
        return inner.text(entries, of: entry.value, rest: written) ?? written
    }

    /// What stands between the nodes.
    private func gaps(_ nodes: [YAMLNode], in range: SourceRange) -> [ArraySlice<UInt8>] {
        var gaps: [ArraySlice<UInt8>] = []
        var lower = range.lower
        for node in nodes {
            guard node.range.lower >= lower else { return [[0]] }
            gaps.append(range.source.bytes[lower..<node.range.lower])
            lower = node.range.upper
        }
        return gaps + [range.source.bytes[lower..<range.upper]]
    }
}
