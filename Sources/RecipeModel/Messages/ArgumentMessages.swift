import Diagnostics
import Glibc

/// The words for what is wrong with a recipe's arguments.
extension ArgumentProblem {
    /// The problem in words.
    func diagnostic(_ style: ArgumentBinder.Style = .options, at range: SourceRange? = nil) -> Diagnostic {
        var diagnostic = words(style)
        diagnostic.range = range
        return diagnostic
    }

    private func words(_ style: ArgumentBinder.Style) -> Diagnostic {
        let dashes = style.dashes
        return switch self {
        case .unknown(let name, let recipe, let known):
            .error(
                "recipe '\(recipe)' has no parameter \(quote(dashes + name))\(Likeness.suggestion(for: name, among: known, prefix: dashes))",
                notes: [
                    known.isEmpty
                        ? "it has no parameters" : "its parameters are \(list(known.map { dashes + $0 }))"
                ])
        case .missing(let parameter):
            .error(
                "'\(dashes)\(parameter.name)' is required and missing",
                notes: Self.notes(on: parameter, style))
        case .repeated(let parameter, let count):
            .error("'\(dashes)\(parameter.name)' is given \(count) times, expected once")
        case .lacksValue(let parameter):
            .error("'\(dashes)\(parameter.name)' lacks its value", notes: Self.notes(on: parameter, style))
        case .value(let parameter, let problem, let given):
            .error(
                "'\(dashes)\(parameter.name)' is \(Self.shown(given, of: parameter.type)), \(ValueMessages.words(problem))",
                notes: ValueMessages.notes(problem) + Self.notes(on: parameter, style))
        case .defaultValue(let parameter, let problem, let value):
            .error(
                "'\(dashes)\(parameter.name)' is missing and its default \(quote(path: Self.text(of: value))) does not do here, \(ValueMessages.words(problem))",
                notes: Self.notes(on: parameter, style))
        case .limitWithoutValue, .unknownLimit, .limitOutOfRange, .badBuffer, .time, .size: optionDiagnostic
        }
    }

    private var optionDiagnostic: Diagnostic {
        switch self {
        case .limitWithoutValue(let written):
            .error("'--limit' is \(quote(written)), expected NAME=VALUE such as MAXACTION=102400")
        case .unknownLimit(let name):
            .error(
                "there is no limit \(quote(name))\(Likeness.suggestion(for: name, among: LimitKey.all))",
                notes: ["the limits are \(list(LimitKey.all))"])
        case .limitOutOfRange(let name, let range, let written):
            .error("'--limit \(name)' is \(quote(written)), expected \(describe(range))")
        case .badBuffer(let written):
            .error("'--limit buffer' is \(quote(written)), expected \(bufferSizes)")
        case .time(let option, let problem, let written):
            .error(
                "'\(option)' is \(quote(written)), expected a time from 1ms to 365 days such as 30s",
                notes: ValueMessages.notes(.duration(problem)))
        case .size(let option, let problem, let written):
            .error(
                "'\(option)' is \(quote(written)), expected a size from 1 byte to 8 EiB such as 64MiB",
                notes: ValueMessages.notes(.size(problem)))
        default: .error("the arguments are malformed")
        }
    }

    /// Enough of a value to know it by, and the whole of a path; a value may be 64 KiB and any bytes.
    private static func shown(_ bytes: [UInt8], of type: ParameterType) -> String {
        switch type {
        case .executable, .path, .list(.executable), .list(.path):
            quote(path: String(decoding: bytes.prefix(4 * Int(PATH_MAX)), as: UTF8.self))
        default: quote(String(decoding: bytes.prefix(256), as: UTF8.self))
        }
    }

    private static func text(of value: ParameterValue) -> String {
        switch value {
        case .executable(let text), .path(let text): text
        case .list(let values): values.map(text(of:)).joined(separator: ",")
        default: ""
        }
    }

    private static func notes(on parameter: Parameter, _ style: ArgumentBinder.Style) -> [String] {
        let help = parameter.help.isEmpty ? [] : ["it is: \(parameter.help)"]
        guard let example = parameter.examples.first else { return help }
        return help + ["for example: \(style.dashes)\(parameter.name)\(style == .keys ? ":" : "") \(example)"]
    }
}

extension ArgumentBinder.Style {
    /// What stands before a parameter's name.
    fileprivate var dashes: String { self == .options ? "--" : "" }
}
