public import ArgumentParser
import Diagnostics
public import Report

/// Where a summary goes.
protocol SummaryDestination {
    /// Starts the file, where there is to be one; fails at once where it cannot be made, before a long run.
    func begin() throws -> OutputFile.Draft?

    /// Writes a summary to the file that `begin` started, or to standard output.
    func write(_ summary: Summary, to draft: OutputFile.Draft?, console: Console) throws
}

/// How a summary is to be printed, and where.
struct SummaryOptions: ParsableArguments, SummaryDestination {
    @Option(
        help: ArgumentHelp(
            "The summary's form: text, json, markdown, csv, folded, svg, speedscope, prometheus or html; else what "
                + "the name of --output ends in, else text."))
    var format: SummaryFormat?

    @Option(
        name: [.short, .long], help: ArgumentHelp("Write the summary to this file.", valueName: "file"),
        completion: .file())
    var output: String?

    /// Throws where a run cannot be followed on standard output, as something else was asked for there.
    func requireFollowable(isQuiet: Bool = false) throws {
        if isQuiet {
            throw UsageError("found '--follow' with '--quiet', which prints nothing before the run's end")
        }
        if let format, format != .json, output == nil {
            throw UsageError(
                "found '--format \(format.rawValue)' with '--follow', which prints lines of JSON",
                notes: ["with '--output FILE' that file gets the summary in another form"])
        }
    }

    private var chosen: SummaryFormat { format ?? output.flatMap { SummaryFormat(fileName: $0) } ?? .text }

    func begin() throws -> OutputFile.Draft? {
        try output.map { try OutputFile(path: $0, mode: chosen.isForOthers ? 0o644 : 0o600).begin() }
    }

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

extension SummaryFormat: ExpressibleByArgument {}
