import Diagnostics
import RecipeModel
import StapLanguage
import Templater

/// The templater: a value changes nothing of a script but the literal that it fills.
///
/// The input is the parameter's type (a byte), its value up to a 0 byte, and the script with `{{x}}` in it.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    guard let choice = bytes.first, let end = bytes.dropFirst().firstIndex(of: 0), end > 1 else { return 0 }
    let value = Array(bytes[1..<end])
    let kind = Kind.allCases[Int(choice) % Kind.allCases.count]
    let recipe = recipe(Array(bytes[(end + 1)...]), kind.type)
    _ = Templater.check(recipe)
    guard let hostile = shape(recipe, kind.value(value)),
        let benign = shape(recipe, kind.value(Array("7".utf8)))
    else { return 0 }
    guard hostile == benign else {
        fatalError("the value changed more than its literal:\n\(hostile)\nexpected:\n\(benign)")
    }
    return 0
}

/// The types whose values are free text, or nearly so; an identifier and an executable's path name code.
private enum Kind: UInt8, CaseIterable {
    case string, regex, path, integer, list

    private static let text = ParameterType.string(pattern: nil, maximumLength: 1 << 20)

    var type: ParameterType {
        switch self {
        case .string: Self.text
        case .regex: .regex
        case .path: .path
        case .integer: .integer(minimum: nil, maximum: nil)
        case .list: .list(of: Self.text)
        }
    }

    func value(_ bytes: [UInt8]) -> ParameterValue {
        switch self {
        case .string: .string(bytes)
        case .regex: .regex(String(decoding: bytes, as: UTF8.self))
        case .path: .path(String(decoding: bytes, as: UTF8.self))
        // Not negative, which makes two tokens.
        case .integer: .integer(bytes.reduce(0) { ($0 << 7 ^ Int64($1)) & .max })
        case .list: .list([.string(bytes), .string([0x62])])
        }
    }
}

private func recipe(_ script: [UInt8], _ type: ParameterType) -> Recipe {
    let source = SourceFile(name: "<script>", bytes: script)
    let map = SourceMap(
        generated: source,
        segments: [
            .init(
                generatedLower: 0, generatedUpper: script.count, original: source.range(0, script.count),
                isVerbatim: true)
        ])
    return Recipe(
        name: "fuzz", summary: "s",
        parameters: [Parameter(name: "x", type: type, isRequired: true, range: source.range(0, 0))],
        script: ScriptSource(text: source, map: map), source: source)
}

/// The kinds of a script's tokens, with the text of those that no value fills; nil where the value is refused.
private func shape(_ recipe: Recipe, _ value: ParameterValue) -> String? {
    let script: Script
    do throws(DiagnosticsError) {
        script = try Templater.expand(recipe, arguments: ["x": value])
    } catch {
        _ = DiagnosticRenderer().render(Array(error.diagnostics.prefix(4)))
        return nil
    }
    return Lexer.lex(script.text).tokens.map { token in
        switch token.kind {
        case .string: "string"
        case .number: "number"
        case .embeddedC: "embedded C"
        case .comment: "comment"
        default: "\(token.kind) \(token.text)"
        }
    }.joined(separator: "\n")
}
