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
        let stream = try follow ? followed() : nil
        let draft = try form.begin()
        let summary =
            try recipe.map { try savedOutput(of: $0, console, stream, isWritten: draft != nil) }
            ?? RunSource(file: file).summary
        var status = status(of: summary)
        if draft != nil || stream == nil {
            do { try form.write(summary, to: draft, console: console) } catch {
                status = console.report(error)
            }
        }
        let line = FollowLine.summary(summary, status: status.rawValue)
        if let stream { status = try waiting { await stream.end(with: line, on: console) } ?? status }
        if status != .success { throw Exit(status) }
    }

    private func status(of summary: Summary) -> ExitStatus {
        if let failIf, summary.count(of: failIf) ?? 0 > 0 { return .recordFound }
        return summary.verdict.grade == .inconclusive ? .inconclusive : .success
    }

    /// The stream that the output is told on; nothing else goes on meanwhile, so that it waits for its reader.
    private func followed() throws -> FollowStream {
        try form.requireFollowable()
        guard recipe != nil else {
            throw UsageError("found '--follow' without '--recipe', which says what a record is")
        }
        // Ctrl-C ends the program before the pipe, whose end brings the summary.
        if file == "-" { signal(SIGINT, SIG_IGN) }
        return FollowStream(.ofTheReader)
    }

    private func savedOutput(
        of name: String, _ console: Console, _ stream: FollowStream?, isWritten: Bool
    ) throws -> Summary {
        if RunSource.isBundle(file: file) {
            throw UsageError(
                "found '--recipe' with a run bundle, which brings its summary along",
                notes: [
                    "leave '--recipe' out, or summarize what the script printed: "
                        + "unzip -p \(file) output.txt | taprecipe report - --recipe \(name)"
                ])
        }
        let recipe = try recipes.find(name)
        var builder = try SummaryBuilder(recipe, isFollowed: stream != nil)
        stream?.tell([.start(recipe: recipe.name, engine: nil, timeout: nil)])
        let follower = stream.map { stream -> SavedOutput.Follower in
            { builder, isIdle in
                stream.tell(builder.takeLines(includesOpen: isIdle))
                // A summary that is kept is one of all, whoever still reads the lines.
                return isWritten || !stream.isBroken
            }
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
            let line = FollowLine.failure([error.description], status: ExitStatus.failure.rawValue)
            if let stream { _ = try waiting { await stream.end(with: line, on: console) } }
            throw Exit(.failure)
        }
        defer { stream?.tell(builder.takeLines()) }
        return builder.finish(RunFacts(recipe: recipe.name, savedOutput: file))
    }
}
