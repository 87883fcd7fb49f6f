import Diagnostics
import RecipeModel

/// A recipe's page: what it tells and what it takes, for `show` and `run RECIPE --help`.
struct RecipeHelp {
    let recipe: Recipe
    let width: Int

    /// Name, summary, description, parameters, limits, origin.
    var page: String {
        var text = "\(recipe.name): \(recipe.summary)\n"
        for line in details { text += line.isEmpty ? "\n" : "  \(line)\n" }
        text += "\n\(usage)\n\(parameters)"
        text += "\nRuns for \(DurationText.print(recipe.timeout)) unless --timeout says otherwise"
        text += recipe.guru ? "; needs --allow-guru (SystemTap's guru mode).\n" : ".\n"
        if recipe.needsTarget { text += "Needs a process to trace: --pid PID, or -- COMMAND to start one.\n" }
        if !limits.isEmpty { text += "Limits: \(limits).\n" }
        if !recipe.records.isEmpty {
            text += "Records (for --fail-if): \(recipe.records.map(\.name).joined(separator: ", ")).\n"
        }
        if !recipe.tags.isEmpty { text += "Tags: \(recipe.tags.joined(separator: ", ")).\n" }
        if !recipe.triedWith.isEmpty { text += "Tried with: \(recipe.triedWith.joined(separator: ", ")).\n" }
        return text + "File: \(recipe.source.name)\n" + RecipeOrigin(recipe).lines
    }

    /// The command line in brief.
    var usage: String {
        let required = recipe.parameters.filter(\.isRequired).map { " --\($0.name) \($0.type.metavariable)" }
        let start =
            "USAGE: taprecipe run \(recipe.name)\(required.joined())"
            + (recipe.parameters.count > required.count ? " [parameters]" : "")
            + (recipe.guru ? " --allow-guru" : "") + " [options]"
        return start + (recipe.needsTarget ? " --pid PID | -- COMMAND\n" : " [-- COMMAND]\n")
    }

    /// The parameters, a block each.
    var parameters: String {
        guard !recipe.parameters.isEmpty else { return "It has no parameters.\n" }
        return "PARAMETERS:\n" + recipe.parameters.map(block).joined()
    }

    private func block(_ parameter: Parameter) -> String {
        let value =
            switch parameter.defaultValue {
            // What it is for is to switch it off.
            case .boolean(true): "=false"
            case _ where parameter.type == .boolean: ""
            default: " \(parameter.type.metavariable)"
            }
        var facts: [String] = []
        if parameter.isRequired { facts.append("required") }
        if let value = parameter.defaultValue { facts.append("default: \(value.text)") }
        if let range = parameter.type.rangeText { facts.append(range) }
        if !parameter.examples.isEmpty {
            facts.append("for example: \(parameter.examples.joined(separator: ", "))")
        }
        var text = "  --\(parameter.name)\(value)\n"
        for line in Self.wrapped(parameter.help, width: width - 6) { text += "      \(line)\n" }
        if !facts.isEmpty { text += "      (\(facts.joined(separator: "; ")))\n" }
        return text
    }

    /// The description's lines behind an empty one: paragraphs filled to the width, indented lines as they are.
    private var details: [String] {
        var lines: [String] = []
        var paragraph = ""
        func endParagraph() {
            lines += Self.wrapped(paragraph, width: min(width, 100) - 2)
            paragraph = ""
        }
        for line in recipe.details.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty || line.first == " " {
                endParagraph()
                lines.append(String(line))
            } else {
                paragraph += " " + line
            }
        }
        endParagraph()
        while lines.last?.isEmpty ?? false { lines.removeLast() }
        return lines.isEmpty ? [] : [""] + lines
    }

    private var limits: String {
        var parts = Limits.Macro.allCases.compactMap { macro in
            recipe.limits.macros[macro].map { "\(macro.rawValue)=\($0)" }
        }
        if let buffer = recipe.limits.bufferMegabytes { parts.append("buffer=\(buffer)MiB") }
        return parts.joined(separator: ", ")
    }

    /// The words on lines of at most so many columns (20 at least).
    static func wrapped(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(whereSeparator: \.isWhitespace) {
            if !line.isEmpty, line.count + 1 + word.count > max(width, 20) {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        return line.isEmpty ? lines : lines + [line]
    }
}

extension ParameterType {
    /// What stands for the value in a usage line.
    var metavariable: String {
        switch self {
        case .executable: "FILE"
        case .path: "PATH"
        case .pid: "PID"
        case .integer: "N"
        case .string: "TEXT"
        case .regex: "REGEX"
        case .duration: "DURATION"
        case .size: "SIZE"
        case .boolean: "BOOL"
        case .choice(let words): words.joined(separator: "|")
        case .identifier: "NAME"
        case .list(let element): "\(element.metavariable),…"
        }
    }

    /// The bounds of an integer or text, in words.
    var rangeText: String? {
        switch self {
        case .integer(let minimum?, let maximum?): "\(minimum) to \(maximum)"
        case .integer(let minimum?, nil): "at least \(minimum)"
        case .integer(nil, let maximum?): "at most \(maximum)"
        case .string(let pattern?, _): "matches \(pattern)"
        case .list(let element): element.rangeText
        default: nil
        }
    }
}

extension ParameterValue {
    /// The value as a user would write it.
    var text: String {
        switch self {
        case .executable(let text), .path(let text), .regex(let text), .choice(let text),
            .identifier(let text):
            text
        case .pid(let number): "\(number)"
        case .integer(let number): "\(number)"
        case .string(let bytes): String(decoding: bytes, as: UTF8.self)
        case .duration(let duration): DurationText.print(duration)
        case .size(let bytes): SizeText.print(bytes)
        case .boolean(let flag): flag ? "true" : "false"
        case .list(let values): values.map(\.text).joined(separator: ",")
        }
    }
}
