import RecipeModel

/// The part of a command line that belongs to the recipe: its parameters as options, and a command to run.
///
/// swift-argument-parser knows a command's options when it is compiled; a recipe's parameters are known when
/// its file is read. So `run` takes what it does not know whole, and this splits it.
struct RecipeArguments {
    /// `--name value`, `--name=value` and `--name`, in order; the value is nil for the last form.
    var options: [(name: String, value: [UInt8]?)] = []
    /// What stands behind `--`; nil where there is no `--`.
    var command: [String]?
    /// Words that are neither an option with two dashes nor an option's value.
    var strays: [String] = []

    /// Splits the words; `isFlag` says of which parameters an option without `=` takes no value but `true` or
    /// `false`.
    init(_ words: [String], isFlag: (String) -> Bool) {
        var index = 0
        while index < words.count {
            let word = words[index]
            index += 1
            if word == "--" {
                command = Array(words[index...])
                return
            }
            guard word.hasPrefix("--") else {
                strays.append(word)
                continue
            }
            let body = word.dropFirst(2)
            if let equals = body.firstIndex(of: "=") {
                options.append((String(body[..<equals]), Array(body[body.index(after: equals)...].utf8)))
            } else if index < words.count, !words[index].hasPrefix("--"),
                !isFlag(String(body)) || words[index] == "true" || words[index] == "false"
            {
                options.append((String(body), Array(words[index].utf8)))
                index += 1
            } else {
                options.append((String(body), nil))
            }
        }
    }

    /// Whether a word is an option, with one dash or two; a dash alone is none.
    static func isOption(_ word: String) -> Bool { word.hasPrefix("-") && word != "-" }

    /// Refuses what can be no recipe's: options of other commands, and what is left over; `note` says what belongs there.
    func requireRecipes(note: String) throws(UsageError) {
        let options = options.map(\.name).filter(RecipeName.optionsOfCommands.contains).map { "--" + $0 }
        if let option = options.first ?? strays.first(where: Self.isOption) {
            throw UsageError("unknown option '\(option)'", notes: [note])
        }
        if let stray = strays.first { throw UsageError("unexpected argument '\(stray)'", notes: [note]) }
    }
}
