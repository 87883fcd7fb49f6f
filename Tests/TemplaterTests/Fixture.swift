import Diagnostics
import RecipeModel
import Templater

/// A recipe made of a script alone, behind an indentation as in YAML.
func makeRecipe(
    _ script: String, _ types: [String: ParameterType] = [:], required: Bool = true,
    defaults: [String: ParameterValue] = [:]
) -> Recipe {
    let lines = script.split(separator: "\n", omittingEmptySubsequences: false)
    let yaml = SourceFile(
        name: "r.yaml",
        text: "script: |\n" + lines.map { $0.isEmpty ? "" : "  \($0)" }.joined(separator: "\n"))
    let text = SourceFile(name: "<script>", text: script)
    var segments: [SourceMap.Segment] = []
    for (index, line) in lines.enumerated() {
        let lower = text.offset(line: index + 1, column: 1)
        let upper = min(lower + line.utf8.count + 1, text.bytes.count)
        guard upper > lower else { continue }
        let original = yaml.offset(line: index + 2, column: line.isEmpty ? 1 : 3)
        segments.append(
            .init(
                generatedLower: lower, generatedUpper: upper,
                original: yaml.range(original, original + upper - lower), isVerbatim: true))
    }
    return Recipe(
        name: "r", summary: "s",
        parameters: types.sorted { $0.key < $1.key }.map {
            Parameter(
                name: $0.key, type: $0.value, isRequired: required && defaults[$0.key] == nil,
                defaultValue: defaults[$0.key], range: yaml.range(0, 6))
        },
        script: ScriptSource(text: text, map: SourceMap(generated: text, segments: segments)), source: yaml)
}

/// The expanded text, or the messages of what was wrong, one a line.
func expanded(_ recipe: Recipe, _ arguments: [String: ParameterValue] = [:]) -> String {
    do throws(DiagnosticsError) {
        return try Templater.expand(recipe, arguments: arguments).text.text
    } catch {
        return error.diagnostics.map { "\($0.range.map { "\($0.start) " } ?? "")\($0.message)" }
            .joined(separator: "\n")
    }
}
