/// Lays out a forest with lines from parent to child.
struct TreeLayout: Sendable {
    var width: Int
    var terminal: TerminalText
    var style: TextStyle
    var maximumLines: Int

    func lines(of tree: Tree) -> [String] {
        let isLast = Self.lastChildren(of: tree.nodes)
        var lines = TerminalText.wrap(terminal.printable(tree.title), width).map(style.title)
        /// For each depth whether a line goes on past the node that was printed last.
        var goesOn: [Bool] = []
        for (index, node) in tree.nodes.enumerated().prefix(maximumLines) {
            goesOn = Array(goesOn.prefix(node.depth))
            let head = prefix(goesOn, depth: node.depth, isLast: isLast[index])
            let count = node.count > 1 ? " (\(terminal.isUnicode ? "×" : "x")\(node.count))" : ""
            let label = terminal.printable(node.label)
            let room = width - TerminalText.width(head) - TerminalText.width(count)
            lines.append(terminal.fit(head + terminal.fit(label, max(room, 4)) + count, width))
            goesOn.append(!isLast[index])
        }
        let more = tree.nodes.count - maximumLines
        if more > 0 { lines.append("  " + terminal.fit("\(terminal.ellipsis) and \(more) more", width - 2)) }
        return lines
    }

    /// The lines before a label; of a very deep node only the innermost, behind the depth.
    private func prefix(_ goesOn: [Bool], depth: Int, isLast: Bool) -> String {
        guard depth > 0 else { return "  " }
        let (bar, tee, corner) = terminal.isUnicode ? ("│  ", "├─ ", "└─ ") : ("|  ", "|- ", "`- ")
        let shown = max((width / 2 - 12) / 3, 1)
        // A root has no line of its own, so the first depth is that of its children.
        let bars = goesOn.dropFirst()
        let cut = bars.count > shown ? "\(terminal.ellipsis)\(depth) " : ""
        return "  " + cut + bars.suffix(shown).map { $0 ? bar : "   " }.joined() + (isLast ? corner : tee)
    }

    /// For each node whether no sibling follows it, in one pass from the end.
    private static func lastChildren(of nodes: [Tree.Node]) -> [Bool] {
        var result = nodes.map { _ in true }
        /// For each depth whether a node of that depth follows below the same parent.
        var follows: [Bool] = []
        for index in nodes.indices.reversed() {
            let depth = nodes[index].depth
            while follows.count <= depth { follows.append(false) }
            follows.removeSubrange((depth + 1)...)
            result[index] = !follows[depth]
            follows[depth] = true
        }
        return result
    }
}
