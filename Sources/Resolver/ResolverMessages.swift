import DebugInfo
import Diagnostics

extension ResolverProblem {
    /// The words, at a place of the script.
    func diagnostic(at range: SourceRange) -> Diagnostic {
        if case .binary(let error) = self { return error.diagnostic(at: range) }
        return .error(message, at: range, notes: notes, fixIt: fixIt(at: range))
    }

    /// The words of what is odd but stops nothing.
    func warning(at range: SourceRange) -> Diagnostic { .warning(message, at: range, notes: notes) }

    /// The name that was clearly meant, where it is known how it is written.
    private func fixIt(at range: SourceRange) -> FixIt? {
        let (sign, name, names): (String, String, [String])
        switch self {
        case .noVariable(let text, _, let known): (sign, name, names) = ("$", text, known)
        case .noMember(let text, _, let known): (sign, name, names) = ("->", text, known)
        default: return nil
        }
        guard range.text == sign + name, let meant = Likeness.clearlyMeant(by: name, among: names) else {
            return nil
        }
        return FixIt(range: range, replacement: sign + meant)
    }

    private var message: String {
        switch self {
        case .binary(let error): error.message
        case .unknownPoint(let name, let known, let hasTapset):
            hasTapset
                ? "'\(name)' is not a probe point" + Likeness.suggestion(for: name, among: known)
                : "'\(name)' is not a probe point that is known without SystemTap's tapset"
        case .argument(let name, let takes):
            takes.map { "'\(name)' takes \($0)" } ?? "'\(name)' takes no argument"
        case .emptyAlias(let name): "none of the optional probe points of '\(name)' is there"
        case .malformedPattern(let text):
            "'\(text)' cannot be read, expected 'FUNCTION', 'FUNCTION@FILE' or 'FUNCTION@FILE:LINE'"
        case .noFunction(let name, let binary, let names, _):
            "'\(name)' is not a function of \(Self.fileName(binary))"
                + Likeness.suggestion(for: name, among: names)
        case .noFile(let file, let function, let files):
            "'\(function)' is not in a file '\(file)'"
                + Likeness.suggestion(for: file, among: files.map(Self.fileName))
        case .noVariant(let name, let variant): Self.variantWords(name, variant)
        case .noLibrary(let name, let binary, let known):
            "'\(name)' is not a library that \(Self.fileName(binary)) loads"
                + Likeness.suggestion(for: name, among: known)
        case .noVariable(let name, let place, let names):
            "'$\(name)' is not a variable of \(place.function)"
                + Likeness.suggestion(for: name, among: names, prefix: "$")
        case .unavailable(let name, let place, let isAnywhere, _):
            isAnywhere
                ? "'$\(name)' has no value at 0x\(hex(place.address)) in \(place.function)"
                : "'$\(name)' of \(place.function) was optimised out"
        case .onlyAtCaller(let name, let place, _):
            "'$\(name)' of \(place.function) was optimised out, only its callers know the value"
        case .noScope(let name, let place, _):
            "'$\(name)' cannot be looked up, \(place.function) has no debug information"
        case .noVariablesHere(let name): "'\(name)' stands in a probe that has no target variables"
        case .returnOutsideReturn(let name): "'\(name)' stands in a probe that is not a '.return' probe"
        case .returnOfVoid(let place): "'$return' has no value, \(place.function) returns nothing"
        case .entryOutsideReturn: "'@entry' stands in a probe that is not a '.return' probe"
        case .unknownContext(let name):
            "'$\(name)' is not one of stap's own variables"
                + Likeness.suggestion(
                    for: name, among: ["$vars", "$parms", "$locals", "$return"], prefix: "$")
        case .noGlobal(let name, let file, let binary, let names):
            "'\(name)' is not a global variable of \(Self.fileName(binary))\(file.map { " in '\($0)'" } ?? "")"
                + Likeness.suggestion(for: name, among: names)
        case .noUnit(let file, let binary, let names):
            "'\(file)' is not a source file of \(Self.fileName(binary))"
                + Likeness.suggestion(for: file, among: names.map(Self.fileName))
        case .noType(let name, let binary, let names):
            "'\(name)' is not a type of \(Self.fileName(binary))"
                + Likeness.suggestion(for: name, among: names)
        case .noMember(let name, let type, let names):
            "'\(name)' is not a member of \(type)" + Likeness.suggestion(for: name, among: names)
        case .invalidAccess(let step, let type): "'\(step)' is applied to \(type), which has no such part"
        case .incompleteType(let type): "\(type) is declared but nowhere defined"
        case .wholeAggregate(let text, let type, let member):
            "'\(text)' is a whole \(type), expected a member\(member.map { " such as '->\($0)'" } ?? "")"
        case .writeOperator(let text): "'\(text)' can be changed by '=' only"
        case .notWritable(let text): "'\(text)' is no place that could be written to"
        case .addressOfText(let text): "'\(text)' is a text, which has no address"
        case .unknownPointer(let text): "nothing says what '\(text)' points to"
        case .moduleNeeded: "a probe without a program needs the file to look into as a further argument"
        case .addressOfBitField: "a bit-field has no address"
        case .addressOfRegister(let name): "'$\(name)' is in a register, which has no address"
        case .kernel(let problem): problem.message
        case .form(let problem): problem.message
        default: pointMessage
        }
    }

    private var notes: [String] {
        switch self {
        case .noVariable(_, let place, let names):
            ["\(Self.list("variables of \(place.function)", names.map { "$\($0)" }))"]
        case .unavailable(let name, _, _, let remedy), .onlyAtCaller(let name, _, let remedy):
            Self.remedies(name, remedy)
        case .unknownPoint(_, _, hasTapset: false):
            ["the tapset's aliases come with the package 'systemtap-common'"]
        case .noFile(_, let function, let files): [Self.list("files with '\(function)'", files)]
        case .noMember(_, let type, let names): [Self.list("members of \(type)", names)]
        case .noLibrary(_, let binary, let known): [Self.list("libraries of \(Self.fileName(binary))", known)]
        case .unknownPointer(let text):
            ["write '@cast(\(text), \"TYPE\", \"/path/to/program\")->…'"]
        case .wholeAggregate(let text, _, _):
            ["'&\(text)' is its address, '\(text)$' prints it"]
        case .noScope(_, _, let split?), .noFunction(_, _, _, let split?):
            [
                "the debug information of the code is in '\(split)', which is not read: build without '-gsplit-dwarf'"
            ]
        case .noScope(_, let place, nil): ["build \(Self.fileName(place.binary)) with '-g'"]
        case .kernel(let problem): problem.notes
        case .form(let problem): problem.notes
        case .entryOutsideReturn, .returnOutsideReturn: ["a '.return' probe is '.function(\"…\").return'"]
        default: pointNotes
        }
    }

    private static func remedies(_ name: String, _ remedy: Remedy) -> [String] {
        var notes: [String] = []
        if !remedy.lines.isEmpty {
            let spans = remedy.lines.map {
                $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
            }
            let more = spans.count > 8 ? " and more" : ""
            notes.append(
                "it has a value in line\(remedy.lines.count == 1 && remedy.lines[0].count == 1 ? "" : "s") "
                    + spans.prefix(8).joined(separator: ", ") + more)
        }
        let other = remedy.argument.map { "long_arg(\($0))" } ?? "…"
        if remedy.argument != nil { notes.append("it is passed as argument, which '\(other)' reads") }
        notes.append("to do without it where it is missing, write '@defined($\(name)) ? $\(name) : \(other)'")
        return notes
    }

    private static func variantWords(_ name: String, _ variant: String) -> String {
        switch variant {
        case "inline": "'\(name)' is not inlined anywhere, expected no '.inline'"
        case "exported": "'\(name)' is not exported, expected no '.exported'"
        default: "'\(name)' exists only inlined, expected no '.\(variant)'"
        }
    }

    static func list(_ title: String, _ names: [String]) -> String {
        guard !names.isEmpty else { return "\(title): none" }
        let more = names.count > 20 ? " and \(names.count - 20) more" : ""
        return "\(title): \(names.prefix(20).joined(separator: ", "))\(more)"
    }

    static func fileName(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    func hex(_ number: UInt64) -> String { String(number, radix: 16) }
}
