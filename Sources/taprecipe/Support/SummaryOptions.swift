import ArgumentParser
import Diagnostics
import Report

/// Where a summary goes.
protocol SummaryDestination {
    /// Starts the file, where there is to be one; fails at once where it cannot be made, before a long run.
    func begin() throws -> OutputFile.Draft?

    /// Writes a summary to the file that `begin` started, or to standard output.
    func write(_ summary: Summary, to draft: OutputFile.Draft?, console: Console) throws
}

/// How a summary is to be printed, and where.
struct SummaryOptions: ParsableArguments, OutputForm, SummaryDestination {
    @Option(
        help: ArgumentHelp(
            "The summary's form: text, json, markdown, csv, folded, svg, speedscope, prometheus or html; else what "
                + "the name of --output ends in, else text."))
    var format: SummaryFormat?

    @Option(
        name: [.short, .long], help: ArgumentHelp("Write the summary to this file.", valueName: "file"),
        completion: .file())
    var output: String?

    static let content = "summary"

    func begin() throws -> OutputFile.Draft? { try draft() }

    func write(_ summary: Summary, to draft: OutputFile.Draft?, console: Console) throws {
        let text = chosen.render(summary, text: TextRenderer(for: console, isFile: draft != nil))
        if let draft {
            try draft.write(Array(text.utf8))
            try draft.commit()
        } else {
            try console.write(text)
        }
        if let unsaid = chosen.unsaid(of: summary) {
            console.report([.warning(Console.safe(Array(unsaid.utf8)))])
        }
    }
}
