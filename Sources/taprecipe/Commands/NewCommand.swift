import ArgumentParser
import Diagnostics
import Glibc
import RecipeModel

/// `taprecipe new NAME --from FUNCTION --binary B`: a recipe to start from.
struct NewCommand: ReadingCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Write a recipe for a function, its variables taken from the program's debug information.",
        usage: "taprecipe new NAME --from FUNCTION --binary PROGRAM [-o NAME.yaml]")

    @OptionGroup var print: PrintOptions

    @Option(help: ArgumentHelp("The function, also as NAME@FILE.", valueName: "function"))
    var from: String

    @Option(
        help: ArgumentHelp("The program or library that has it, with debug info.", valueName: "file"),
        completion: .file())
    var binary: String

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "Where to put it; NAME.yaml here by default. A file that is there stays.", valueName: "file"),
        completion: .file())
    var output: String?

    @Argument(help: "The recipe's name: lower case, digits and dashes.")
    var name: String

    static var rehearsal: [DebugQuestion] { ScriptQuestion.rehearsal.map { .script($0) } }

    func run(with reader: DebugReader) throws {
        let console = print.console
        let path = try NewRecipeFile(name: name, output: output).path
        for (option, text) in [("--from", from), ("--binary", binary)] {
            guard !text.isEmpty, !text.utf8.contains(where: { $0 < 0x20 || "\"\\{}".utf8.contains($0) })
            else {
                throw UsageError("'\(option)' is '\(text)', which cannot stand in a probe point")
            }
        }
        let program = binary.contains("/") ? Surroundings.absolute(binary) : binary
        let text = try RecipeAuthor(
            name: name, function: from, binary: program, reader: reader,
            fetcher: DebugInfoFetcher(console: console)
        ).yaml()
        try OutputFile(path: path, mode: 0o644).write(Array(text.utf8))
        try console.write(
            """
            wrote \(Console.safe(Array(path.utf8)))
              taprecipe test \(NewRecipeFile.asArgument(path))
              taprecipe validate \(NewRecipeFile.asArgument(path)) --binary \(binary)

            """)
    }
}
