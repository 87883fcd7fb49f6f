public import ArgumentParser
public import Report

/// The options that say in which form something is printed, and where.
protocol OutputForm {
    /// What that is, in a word.
    static var content: String { get }
    /// Its form; nil: what the file's name ends in, else text.
    var format: SummaryFormat? { get }
    /// The file; nil: standard output.
    var output: String? { get }
}

extension OutputForm {
    /// The form that it gets.
    var chosen: SummaryFormat { format ?? output.flatMap { SummaryFormat(fileName: $0) } ?? .text }

    /// Starts the file, where there is to be one.
    func draft() throws -> OutputFile.Draft? {
        try output.map { try OutputFile(path: $0, mode: chosen.isForOthers ? 0o644 : 0o600).begin() }
    }

    /// Throws where nothing can be followed on standard output, as something else was asked for there.
    func requireFollowable(isQuiet: Bool = false) throws {
        if isQuiet {
            throw UsageError("found '--follow' with '--quiet', which prints nothing before the run's end")
        }
        if let format, format != .json, output == nil {
            throw UsageError(
                "found '--format \(format.rawValue)' with '--follow', which prints lines of JSON",
                notes: ["with '--output FILE' that file gets the \(Self.content) in another form"])
        }
    }
}

extension SummaryFormat: ExpressibleByArgument {}
