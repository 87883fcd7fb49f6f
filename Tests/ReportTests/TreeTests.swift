import RecipeModel
import Testing

@testable import Report

private func tree(_ lines: [String], maximumNodes: Int = 20_000) throws -> (Tree, [Loss]) {
    var builder = try SummaryBuilder(
        records: [Make.record("fork", "{p:integer} {pcomm} -> {c:integer} {ccomm}")],
        trees: [Make.tree("Forks", of: "fork", "p", "c", "{pcomm} ({p})", "{ccomm} ({c})")],
        bounds: SummaryBuilder.Bounds(treeNodes: maximumNodes))
    for line in lines { builder.feed(line) }
    let summary = builder.finish(RunFacts(recipe: "r", end: .exited))
    return (summary.trees[0], summary.losses)
}

private func outline(_ tree: Tree) -> [String] {
    tree.nodes.map { "\($0.depth) \($0.label)" + ($0.count > 1 ? " x\($0.count)" : "") }
}

@Test(arguments: [
    (["1 sh -> 2 a", "2 a -> 3 b", "1 sh -> 4 c"], ["0 sh (1)", "1 a (2)", "2 b (3)", "1 c (4)"]),
    (["2 a -> 3 b", "1 sh -> 2 a"], ["0 sh (1)", "1 a (2)", "2 b (3)"]),
    (["1 sh -> 2 a", "1 sh -> 2 a"], ["0 sh (1)", "1 a (2) x2"]),
    (["1 sh -> 2 a", "2 a -> 1 b"], ["0 sh (1)", "1 a (2)", "2 b (1)"]),
    (["1 sh -> 1 sh"], ["0 sh (1)", "1 sh (1)"]),
    (
        ["1 sh -> 2 a", "9 cron -> 2 b", "2 b -> 3 c"],
        ["0 sh (1)", "1 a (2)", "0 cron (9)", "1 b (2)", "2 c (3)"]
    ),
])
func forksBecomeAForestWhateverTheirOrder(lines: [String], expected: [String]) throws {
    #expect(outline(try tree(lines).0) == expected)
}

/// What is renamed is the newest process of the id, and a fork that is printed again is still the same.
@Test func aNodeIsCalledWhatItBecame() throws {
    var builder = try SummaryBuilder(
        records: [
            Make.record("fork", "fork {p:integer} -> {c:integer} {comm}"),
            Make.record("exec", "exec {c:integer} {comm}"),
        ],
        trees: [Make.tree("Forks", of: "fork", "p", "c", "{comm} ({p})", "{comm} ({c})", renamedBy: "exec")])
    for line in [
        "exec 1 early", "fork 1 -> 2 sh", "exec 2 env", "exec 2 ls", "fork 1 -> 2 sh", "fork 2 -> 3 ls",
        "fork 9 -> 2 cron",
        "exec 2 job", "exec 9 crond",
    ] { builder.feed(line) }
    let tree = builder.finish(RunFacts(recipe: "r", end: .exited)).trees[0]
    #expect(
        outline(tree) == ["0 sh (1)", "1 ls (2) x2", "2 ls (3)", "0 crond (9)", "1 job (2)"])
}

@Test func aTreeIsDrawnWithLinesAndFitsTheWidth() throws {
    let (tree, _) = try tree([
        "1 sh -> 2 make", "2 make -> 3 cc", "2 make -> 4 ld", "1 sh -> 5 \u{1B}[31mred",
        "1 sh -> 5 \u{1B}[31mred",
    ])
    let style = TextStyle(isColored: false)
    let layout = TreeLayout(width: 40, terminal: TerminalText(isUnicode: true), style: style, maximumLines: 9)
    #expect(
        layout.lines(of: tree) == [
            "Forks", "  sh (1)", "  ├─ make (2)", "  │  ├─ cc (3)", "  │  └─ ld (4)",
            "  └─ ?[31mred (5) (×2)",
        ])
    let ascii = TreeLayout(width: 40, terminal: TerminalText(isUnicode: false), style: style, maximumLines: 3)
    #expect(
        ascii.lines(of: tree) == ["Forks", "  sh (1)", "  |- make (2)", "  |  |- cc (3)", "  ... and 2 more"])
}

@Test func theDeepestTreeIsDrawnWithinTheWidthAndTheNodesAreBounded() throws {
    let (tree, losses) = try tree(
        (1...6000).map { "\($0) p -> \($0 + 1) child-with-a-name" }, maximumNodes: 5000)
    #expect(tree.nodes.count == 5000)
    #expect(tree.nodes.last?.depth == 4999)
    #expect(losses == [Loss(.recordsNotKept("Forks"), count: 1001)])
    for width in [20, 40, 80] {
        let layout = TreeLayout(
            width: width, terminal: TerminalText(isUnicode: true), style: TextStyle(isColored: false),
            maximumLines: 10_000)
        #expect(layout.lines(of: tree).allSatisfy { TerminalText.width($0) <= width })
    }
}
