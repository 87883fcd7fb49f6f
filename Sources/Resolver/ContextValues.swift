import DebugInfo

/// The target variables of a probe point that has its own, without debug information: numbers and strings.
struct ContextValues {
    /// What the point is, for messages: `the mark 'request'`, `process.syscall`.
    var owner: String
    /// The names that stand for numbers, without `$`.
    var numbers: [String]
    /// The names that stand for strings: `$name` for `$$name`.
    var strings: [String]
    /// Numbers that nobody can read, with the operand that says so.
    var unreadable: [String: String] = [:]
    /// Where every other name is looked up; nil where there is no such place.
    var site: ProbeSite?
    /// The binary of that place.
    var binary: Binary?

    /// What a static mark has: its arguments, and the variables around it.
    init(_ mark: StaticMark, in binary: Binary) {
        owner = "the mark '\(mark.name)'"
        numbers = mark.arguments.indices.map { "arg\($0 + 1)" }
        strings = ["$name", "$provider", "$vars", "$parms"]
        for (index, argument) in mark.arguments.enumerated() where argument.operand == .unsupported {
            unreadable["arg\(index + 1)"] = argument.text
        }
        site = try? binary.statementSite(at: mark.address, isAnywhere: true)
        self.binary = binary
    }

    /// What a call through the linkage table has.
    init(_ entry: LinkageEntry) {
        owner = "the linkage table's entry '\(entry.name)'"
        numbers = []
        strings = ["$name", "$vars", "$parms", "$locals"]
    }

    /// What `process.syscall` and `process.syscall.return` have; nil for other events, which have nothing.
    init?(event: String) {
        switch event {
        case "syscall":
            numbers = ["syscall"] + (1...6).map { "arg\($0)" }
            strings = ["$parms"]
        case "syscall.return":
            numbers = ["syscall", "return"]
            strings = []
        default: return nil
        }
        owner = "process.\(event)"
    }

    /// All names, for suggestions.
    var names: [String] { numbers + strings }
}
