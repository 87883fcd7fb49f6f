import Diagnostics
import RecipeModel
import Templater
import Testing

private let anyInteger = ParameterType.integer(minimum: nil, maximum: nil)
private let anyString = ParameterType.string(pattern: nil, maximumLength: nil)

@Test(arguments: [
    ("probe timer.ms({{x}}) {}", "probe timer.ms(30000) {}"),
    ("probe begin { a = {{x}} }", "probe begin { a = 30000 }"),
    ("probe begin { a = \"{{x}} ms\" }", "probe begin { a = \"30000 ms\" }"),
])
func aDurationIsMilliseconds(template: String, expected: String) {
    #expect(expanded(makeRecipe(template, ["x": .duration]), ["x": .duration(.seconds(30))]) == expected)
}

@Test(arguments: [
    ("a = {{x}}", "a = -5"), ("a = b-{{x}}", "a = b- -5"), ("f({{x}})", "f(-5)"),
    ("a = \"{{x}}\"", "a = \"-5\""), ("%{ int a = {{x}}; %}", "%{ int a = (-5); %}"),
    ("return {{x}}", "return -5"), ("# {{x}}", "# -5"),
])
func aNegativeNumberStaysANumber(template: String, expected: String) {
    #expect(expanded(makeRecipe(template, ["x": anyInteger]), ["x": .integer(-5)]) == expected)
}

@Test func numbersKeepTheirWholeRange() {
    let recipe = makeRecipe("a = {{x}} %{ {{x}} %}", ["x": anyInteger])
    #expect(
        expanded(recipe, ["x": .integer(.min)])
            == "a = -9223372036854775808 %{ (-9223372036854775807LL - 1) %}")
    #expect(expanded(recipe, ["x": .integer(.max)]).hasSuffix("%{ 9223372036854775807LL %}"))
}

@Test(arguments: [
    ("a = {{x}}", #"a = "q\"b\\n\nt\tp%c\001""#),
    ("a = \"<{{x}}>\"", #"a = "<q\"b\\n\nt\tp%c\001>""#),
    ("printf(\"<{{x}}>\", 1)", #"printf("<q\"b\\n\nt\tp%%c\001>", 1)"#),
    ("printf(\"a\" \"<{{x}}>\", 1)", #"printf("a" "<q\"b\\n\nt\tp%%c\001>", 1)"#),
    ("printf({{x}})", #"printf("q\"b\\n\nt\tp%%c\001")"#),
    ("printf(\"%s\", \"{{x}}\")", #"printf("%s", "q\"b\\n\nt\tp%c\001")"#),
    ("println(\"{{x}}\")", #"println("q\"b\\n\nt\tp%c\001")"#),
    ("# {{x}}", #"# q"b\n?t?p%c?"#),
    ("/* {{x}} */", #"/* q"b\n?t?p%c? */"#),
    ("a = \"\\{{x}}\"", #"a = "\{{x}}""#),
])
func textIsEscapedForItsPlace(template: String, expected: String) {
    let recipe = makeRecipe(template, template.contains("\\{{") ? [:] : ["x": anyString])
    let arguments: [String: ParameterValue] = ["x": .string(Array("q\"b\\n\nt\tp%c\u{1}".utf8))]
    #expect(expanded(recipe, recipe.parameters.isEmpty ? [:] : arguments) == expected)
}

@Test(arguments: [
    ("/* {{x}} */", "a*/b", "/* a?/b */"), ("/* *{{x}} */", "/b", "/* *?b */"),
    ("/* {{x}}/ */", "b*", "/* b?/ */"),
    ("// {{x}}\na", "a\nb", "// a?b\na"), (#"a = "\1{{x}}""#, "7", #"a = "\1\067""#),
    (#"a = "\x4{{x}}""#, "f", #"a = "\x4\146""#), (#"a = "\\1{{x}}""#, "7", #"a = "\\17""#),
    (#"a = "\123{{x}}""#, "7", #"a = "\1237""#), ("a = {{x}}", "", "a = \"\""),
])
func aValueCannotEndOrJoinWhatItStandsIn(template: String, value: String, expected: String) {
    #expect(expanded(makeRecipe(template, ["x": anyString]), ["x": .string(Array(value.utf8))]) == expected)
}

@Test(arguments: [
    ("if (a =~ \"{{x}}\")", ParameterType.regex, ParameterValue.regex("a|b\\.c"), #"if (a =~ "a|b\\.c")"#),
    ("if (a =~ \"^{{x}}$\")", .regex, .regex("a|b\\.c"), #"if (a =~ "^(a|b\\.c)$")"#),
    ("if (a =~ {{x}})", .regex, .regex("a|b"), #"if (a =~ "a|b")"#),
    ("if (a !~ \"^{{x}}$\")", anyString, .string(Array("a.b\\\"".utf8)), #"if (a !~ "^a\\.b\\\\\"$")"#),
    (
        "if (a =~ {{x}})", .list(of: anyString), .list([.string([97]), .string([42])]),
        #"if (a =~ "(a|\\*)")"#
    ),
    ("a = {{x}}", .list(of: anyInteger), .list([.integer(1), .integer(-2)]), #"a = "1,-2""#),
    ("a = \"{{x}}\"", .list(of: anyString), .list([.string([97]), .string([98])]), #"a = "a,b""#),
    ("a = {{x}}", .boolean, .boolean(true), "a = 1"), ("a = {{x}}", .size, .size(65536), "a = 65536"),
    ("a = ${{x}}->{{x}}", .identifier, .identifier("rc"), "a = $rc->rc"),
    ("a = {{x}}", .identifier, .identifier("ngx_*"), #"a = "ngx_*""#),
    (
        "probe process(\"{{x}}\").begin", .executable, .executable("/a b/é\"c"),
        #"probe process("/a b/é\"c").begin"#
    ),
])
func aValueTakesTheFormOfItsTypeAndPlace(
    template: String, type: ParameterType, value: ParameterValue, expected: String
) {
    #expect(expanded(makeRecipe(template, ["x": type]), ["x": value]) == expected)
}

@Test(arguments: [
    ("a = {{x}}", anyString, ParameterValue.string([97, 0]), "NUL byte"),
    ("a = {{x}}", .list(of: anyString), .list([.string(Array("a,b".utf8))]), "holds a comma"),
    ("a =~ {{x}}", .list(of: anyString), .list([]), "empty list"),
    ("a =~ \"x{{x}}\"", .regex, .regex("a)|(b"), "brackets do not match"),
    ("a =~ \"[{{x}}]\"", anyString, .string([97]), "between '[' and ']'"),
    ("a =~ {{x}}", .regex, .regex("a|é"), "beyond ASCII"),
    ("a !~ \"^{{x}}$\"", anyString, .string([0x61, 0xC3]), "beyond ASCII"),
    ("a =~ {{x}}", .list(of: .identifier), .list([.identifier("a"), .identifier("é")]), "beyond ASCII"),
    ("printf(\"%{{x}}\", 1)", anyString, .string([115]), "unfinished '%'"),
    ("a = ${{x}}", .identifier, .identifier("ngx_*"), "plain identifier"),
    ("probe process(\"{{x}}\").begin {}", .executable, .executable("/a[1]"), "stap would expand"),
    ("a = {{x}}", .size, .size(.max), "above"),
    ("a = {{x}}", .duration, .duration(.microseconds(5)), "milliseconds"),
    ("a = {{x}}", .integer(minimum: 4, maximum: 5), .integer(6), "out of its bounds"),
    ("a = {{x}}", .boolean, .integer(1), "not of its type"),
    ("%( {{x}} > 5 %? a %)", anyInteger, .integer(-1), "negative"),
    ("a = {{x}}", .string(pattern: nil, maximumLength: 3), .string([97, 97, 97, 97]), "out of its bounds"),
])
func aRefusedValueIsNamed(template: String, type: ParameterType, value: ParameterValue, expected: String) {
    let message = expanded(makeRecipe(template, ["x": type]), ["x": value])
    #expect(message.contains("'x'") && message.contains(expected), "\(message)")
}

@Test func everyMissingWrongAndUnknownArgumentIsReportedAtOnce() {
    let recipe = makeRecipe("a = {{host}} + {{rc}}", ["host": anyString, "rc": anyInteger])
    let message = expanded(recipe, ["hots": .string([97]), "rc": .boolean(true)])
    #expect(
        message.split(separator: "\n").map { String($0.drop { $0 != "'" && $0 != "r" && $0 != "t" }) } == [
            "the required parameter 'host' has no value",
            "the value of 'rc' is not of its type or out of its bounds",
            "recipe 'r' has no parameter 'hots' (did you mean 'host'?)",
        ])
}

@Test func limitsOfTheCallerOverrideTheRecipes() throws {
    var recipe = makeRecipe("probe begin {}")
    recipe.limits = Limits(macros: [.MAXACTION: 1, .MAXERRORS: 2])
    let script = try Templater.expand(recipe, arguments: [:], limits: Limits(macros: [.MAXACTION: 5]))
    #expect(script.limits == Limits(macros: [.MAXACTION: 5, .MAXERRORS: 2]))
}
