import Diagnostics
import Foundation
import RecipeModel
import StapLanguage
import Templater
import TestSupport
import Testing

/// A template with one place for `{{x}}`, and the literals that the place makes of a value.
private struct Place: CustomTestStringConvertible, Sendable {
    var script: String
    var type: ParameterType
    /// The decoded bytes of the literal that holds the value.
    var literal: @Sendable ([UInt8]) -> [UInt8]
    var testDescription: String { script }

    init(
        _ script: String, _ type: ParameterType = .string(pattern: nil, maximumLength: 1 << 20),
        _ literal: @escaping @Sendable ([UInt8]) -> [UInt8] = { $0 }
    ) {
        self.script = script
        self.type = type
        self.literal = literal
    }

    func value(_ bytes: [UInt8]) -> ParameterValue {
        switch type {
        case .regex: .regex(String(decoding: bytes, as: UTF8.self))
        case .path: .path(String(decoding: bytes, as: UTF8.self))
        case .executable: .executable(String(decoding: bytes, as: UTF8.self))
        case .list: .list([.string(bytes), .string(Array("b".utf8))])
        default: .string(bytes)
        }
    }
}

private let anyString = ParameterType.string(pattern: nil, maximumLength: 1 << 20)

@Sendable private func doubled(_ bytes: [UInt8]) -> [UInt8] {
    bytes.flatMap { $0 == UInt8(ascii: "%") ? [$0, $0] : [$0] }
}

@Sendable private func quoted(_ bytes: [UInt8]) -> [UInt8] {
    bytes.flatMap { "\\^$.|?*+()[]{}".utf8.contains($0) ? [UInt8(ascii: "\\"), $0] : [$0] }
}

private let places: [Place] = [
    Place("probe begin { println({{x}}) }"), Place("probe begin { println(\"{{x}}\") }"),
    Place("probe begin { println(\"<{{x}}>\") }") { Array("<".utf8) + $0 + Array(">".utf8) },
    Place(#"probe begin { println("\1{{x}}8") }"#) { [1] + $0 + [0x38] },
    Place(#"probe begin { println("\x1{{x}}f") }"#) { [1] + $0 + [0x66] },
    Place(#"probe begin { println("\\{{x}}\\") }"#) { [0x5C] + $0 + [0x5C] },
    Place("probe begin { printf(\"{{x}}\\n\") }") { doubled($0) + [10] },
    Place("probe begin { printf(\"%d\" \"{{x}}\", 1) }") { Array("%d".utf8) + doubled($0) },
    Place("probe begin { printf(\"%s\", {{x}}) }"),
    Place("probe begin { printf({{x}}) }", anyString, doubled),
    Place("probe begin { if (\"a\" =~ \"^{{x}}$\") exit() }") {
        Array("^".utf8) + quoted($0) + Array("$".utf8)
    },
    Place("probe begin { if (\"a\" =~ {{x}}) exit() }", anyString, quoted),
    Place("probe begin { if (\"a\" !~ {{x}}) exit() }", .regex) { $0 },
    Place("probe begin { if (\"a\" =~ \"^{{x}}$\") exit() }", .regex) {
        Array("^(".utf8) + $0 + Array(")$".utf8)
    },
    Place("probe begin { if (\"a\" =~ \"{{x}}\") exit() }", .list(of: anyString)) {
        Array("(".utf8) + quoted($0) + Array("|b)".utf8)
    },
    Place("probe begin { println({{x}} . \"a\") }", .executable),
    Place("probe begin { println({{x}}) }", .list(of: anyString)) { $0 + Array(",b".utf8) },
    Place("probe process(\"{{x}}\").function(\"f\") {}"),
    Place("probe process(\"{{x}}\").function(\"f\") {}", .path),
    Place("@define m(a) %( println(@a) %) probe begin { @m({{x}}) }"),
    Place("%( \"a\" == {{x}} %? probe begin {} %: probe begin { exit() } %)"),
    Place("global g = {{x}} probe begin { println(g) }"),
    Place("probe begin { /* {{x}} */ exit() }"), Place("probe begin { # {{x}}\n exit() }"),
    Place("probe begin { // {{x}}/ \n exit() }"), Place("probe begin { /* *{{x}}/ */ exit() }"),
    Place("%{ /* {{x}} */ %} probe begin {}"),
]

/// Bytes that mean something somewhere.
private let nasty: [String] = [
    "\"", "\\", "\n", "\r", "\t", "%}", "%{", "*/", "/*", "}}", "{{", "{{x}}", "{{#if x}}", "%(", "%)", "%d",
    "%",
    "\0", "a\0\" exit() #", "\\\"", "\\\n", "\r\n", "\u{2028}", "\u{1B}[31m", "%%", "%s", "*", "/", "??/",
    "%?", "%:",
    "$1", "@1", "#", "//", "'", "`", ";", "}", ")", "\u{7F}", "é", "日本", "\\x41", "\\101", "7", "f", "?", "[",
    "]",
    "(", "|", ".*", "\" exit() \"", "\\\"", ",", " ", "a",
]

private func randomValue(_ generator: inout SeededGenerator) -> [UInt8] {
    var bytes: [UInt8] = []
    for _ in 0..<Int.random(in: 1...8, using: &generator) {
        switch Int.random(in: 0..<12, using: &generator) {
        case 0: bytes.append(UInt8.random(in: 0...255, using: &generator))
        case 1: bytes += [0x80, 0xFF, 0xC3]
        default: bytes += Array(nasty.randomElement(using: &generator)!.utf8)
        }
    }
    return bytes
}

/// The tree with the value's literal taken out, and the literals that were, so that two can be compared.
private func parsed(_ place: Place, _ bytes: [UInt8]) throws -> (tree: String, literals: [[UInt8]]) {
    let script = try Templater.expand(
        makeRecipe(place.script, ["x": place.type]), arguments: ["x": place.value(bytes)])
    let options = ScriptParser.Options(facts: PreprocessorFacts(guru: true))
    let tree = try ScriptParser.parse(script.text, options: options)
    var literals: [[UInt8]] = []
    func take(_ literal: StringLiteral?) { if let literal { literals.append(literal.bytes) } }
    for probe in tree.probes {
        for component in probe.points.flatMap(\.components) {
            if case .string(let literal)? = component.argument { take(literal) }
        }
    }
    for global in tree.globals { if case .string(let literal)? = global.initialValue { take(literal) } }
    tree.walkExpressions { expression in
        switch expression.kind {
        case .string(let literal): take(literal)
        case .regexMatch(_, let literal, _): take(literal)
        case .print(let call): take(call.format)
        default: break
        }
        return true
    }
    let kinds = Lexer.lex(script.text).tokens.map { token in
        switch token.kind {
        case .string: "string"
        case .embeddedC: "embedded C"
        default: "\(token.kind) \(token.text)"
        }
    }
    return (kinds.joined(separator: "\n"), literals)
}

private let benign = Array("benign".utf8)

/// The property: the value is refused by its parameter's name, or only its literal differs and decodes to it.
private func expectHarmless(
    _ place: Place, _ bytes: [UInt8], likeBenign expected: (tree: String, literals: [[UInt8]]),
    _ context: String
) throws {
    let found: (tree: String, literals: [[UInt8]])
    do {
        found = try parsed(place, bytes)
    } catch let error as DiagnosticsError {
        let isNamed = error.diagnostics.allSatisfy { $0.message.contains("'x'") }
        #expect(isNamed, "\(context): \(error.diagnostics.map(\.message))")
        return
    }
    #expect(found.tree == expected.tree, "\(context)")
    let text: [UInt8] =
        if case .string = place.type { bytes } else if case .list = place.type { bytes } else {
            Array(String(decoding: bytes, as: UTF8.self).utf8)
        }
    let wanted = expected.literals.map { $0 == place.literal(benign) ? place.literal(text) : $0 }
    #expect(found.literals == wanted, "\(context)")
}

@Test func aValueChangesNothingButItsLiteral() throws {
    var generator = SeededGenerator()
    let seed = generator.seed
    for place in places.dropLast() {
        let expected = try parsed(place, benign)
        for round in 0..<SeededGenerator.rounds(60) {
            let bytes = randomValue(&generator)
            try expectHarmless(
                place, bytes, likeBenign: expected,
                "seed \(seed) round \(round) in \(place.script): \(bytes)")
        }
    }
}

@Test func everySingleByteChangesNothingButItsLiteral() throws {
    for place in places.dropLast() {
        let expected = try parsed(place, benign)
        for byte in UInt8.min...UInt8.max where byte < 0x30 || byte > 0x7A || byte % 5 == 0 {
            try expectHarmless(place, [byte], likeBenign: expected, "\(place.script): \(byte)")
        }
    }
}

@Test func aLongValueIsWholeOrRefused() throws {
    var generator = SeededGenerator()
    let seed = generator.seed
    for place in places.dropLast() {
        let expected = try parsed(place, benign)
        for length in [65535, 65536, 65537, 300_000] {
            let random = (0..<length).map { _ in UInt8.random(in: 1...255, using: &generator) }
            // One thing over and over, so that every byte of the value needs its escape.
            let unit = Array(nasty.randomElement(using: &generator)!.utf8)
            let uniform = (0..<length).map { unit[$0 % unit.count] }
            for bytes in [random, uniform] {
                let context = "seed \(seed) \(length) bytes of \(bytes.prefix(8))… in \(place.script)"
                try expectHarmless(place, bytes, likeBenign: expected, context)
            }
        }
    }
    #expect(
        expanded(
            makeRecipe("probe begin { println({{x}}) }", ["x": anyString]),
            ["x": .string(Array(repeating: 97, count: 65537))]
        ).contains("longer than 65536 bytes"))
}

@Test func textIsNeverPutIntoEmbeddedC() {
    let place = places[places.count - 1]
    let message = expanded(makeRecipe(place.script, ["x": place.type]), ["x": .string([97])])
    #expect(message.hasPrefix("2:9 the value of 'x' is text, expected a number in embedded C"), "\(message)")
}

/// The expressions of a script in order, minus signs aside.
private func shape(_ source: SourceFile) throws -> [String] {
    var names: [String] = []
    let tree = try ScriptParser.parse(source)
    tree.walkExpressions { expression in
        switch expression.kind {
        case .number: names.append("number")
        case .unary(.minus, _): break
        default: names.append(String("\(expression.kind)".prefix { $0 != "(" }))
        }
        return true
    }
    return names + ["\(tree.items.count)", "\(tree.probes.flatMap(\.points).count)"]
}

@Test(arguments: [Int64.min, -1, 0, 1, 42, .max]) func aNumberStaysOneValue(number: Int64) throws {
    for script in [
        "probe begin { x = {{x}} println(x) }", "probe begin { x = 4-{{x}} println(x) }",
        "probe begin { x = -{{x}} println(x) }", "probe timer.ms({{x}}) {}",
        "global a = {{x}} probe begin { a++ }",
        "probe begin { x = 2 * {{x}} / 3 println(x ? {{x}} : {{x}}) }",
    ] {
        let recipe = makeRecipe(script, ["x": .integer(minimum: nil, maximum: nil)])
        let text = try Templater.expand(recipe, arguments: ["x": .integer(number)]).text
        let benign = try Templater.expand(recipe, arguments: ["x": .integer(7)]).text
        #expect(try shape(text) == shape(benign), "\(script)")
    }
}

@Test func realStapParsesWhatNastyValuesBecome() throws {
    var generator = SeededGenerator()
    let seed = generator.seed
    for _ in 0..<SeededGenerator.rounds(5) {
        let place = places.dropLast().randomElement(using: &generator)!
        let bytes = randomValue(&generator).filter { $0 != 0 && $0 != UInt8(ascii: ",") }
        let recipe = makeRecipe(place.script, ["x": place.type])
        guard let script = try? Templater.expand(recipe, arguments: ["x": place.value(bytes)]) else {
            continue
        }
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).stp")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(script.text.bytes).write(to: file)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/stap")
        process.arguments = ["-g", "-r", InstalledKernel.release, "-p1", file.path]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(
            process.terminationStatus == 0,
            "seed \(seed): \(script.text.text); apt-get install systemtap linux-headers-amd64")
    }
}
