import Diagnostics
import RecipeModel
import Templater
import Testing

private let anyString = ParameterType.string(pattern: nil, maximumLength: nil)
private let script = """
    probe begin {
        {{#if host}}
        if (h =~ {{host}}) exit()
        {{/if}}
        x = 1{{#unless host}}+2{{/unless}};
    }

    """

@Test func aTakenConditionLeavesNoTrace() {
    #expect(
        expanded(makeRecipe(script, ["host": .regex], required: false), ["host": .regex("a")]) == """
            probe begin {
                if (h =~ "a") exit()
                x = 1  ;
            }

            """)
}

@Test func anUntakenConditionLeavesNoTrace() {
    #expect(
        expanded(makeRecipe(script, ["host": .regex], required: false)) == """
            probe begin {
                x = 1 +2 ;
            }

            """)
}

@Test(arguments: [
    (ParameterType.boolean, ParameterValue.boolean(false), false), (.boolean, .boolean(true), true),
    (.list(of: anyString), .list([]), false), (.list(of: anyString), .list([.string([97])]), true),
    (anyString, .string([]), false), (anyString, .string([97]), true), (.pid, .pid(1), true),
    (.integer(minimum: nil, maximum: nil), .integer(0), true),
])
func aConditionAsksWhetherThereIsAValue(type: ParameterType, value: ParameterValue, isTaken: Bool) {
    let recipe = makeRecipe("{{#if x}}\nyes\n{{/if}}\n{{#unless x}}\nno\n{{/unless}}", ["x": type])
    #expect(expanded(recipe, ["x": value]) == (isTaken ? "yes\n" : "no\n"))
}

@Test(arguments: [
    ("a {{x\n", "'{{' has no '}}'"), ("a {{x y}}", "not a placeholder"),
    ("a {{#each x}}", "not a placeholder"),
    ("a = {{y}}", "'y' is not a parameter"), ("{{#if x}}", "not closed"), ("{{/if}}", "closes no '{{#if}}'"),
    ("{{#if x}}{{/unless}}", "closes no '{{#unless}}'"), ("a = {{x}}", "may have no value"),
    ("{{#unless x}} a = {{x}} {{/unless}}", "has no value within"),
    ("a = \"b{{#if x}}c{{/if}}\"", "stands in a string literal"), ("# {{#if x}}", "stands in a comment"),
    ("{{#if x}} %{ {{/if}} %}", "opens in one token"), ("{{#if x}} %{ {{x}} %} {{/if}}", "expected a number"),
    ("{{#if x}} a = b{{x}} {{/if}}", "join the token"),
    ("{{#if x}} a = {{x}}{{x}} {{/if}}", "join the token"),
    ("{{#if x}} a = b {{x}} {{/if}}", "no value can follow"),
    ("{{#if x}} a = $b->{{x}} {{/if}}", "plain identifier"),
    (String(repeating: "{{#if x}}", count: 17) + String(repeating: "{{/if}}", count: 17), "more than 16"),
])
func aMistakeInATemplateIsFoundWithoutArguments(template: String, expected: String) {
    let recipe = makeRecipe(template, ["x": anyString], required: false)
    let found = Templater.check(recipe).filter { $0.severity == .error }
    #expect(found.contains { $0.message.contains(expected) && $0.range?.source.name == "r.yaml" }, "\(found)")
    #expect(throws: DiagnosticsError.self) { try Templater.expand(recipe, arguments: [:]) }
}

@Test func aMisspeltNameBringsTheNearest() {
    let recipe = makeRecipe("probe begin {\n  a = {{min_status}}\n}", ["min-status": .pid])
    let error = Templater.check(recipe).first { $0.severity == .error }
    #expect(error?.message == "'min_status' is not a parameter of this recipe (did you mean 'min-status'?)")
    #expect(error?.range?.start == SourcePosition(line: 3, column: 9))
}

@Test func unusedParametersAreWarnedOfExceptBinary() {
    let recipe = makeRecipe("probe begin {}", ["binary": .executable, "host": .regex])
    #expect(
        Templater.check(recipe).map { "\($0.severity) \($0.message)" } == [
            "warning the script does not use the parameter 'host'"
        ])
}

@Test func everyByteMapsBackToTheRecipe() throws {
    let recipe = makeRecipe(script, ["host": .regex], required: false)
    let expansion = try Templater.expand(recipe, arguments: ["host": .regex("abcdefghijklmnop")])
    let text = expansion.text
    func original(of part: String) -> String {
        let all = text.text
        let lower = all.utf8.distance(from: all.startIndex, to: all.firstRange(of: part)!.lowerBound)
        let range = expansion.map.original(of: text.range(lower, lower + part.utf8.count))
        return "\(range.source.name) \(range.start) \(range.text)"
    }
    #expect(original(of: "probe begin") == "r.yaml 2:3 probe begin")
    #expect(original(of: "if (h") == "r.yaml 4:7 if (h")
    #expect(original(of: "efgh") == "r.yaml 4:16 {{host}}")
    #expect(original(of: "exit()") == "r.yaml 4:26 exit()")
    #expect(original(of: "x = 1") == "r.yaml 6:7 x = 1")
}
