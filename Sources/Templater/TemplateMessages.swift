import Diagnostics
import RecipeModel

/// Turns what is wrong with a template or its arguments into words, at the recipe's own lines.
struct TemplateMessages {
    /// The recipe.
    let recipe: Recipe

    /// The words for a template's problem.
    func diagnostic(_ problem: TemplateProblem) -> Diagnostic {
        let script = recipe.script
        let range = script.map.original(
            of: script.text.range(problem.range.lowerBound, problem.range.upperBound))
        switch problem.kind {
        case .notSystemTap(var diagnostic):
            diagnostic.range = range
            return diagnostic
        case .unclosed:
            return .error(
                "'{{' has no '}}' on its line", at: range,
                notes: ["a brace within braces is written '{ {' in code and '\\{{' in a string literal"])
        case .malformed(let text):
            return .error(
                "'{{\(text)}}' is not a placeholder, expected a parameter's name, '#if NAME', '/if', "
                    + "'#unless NAME' or '/unless'", at: range,
                notes: ["a brace within braces is written '{ {' in code and '\\{{' in a string literal"])
        case .conditionInside(let context):
            return .error(
                "a condition stands in \(Self.name(of: context)), expected it between tokens", at: range)
        case .unopened(let isNegated):
            let (close, open) = isNegated ? ("/unless", "#unless") : ("/if", "#if")
            return .error("'{{\(close)}}' closes no '{{\(open)}}'", at: range)
        case .unclosedCondition(let name):
            return .error("the condition for '\(name)' is not closed", at: range)
        case .conditionAcrossTokens(let name):
            return .error("the condition for '\(name)' opens in one token and closes in another", at: range)
        case .tooDeep:
            return .error("more than \(TemplateCheck.maximumDepth) conditions within each other", at: range)
        case .unknownParameter(let name, let known):
            return .error(
                "'\(name)' is not a parameter of this recipe\(Likeness.suggestion(for: name, among: known))",
                at: range,
                notes: known.isEmpty ? [] : ["its parameters: \(known.joined(separator: ", "))"])
        case .maybeUnset(let name):
            return .error(
                "'\(name)' may have no value here", at: range,
                notes: [
                    "put the use between '{{#if \(name)}}' and '{{/if}}', or give the parameter a default"
                ])
        case .surelyUnset(let name):
            return .error("'\(name)' has no value within '{{#unless \(name)}}'", at: range)
        case .glued(let name):
            return .error(
                "the value of '\(name)' would join the token that it touches, expected a space between",
                at: range)
        case .notAnOperand(let name):
            return .error("the value of '\(name)' stands where no value can follow", at: range)
        case .refused(let name, let refusal):
            return refused(name, refusal, at: range)
        case .unused(let name):
            return .warning(
                "the script does not use the parameter '\(name)'",
                at: recipe.parameters.first { $0.name == name }?.range)
        }
    }

    /// A required parameter without a value.
    func missing(_ parameter: Parameter) -> Diagnostic {
        .error("the required parameter '\(parameter.name)' has no value", at: parameter.range)
    }

    /// A value that is not of its parameter's type or out of its bounds.
    func wrongType(_ parameter: Parameter) -> Diagnostic {
        .error(
            "the value of '\(parameter.name)' is not of its type or out of its bounds", at: parameter.range)
    }

    /// An argument for a parameter that the recipe does not have.
    func unknownArgument(_ name: String) -> Diagnostic {
        .error(
            "recipe '\(recipe.name)' has no parameter '\(name)'"
                + Likeness.suggestion(for: name, among: recipe.parameters.map(\.name)))
    }

    private func refused(_ name: String, _ refusal: Refusal, at range: SourceRange) -> Diagnostic {
        let value = "the value of '\(name)'"
        switch refusal {
        case .nul: return .error("\(value) holds a NUL byte, which a string cannot", at: range)
        case .tooLong(let limit): return .error("\(value) is longer than \(limit) bytes", at: range)
        case .textInEmbeddedC:
            return .error(
                "\(value) is text, expected a number in embedded C", at: range,
                notes: ["pass it to the embedded C function as an argument: f({{\(name)}})"])
        case .notAnIdentifier:
            return .error("\(value) is not a plain identifier, expected one behind '$' or '->'", at: range)
        case .commaInElement:
            return .error(
                "an element of '\(name)' holds a comma, which separates the elements here", at: range)
        case .emptyAlternation:
            return .error(
                "\(value) is an empty list, expected an element to match", at: range,
                notes: ["put the use between '{{#if \(name)}}' and '{{/if}}'"])
        case .unbalancedRegex:
            return .error("\(value) is a regular expression whose brackets do not match", at: range)
        case .insideBracketExpression:
            return .error("\(value) stands between '[' and ']' of a regular expression", at: range)
        case .regexBeyondASCII:
            return .error(
                "\(value) holds a character beyond ASCII, expected none in a regular expression", at: range,
                notes: ["SystemTap crashes on it; write '.' for each of its bytes"])
        case .insideConversion:
            return .error("\(value) is text and stands behind an unfinished '%' of a format", at: range)
        case .globInPath:
            return .error("\(value) holds '*', '?' or '[', which stap would expand", at: range)
        case .fractionOfMillisecond:
            return .error("\(value) is not a whole number of milliseconds", at: range)
        case .sizeTooLarge: return .error("\(value) is above \(Int64.max) bytes", at: range)
        case .negativeInCondition:
            return .error("\(value) is negative, expected a number from 0 on in '%( … %?'", at: range)
        case .nestedList: return .error("\(value) is a list of lists", at: range)
        }
    }

    private static func name(of context: Template.Context) -> String {
        switch context {
        case .code: "code"
        case .string: "a string literal"
        case .lineComment, .blockComment: "a comment"
        case .embeddedC: "embedded C"
        }
    }
}
