/// A forest of a summary as nested lists that fold.
enum HTMLForest {
    /// The deepest that lists are nested, since browsers nest no more than 512 elements.
    ///
    /// What is deeper stands beside the deepest, with its depth.
    private static let maximumDepth = 100

    static func section(of tree: Tree) -> Markup {
        /// For each depth the siblings that are complete, the last one first.
        var pending: [[Markup]] = [[]]
        for node in tree.nodes.reversed() {
            let depth = min(node.depth, maximumDepth)
            while pending.count <= depth + 1 { pending.append([]) }
            let children = pending[depth + 1]
            pending[depth + 1] = []
            pending[depth].append(item(node, children.reversed()))
        }
        return .element(
            "section", [:],
            [.element("h2", text: tree.title), .lineEnd, list(pending[0].reversed(), class: "forest")])
    }

    private static func item(_ node: Tree.Node, _ children: [Markup]) -> Markup {
        var label: [Markup] = []
        if node.depth > maximumDepth {
            label.append(.element("span", ["class": "note"], text: "depth \(node.depth) "))
        }
        label.append(.text(node.label))
        if node.count > 1 { label.append(.element("span", ["class": "note"], text: " ×\(node.count)")) }
        guard !children.isEmpty else { return .element("li", [:], Markup(label)) }
        return .element(
            "li", [:],
            .element(
                "details", ["open": ""],
                [.element("summary", [:], Markup(label)), list(children, class: "branch")]))
    }

    private static func list(_ items: [Markup], class name: String) -> Markup {
        .element("ul", ["class": name], [.lineEnd, items.lines])
    }
}
