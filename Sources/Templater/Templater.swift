public import Diagnostics
public import RecipeModel

/// Fills a recipe's script with its parameters' values.
///
/// The script is a template of SystemTap: a placeholder `{{name}}` becomes what its place needs.
///
/// - In a string literal: text, escaped for that string. A format of `printf` or `sprintf` doubles `%`; a
///   regular expression behind `=~` escapes everything but values of the type regex, which become a group
///   when more is in the literal; a list becomes its elements joined by commas, or an alternation in a regular
///   expression.
/// - In code: a number literal for integers, pids, sizes (bytes), durations (milliseconds) and booleans (1 or
///   0); a quoted string literal for everything else. Behind `$` or `->` an identifier becomes the name itself.
/// - In embedded C: a C integer literal; text is refused.
/// - In a comment: the text, with what could end the comment replaced by `?`.
///
/// `{{#if name}} … {{/if}}` keeps its content where the parameter has a value (a boolean: is true; a list or
/// text: is not empty), `{{#unless name}} … {{/unless}}` where it does not. A marker alone on its line takes
/// the line with it. A literal `{{` is written `\{{` in a string and `{ {` in code.
public enum Templater {
    /// The script that a recipe and its arguments make.
    ///
    /// - Parameters:
    ///   - recipe: The recipe.
    ///   - arguments: The values given, by parameter; parameters without one take their default.
    ///   - limits: What overrides the recipe's limits.
    /// - Returns: The script, with a map from its text to the recipe's YAML.
    /// - Throws: Every problem of the template (see ``check(_:)``) or, where it has none, of the arguments.
    public static func expand(
        _ recipe: Recipe, arguments: [String: ParameterValue], limits: Limits = Limits()
    ) throws(DiagnosticsError) -> Script {
        let template = TemplateScanner.scan(recipe.script.text)
        let words = TemplateMessages(recipe: recipe)
        try TemplateCheck(template, recipe: recipe).problems().map(words.diagnostic).throwIfErrors()
        var values = arguments
        var problems: [Diagnostic] = []
        for parameter in recipe.parameters {
            guard let value = arguments[parameter.name] else {
                values[parameter.name] = parameter.defaultValue
                if parameter.isRequired, parameter.defaultValue == nil {
                    problems.append(words.missing(parameter))
                }
                continue
            }
            if !parameter.type.accepts(value) { problems.append(words.wrongType(parameter)) }
        }
        let known = Set(recipe.parameters.map(\.name))
        for name in arguments.keys.sorted() where !known.contains(name) {
            problems.append(words.unknownArgument(name))
        }
        try problems.throwIfErrors()
        var expansion = Expansion(template, of: recipe.script, values: values)
        expansion.run()
        try expansion.problems.map(words.diagnostic).throwIfErrors()
        let (text, map) = expansion.output.finished(name: "<expanded \(recipe.name)>")
        return Script(
            recipe: recipe.name, text: text, map: map, limits: recipe.limits.overridden(by: limits),
            guru: recipe.guru, arguments: values)
    }

    /// What is wrong with a recipe's template, whatever the arguments; warnings too.
    ///
    /// Errors: unclosed or malformed `{{`, unknown names, conditions that do not match or cross a token's end,
    /// an optional parameter without default outside an `{{#if}}` for it, a place where values of the
    /// parameter's type cannot stand. Warnings: parameters that the script does not use (`binary` may be).
    public static func check(_ recipe: Recipe) -> [Diagnostic] {
        let template = TemplateScanner.scan(recipe.script.text)
        return TemplateCheck(template, recipe: recipe).problems().map(
            TemplateMessages(recipe: recipe).diagnostic)
    }
}

extension ParameterValue {
    /// Whether an `{{#if}}` for a parameter with this value is taken.
    var isPresent: Bool {
        switch self {
        case .boolean(let flag): flag
        case .list(let elements): !elements.isEmpty
        case .string(let bytes): !bytes.isEmpty
        case .executable(let text), .path(let text), .regex(let text), .choice(let text),
            .identifier(let text):
            !text.isEmpty
        case .pid, .integer, .duration, .size: true
        }
    }
}

extension ParameterType {
    /// Whether the value is of this type and within its bounds; patterns are the binding's to check.
    func accepts(_ value: ParameterValue) -> Bool {
        switch (self, value) {
        case (.executable, .executable), (.path, .path), (.pid, .pid), (.regex, .regex),
            (.duration, .duration), (.size, .size), (.boolean, .boolean), (.identifier, .identifier):
            true
        case (.integer(let minimum, let maximum), .integer(let number)):
            number >= minimum ?? .min && number <= maximum ?? .max
        case (.string(_, let maximumLength), .string(let bytes)): bytes.count <= maximumLength ?? 4096
        case (.choice(let words), .choice(let word)): words.contains(word)
        case (.list(let element), .list(let values)): values.allSatisfy { element.accepts($0) }
        default: false
        }
    }

    /// Whether values of it are written as numbers.
    var isNumber: Bool {
        switch self {
        case .pid, .integer, .duration, .size, .boolean: true
        case .executable, .path, .string, .regex, .choice, .identifier, .list: false
        }
    }
}
