import ArgumentParser
import Diagnostics
import Report

/// How the report of several runs is to be printed, and where.
struct BatchOutput: ParsableArguments, OutputForm {
    @Option(
        help: ArgumentHelp(
            "The report's form: text, json, markdown, csv, folded, svg, prometheus or html; else what the name of "
                + "--output ends in, else text."
        ))
    var format: SummaryFormat?

    @Option(
        name: [.short, .long], help: ArgumentHelp("Write the report to this file.", valueName: "file"),
        completion: .file())
    var output: String?

    static let content = "report"

    init() {}

    /// What the options of `run` ask for.
    init(_ options: SummaryOptions) {
        format = options.format
        output = options.output
    }

    /// Starts the file, where there is to be one; fails at once where it cannot be made, before long runs.
    func begin() throws -> OutputFile.Draft? {
        guard SummaryFormat.ofBatches.contains(chosen) else {
            let forms = SummaryFormat.ofBatches.map(\.rawValue).joined(separator: ", ")
            throw UsageError(
                "found the form '\(chosen.rawValue)', which holds one run alone, expected one of \(forms)")
        }
        return try draft()
    }

    /// Writes a report to the file that `begin` started, or to standard output.
    func write(_ report: BatchReport, to draft: OutputFile.Draft?, console: Console) throws {
        let text = Self.text(report, chosen, console, isFile: draft != nil)
        if let draft {
            try draft.write(Array(text.utf8))
            try draft.commit()
        } else {
            try console.write(text)
        }
        console.report(chosen.unsaid(of: report).map { .warning(Console.safe(Array($0.utf8))) })
    }

    /// A report in words.
    static func text(
        _ report: BatchReport, _ format: SummaryFormat, _ console: Console, isFile: Bool
    ) -> String {
        format.render(report, text: TextRenderer(for: console, isFile: isFile)) ?? ""
    }
}
