import Diagnostics
import StapLanguage
import Testing

@Suite struct TreeTests {
    private func parse(_ text: String) throws -> ScriptTree {
        try ScriptParser.parse(
            SourceFile(name: "x.stp", text: text), options: .init(facts: PreprocessorFacts(guru: true)))
    }

    @Test func walkFindsEveryTargetExpression() throws {
        let tree = try parse(
            """
            probe a if ($c1) { if ($a) { x[$b->y[$i]] = @cast($p, "t")->z } foreach (k in s[$k] limit $l) delete d[$d] }
            probe n = b { try { $t } catch { &$u->v } } , { printf("%d", @entry($e)) }
            function f() { return @defined($r) ? $q : y->w }
            """)
        var found: [String] = []
        tree.walkExpressions { expression in
            if case .target(let target) = expression.kind {
                if case .variable(let name) = target.root {
                    found.append(name.text)
                } else {
                    found.append("-")
                }
            }
            return true
        }
        #expect(
            found == [
                "c1", "a", "b", "i", "-", "p", "k", "l", "d", "t", "u", "e", "r", "q", "-",
            ])
    }

    @Test func rangesAreThoseOfTheSource() throws {
        let tree = try parse("probe process(\"/x\").function(\"f\").call ? { print($a->b[1], x + y) }")
        let probe = try #require(tree.probes.first)
        #expect(probe.points[0].range.text == "process(\"/x\").function(\"f\").call ?")
        #expect(probe.points[0].components[1].range.text == "function(\"f\")")
        var texts: [String] = []
        tree.walkExpressions { expression in
            texts.append(expression.range.text)
            if case .target(let target) = expression.kind { texts += target.steps.map(\.range.text) }
            return true
        }
        #expect(texts == ["print($a->b[1], x + y)", "$a->b[1]", "->b", "[1]", "1", "x + y", "x", "y"])
    }

    @Test func equalityIgnoresPlacesOnly() throws {
        #expect(try parse("probe a { x = 1 + 2 }") == parse("probe a{x=1+/* */2;}"))
        #expect(try parse("probe a { x = 1 + 2 }") != parse("probe a { x = 2 + 1 }"))
        #expect(try parse("probe a { x = 1 - (2 - 3) }") != parse("probe a { x = 1 - 2 - 3 }"))
        #expect(try parse("probe a { \"a\" }") != parse("probe a { \"b\" }"))
    }

    @Test(arguments: [
        ("a || b && c", "a || b && c"), ("a + b . c", "a + b . c"), ("a . (b . c)", "a . (b . c)"),
        ("- - -a", "- - -a"),
        ("(a =~ \"x\") == 1", "(a =~ \"x\") == 1"), ("(a)[1]", "(a)[1]"), ("!(~a)", "! ~a"),
        ("1 & 2 == 3", "1 & 2 == 3"),
        ("a = b <<< c", "a = b <<< c"), ("-a->b", "-a->b"), ("0xffffffffffffffff", "0xffffffffffffffff"),
        ("$x->y$", "$x->y $"), ("(&$x)->y", "(&$x)->y"), ("[a, *] in b", "[a, *] in b"),
    ])
    func printsCanonically(_ text: String, _ printed: String) throws {
        let tree = try parse("probe a { \(text) }")
        guard case .block(let statements) = tree.probes[0].body.kind,
            case .expression(let expression) = statements[0].kind
        else {
            Issue.record("\(text) is no expression")
            return
        }
        #expect(ScriptPrinter.text(of: expression) == printed)
    }

    @Test(arguments: [
        ("2.6.9", "2.6.13", -1), ("2.6.13", "2.6.13", 0), ("6.1.0", "6.1", 1), ("6.10", "6.9", 1),
        ("6.1-rc1", "6.1", 1),
    ])
    func versionsCompareByTheirNumbers(_ left: String, _ right: String, _ order: Int) throws {
        let facts = PreprocessorFacts(kernelRelease: left)
        for (comparison, holds) in [
            ("<", order < 0), ("==", order == 0), (">", order > 0), (">=", order >= 0),
        ] {
            let text = "%( kernel_vr \(comparison) \"\(right)\" %? global yes %: global no %)"
            let tree = try ScriptParser.parse(SourceFile(name: "v", text: text), options: .init(facts: facts))
            #expect((tree.globals[0].name.text == "yes") == holds, "\(left) \(comparison) \(right)")
        }
    }
}
