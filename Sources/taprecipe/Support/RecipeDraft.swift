/// A new recipe for a function: what is known of it, and the YAML that is made of that.
struct RecipeDraft {
    let name: String
    let function: String
    /// The program as the user named it.
    let binary: String
    /// Where the function stands, such as `f@src/a.c:12`.
    let place: String
    /// The point's suffix: `.call`, or nothing for a function that is only inlined.
    let suffix: String
    var variables: [DraftVariable]
    /// The local variables that it lists there, too.
    let locals: [String]
    /// Parameters that cannot be read there.
    let unreadable: [String]

    /// The recipe.
    var yaml: String {
        """
        name: \(name)
        summary: \(quoted(summary))
        description: |
          Shows the calls of \(place):
          \(printed.isEmpty ? "how many each process makes" : "the values that they are given") and, with --stacks, where they come from.

          How to read it. Write here what a value means, what is normal, and what is not.

          Cost: one probe for each call. What can be lost: a function that is called very often makes stap skip probes,
          which the summary says.
        parameters:
          binary:
            type: executable
            required: true
            help: the program, with debug info
            examples: [\(quoted(binary))]
          hits:
            type: integer
            default: 10000
            minimum: 1
            maximum: 1000000
            help: end after so many calls
          stacks:
            type: boolean
            default: false
            help: also show where the calls come from
        limits:
          MAXSKIPPED: 1024
        \(hasTexts ? "  MAXSTRINGLEN: 1024\n" : "")  MAXERRORS: 100
        timeout: 30s
        script: |
        \(script.map { $0.isEmpty ? "" : "  \($0)" }.joined(separator: "\n"))
        records:
          call:
            line: \(quoted(pattern))
            followed-by: [stack]
        summary-tables:
          - title: Equal calls
            of: call
            group-by: [\(groups.joined(separator: ", "))]
            columns: [\((["count"] + groups).joined(separator: ", "))]
            sort: [-count]
          - title: Where the calls come from
            of: call
            group-by: [stack]
            columns: [count, stack]
            sort: [-count]
        \(DraftTests(self).yaml)
        """
    }

    /// Those that are printed, a text last, as it may hold blanks.
    var printed: [DraftVariable] {
        let shown = variables.filter { if case .leftOut = $0.form { false } else { true } }
        return shown.filter { $0.form != .text } + shown.filter { $0.form == .text }
    }

    /// The text that the rest of the line is; others are words.
    var last: DraftVariable? { printed.last.flatMap { $0.form == .text ? $0 : nil } }

    private var summary: String {
        let names = printed.map(\.name)
        return names.isEmpty
            ? "Calls of \(function)" : "Calls of \(function) with \(names.joined(separator: ", "))"
    }

    private var hasTexts: Bool { printed.contains { $0.form == .text } }

    /// Gives something for every text, as a field of a record is not empty.
    private static let text = #"""
        # Text of the program, as one line: control characters and quotes are escaped, <cut> stands for what follows
        # the first 200 bytes.
        function text:string(address:long) {
            if (!address)
                return "-"
            quoted = user_string_n_quoted(address, 200)
            if (substr(quoted, 0, 1) != "\"")
                return "<unreadable>"
            if (strlen(quoted) == 2)
                return "<empty>"
            plain = substr(quoted, 1, strlen(quoted) - 2)
            return strlen(user_string_n_quoted(address, 201)) > strlen(quoted) ? plain . "<cut>" : plain
        }

        """#

    private var script: [String] {
        var lines = ["global hits", ""]
        if hasTexts {
            lines += Self.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        }
        if printed.dropLast().contains(where: { $0.form == .text }) {
            lines += [
                "# The same as one word.", "function word:string(address:long) {",
                "    return str_replace(text(address), \" \", \"\\\\040\")", "}", "",
            ]
        }
        lines += remarks.map { "# \($0)" }
        lines += [
            "probe process(\"{{binary}}\").function(\"\(function)\")\(suffix) {",
            "    if (target() && pid() != target())", "        next",
            "    printf(\"call: process: %d\(format)\\n\", \((["pid()"] + printed.map(value(of:))).joined(separator: ", ")))",
            "    {{#if stacks}}", "    print_ubacktrace()", "    {{/if}}", "    if (++hits >= {{hits}})",
            "        exit()", "}",
        ]
        return lines
    }

    private var remarks: [String] {
        variables.compactMap { variable in
            if case .leftOut(let reason) = variable.form {
                return "$\(variable.name) is left out: \(reason)."
            }
            return variable.remark.map { $0.hasSuffix("…") ? $0 : "\($0)." }
        }
            + unreadable.map {
                "$\($0) cannot be read here: the compiler left it no place. '@defined($\($0))' asks for it."
            } + localsRemark
    }

    private var localsRemark: [String] {
        guard !locals.isEmpty else { return [] }
        let names = locals.prefix(6).map { "$\($0)" }.joined(separator: ", ")
        let end = locals.count > 6 ? ", …" : "."
        return ["Local variables are left out, as they are not set where the function begins: \(names)\(end)"]
    }

    private var format: String {
        printed.map { variable in
            switch variable.form {
            case .integer: " \(variable.field): %d"
            case .pointer: " \(variable.field): 0x%x"
            case .text, .leftOut: " \(variable.field): %s"
            }
        }.joined()
    }

    private func value(of variable: DraftVariable) -> String {
        guard variable.form == .text else { return "$\(variable.name)" }
        return variable.name == last?.name ? "text($\(variable.name))" : "word($\(variable.name))"
    }

    private var pattern: String {
        "call: process: {process:integer}"
            + printed.map { variable in
                let kind =
                    switch variable.form {
                    case .integer: ":integer"
                    case .pointer: ":hex"
                    case .text, .leftOut: variable.name == last?.name ? ":rest" : ""
                    }
                return " \(variable.field): {\(variable.field)\(kind)}"
            }.joined()
    }

    /// What equal calls have in common: the numbers and texts; where there are none, the process.
    var groups: [String] {
        let telling = printed.filter { $0.form != .pointer }.map(\.field)
        return telling.isEmpty ? ["process"] : Array(telling.prefix(6))
    }

    /// A double-quoted scalar of YAML.
    func quoted(_ text: String) -> String {
        "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }
}
