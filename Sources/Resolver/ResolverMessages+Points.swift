import DebugInfo
import Diagnostics

/// The words for what is wrong with a program's probe point.
extension ResolverProblem {
    var pointMessage: String {
        switch self {
        case .noProcess(let id): "no process has the id \(id)"
        case .noProgram(let pattern): "'\(pattern)' matches no file"
        case .noLine(let line, let file, _, let nearest):
            "line \(line) of \(Self.fileName(file)) has no code"
                + (nearest.isEmpty
                    ? ""
                    : ", the nearest that ha\(nearest.count == 1 ? "s" : "ve") some: "
                        + nearest.map { ":\($0)" }.joined(separator: ", "))
        case .noLines(let function, let file): "none of these lines of '\(file)' has code of '\(function)'"
        case .notAtStatement(let address, let start):
            "no statement begins at 0x\(hex(address))" + (start.map { ", expected 0x\(hex($0))" } ?? "")
        case .noFunctionAt(let address, let binary):
            "0x\(hex(address)) is not in the code of a function of \(Self.fileName(binary))"
        case .noLabel(let name, let function, let known):
            "'\(name)' is not a label in '\(function)'" + Likeness.suggestion(for: name, among: known)
        case .noCallee(let name, let function, let known):
            "'\(name)' is not known to be called in '\(function)'"
                + Likeness.suggestion(for: name, among: known)
        case .callDepth(let depth): "'callees' is \(depth), expected 1 or more"
        case .noLinkage(let name, let binary, let known):
            "'\(name)' is not a function that \(Self.fileName(binary)) calls in another file"
                + Likeness.suggestion(for: name, among: known)
        case .noMark(let name, let binary, let known):
            known.isEmpty
                ? "\(Self.fileName(binary)) has no static marks"
                : "'\(name)' is not a mark of \(Self.fileName(binary))"
                    + Likeness.suggestion(for: name, among: known.map(\.name))
        case .noProvider(let name, let binary, let known):
            "'\(name)' provides no marks of \(Self.fileName(binary))"
                + Likeness.suggestion(for: name, among: known)
        case .noPointVariable(let name, let owner, let names):
            names.isEmpty
                ? "'$\(name)' stands in \(owner), which has no target variables"
                : "'$\(name)' is not a variable of \(owner)"
                    + Likeness.suggestion(for: name, among: names, prefix: "$")
        case .unreadableArgument(let name, let operand, let owner):
            "'$\(name)' of \(owner) is '\(operand)', which cannot be read"
        case .partOfPlainValue(let step, let name):
            "'\(step)' is applied to '$\(name)', which is a plain value"
        case .addressOfPlainValue(let name): "'$\(name)' is a plain value, which has no address"
        case .notListed(let name): "'\(name)' cannot be listed, expected a probe point of a process"
        case .unknownProgram: "nothing says which program is meant, expected 'process(\"PATH\")'"
        case .noTarget: "'process' without a program is the target's, and there is no target"
        case .neverRuns(let error): "the probe never fires: \(error.message)"
        default: "the script does not fit"
        }
    }

    var pointNotes: [String] {
        switch self {
        case .noLine: ["'.nearest' takes the nearest line that has code"]
        case .noLabel(_, let function, let known): [Self.list("labels in \(function)", known)]
        case .noCallee(_, let function, let known):
            [
                Self.list("known callees in \(function)", known),
                "SystemTap sees inlined calls, and others in DWARF 4 only",
            ]
        case .noLinkage(_, let binary, let known):
            [
                Self.list("functions that \(Self.fileName(binary)) calls in other files", Set(known).sorted())
            ]
        case .noMark(_, let binary, let known) where !known.isEmpty:
            [
                Self.list(
                    "marks of \(Self.fileName(binary))",
                    Set(known.map { "\($0.provider):\($0.name)" }).sorted())
            ]
        case .noProvider(_, _, let known): [Self.list("providers", known)]
        case .noPointVariable(_, let owner, let names) where !names.isEmpty:
            [Self.list("variables of \(owner)", names.map { "$\($0)" })]
        case .noTarget: ["name one with '--pid PID' or '-- COMMAND', or write 'process(\"PATH\")'"]
        case .neverRuns(let error): error.notes
        default: []
        }
    }
}
