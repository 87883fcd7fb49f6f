/// The tests of a new recipe: a sample as its script would print it, and what that must become.
struct DraftTests {
    private let draft: RecipeDraft

    init(_ draft: RecipeDraft) { self.draft = draft }

    var yaml: String {
        let rows = draft.groups == ["process"] ? [["2", "7"]] : [["1"] + cells(1), ["1"] + cells(2)]
        return """
            tests:
              - name: two calls
                output: |
            \(sample.map { "      \($0)" }.joined(separator: "\n"))
                expect:
                  records: { call: 2 }
                  stacks: 1
                  tables:
                    Equal calls:
            \(rows.map { "          - [\($0.joined(separator: ", "))]" }.joined(separator: "\n"))
                    Where the calls come from:
                      - [2, [\(draft.quoted(symbol)), \(caller)]]
              - name: it ends after so many hits, and shows no stacks
                parameters: { binary: /usr/bin/true, hits: 5 }
                script-contains: ["if (++hits >= 5)"]
                script-lacks: [print_ubacktrace]

            """
    }

    /// The function's name without the file that it is in.
    private var symbol: String { String(draft.function.prefix { $0 != "@" }) }

    /// What calls it in the sample: where a program begins, as nothing is above that.
    private var caller: String { symbol == "main" ? "_start" : "main" }

    private var sample: [String] {
        (1...2).flatMap { number in
            [
                "call: process: 7"
                    + draft.printed.map { " \($0.field): \(value(of: $0, number))" }.joined(),
                " 0x1000 : \(symbol)+0x0/0x40 [\(draft.binary)]",
                " 0x2000 : \(caller)+0x10/0x80 [\(draft.binary)]",
            ]
        }
    }

    private func value(of variable: DraftVariable, _ number: Int) -> String {
        switch variable.form {
        case .integer: "\(number)"
        case .pointer: "0x\(number)000"
        case .text, .leftOut: "text-\(number)"
        }
    }

    /// The cells of a row that stands for one of the calls.
    private func cells(_ number: Int) -> [String] {
        draft.groups.compactMap { field in
            draft.printed.first { $0.field == field }.map { value(of: $0, number) }
        }
    }
}
