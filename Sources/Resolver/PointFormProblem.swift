import Diagnostics

/// Why a probe point has none of the forms that there are: the facts, and their words.
enum PointFormProblem: Equatable {
    /// No such component; what it stands behind, what there is, and those as a script would write them.
    case unknown(String, after: String?, names: [String], forms: [String])
    /// The component has no argument, or one of the wrong kind.
    case wrongArgument(String, found: PointForm.Argument, expected: [PointForm.Argument])
    /// The point ends too early; what may follow.
    case incomplete(String, next: [String])
    /// A pattern of component names that stands for nothing.
    case noPointOfPattern(String)

    /// The sentence.
    var message: String {
        switch self {
        case .unknown(let name, nil, let names, _):
            "'\(name)' is not a probe point" + Likeness.suggestion(for: name, among: names)
        case .unknown(let name, let before?, let names, _):
            "'.\(name)' cannot follow '\(before)'"
                + Likeness.suggestion(for: name, among: names, prefix: ".")
        case .wrongArgument(let name, let found, let expected):
            "'\(name)' has \(found.words), expected \(Self.either(expected.map(\.words)))"
        case .incomplete(let name, let next):
            "'\(name)' is not a whole probe point, expected \(Self.either(next.map { "'.\($0)'" })) behind it"
        case .noPointOfPattern(let text): "'\(text)' matches no probe point"
        }
    }

    /// Further facts: what there is instead.
    var notes: [String] {
        guard case .unknown(_, let before?, _, let forms) = self else { return [] }
        return forms.isEmpty
            ? ["nothing can follow '\(before)'"]
            : ["what can follow '\(before)': \(forms.map { ".\($0)" }.joined(separator: ", "))"]
    }

    private static func either(_ words: [String]) -> String {
        switch words.count {
        case 0: "nothing"
        case 1: words[0]
        default: "\(words.dropLast().joined(separator: ", ")) or \(words[words.count - 1])"
        }
    }
}

extension PointForm.Argument {
    fileprivate var words: String {
        switch self {
        case .none: "no argument"
        case .number: "a number"
        case .string: "a string"
        }
    }
}
