import Diagnostics

/// The words for what is wrong with a recipe's arguments.
extension ArgumentProblem {
    /// The problem in words.
    var diagnostic: Diagnostic {
        switch self {
        case .unknown(let name, let recipe, let known):
            .error(
                "recipe '\(recipe)' has no parameter \(quote("--" + name))\(Likeness.suggestion(for: name, among: known, prefix: "--"))",
                notes: [
                    known.isEmpty
                        ? "it has no parameters" : "its parameters are \(list(known.map { "--" + $0 }))"
                ])
        case .missing(let parameter):
            .error("'--\(parameter.name)' is required and missing", notes: Self.notes(on: parameter))
        case .repeated(let parameter, let count):
            .error("'--\(parameter.name)' is given \(count) times, expected once")
        case .lacksValue(let parameter):
            .error("'--\(parameter.name)' lacks its value", notes: Self.notes(on: parameter))
        case .value(let parameter, let problem, let given):
            .error(
                "'--\(parameter.name)' is \(quote(Self.shown(given))), \(ValueMessages.words(problem))",
                notes: ValueMessages.notes(problem) + Self.notes(on: parameter))
        case .defaultValue(let parameter, let problem, let value):
            .error(
                "'--\(parameter.name)' is missing and its default \(quote(Self.text(of: value))) does not do here, \(ValueMessages.words(problem))",
                notes: Self.notes(on: parameter))
        }
    }

    /// Enough of a value to know it by; a value may be 64 KiB and any bytes.
    private static func shown(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix(256), as: UTF8.self)
    }

    private static func text(of value: ParameterValue) -> String {
        switch value {
        case .executable(let text), .path(let text): text
        case .list(let values): values.map(text(of:)).joined(separator: ",")
        default: ""
        }
    }

    private static func notes(on parameter: Parameter) -> [String] {
        let help = parameter.help.isEmpty ? [] : ["it is: \(parameter.help)"]
        guard let example = parameter.examples.first else { return help }
        return help + ["for example: --\(parameter.name) \(example)"]
    }
}
