import ArgumentParser
import Diagnostics
import Glibc
import RecipeModel
import Report

/// `taprecipe report FILE`: the summary of a saved output, or that of a run that was exported.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract:
            "Summarize output that was saved earlier, also by plain stap, or show a run that was exported.")

    @OptionGroup var recipes: RecipeOptions
    @OptionGroup var print: PrintOptions

    @Argument(
        help: "The saved output, '-' for standard input; or a file of 'export', or a summary in JSON.",
        completion: .file())
    var file: String

    @Option(help: "The recipe whose records a saved output holds.", completion: RecipeCompletion.names)
    var recipe: String?

    @OptionGroup var form: SummaryOptions

    @Flag(help: "Print the records as they come, as lines of JSON; the last one holds the summary.")
    var follow = false

    @Option(
        help: ArgumentHelp("Exit with 10 when a record of this name was found.", valueName: "record"),
        completion: RecipeCompletion.records)
    var failIf: String?

    func run() throws {
        let console = print.console
        let teller = try follow ? follower(console) : nil
        let draft = try form.begin()
        let summary =
            try recipe.map { try savedOutput(of: $0, console, teller) } ?? RunSource(file: file).summary
        let status = status(of: summary)
        if draft != nil || teller == nil { try form.write(summary, to: draft, console: console) }
        teller?.tell([.summary(summary, status: status.rawValue)])
        if let failure = teller?.failure { throw failure.code == EPIPE ? Exit(.interrupted) : failure }
        if status != .success { throw Exit(status) }
    }

    private func status(of summary: Summary) -> ExitStatus {
        if let failIf, summary.count(of: failIf) ?? 0 > 0 { return .recordFound }
        return summary.verdict.grade == .inconclusive ? .inconclusive : .success
    }

    private func follower(_ console: Console) throws -> OutputTeller {
        try form.requireFollowable()
        guard recipe != nil else {
            throw UsageError("found '--follow' without '--recipe', which says what a record is")
        }
        // Ctrl-C ends the program before the pipe, whose end brings the summary.
        if file == "-" { signal(SIGINT, SIG_IGN) }
        return OutputTeller(console)
    }

    private func savedOutput(of name: String, _ console: Console, _ teller: OutputTeller?) throws -> Summary {
        if RunSource.isBundle(file: file) {
            throw UsageError(
                "found '--recipe' with a run bundle, which brings its summary along",
                notes: [
                    "leave '--recipe' out, or summarize what the script printed: "
                        + "unzip -p \(file) output.txt | taprecipe report - --recipe \(name)"
                ])
        }
        let recipe = try recipes.find(name)
        var builder = try SummaryBuilder(recipe, isFollowed: teller != nil)
        teller?.tell([.start(recipe: recipe.name, engine: nil, timeout: nil)])
        let follower = teller.map { teller -> SavedOutput.Follower in
            { builder, isIdle in teller.tell(builder.takeLines(includesOpen: isIdle)) }
        }
        do {
            if file == "-" {
                try SavedOutput.read(
                    descriptor: STDIN_FILENO, name: "standard input", into: &builder, follower: follower)
            } else {
                try SavedOutput.read(path: file, into: &builder, follower: follower)
            }
        } catch {
            console.report([.error(error.description)])
            teller?.tell([.failure([error.description], status: ExitStatus.failure.rawValue)])
            throw Exit(.failure)
        }
        defer { teller?.tell(builder.takeLines()) }
        return builder.finish(RunFacts(recipe: recipe.name, savedOutput: file))
    }
}
