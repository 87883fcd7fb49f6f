import FoundationEssentials
import Report

/// The file in which a step's process leaves its summary: whole or not at all.
struct StepSummaryFile: SummaryDestination {
    let path: String

    func begin() throws -> OutputFile.Draft? { try OutputFile(path: path).begin() }

    func write(_ summary: Summary, to draft: OutputFile.Draft?, console: Console) throws {
        try draft?.write(Array(try JSONEncoder().encode(summary)))
        try draft?.commit()
    }

    /// The summary; nil where there is none, or none that this version wrote.
    func read() -> Summary? {
        guard let bytes = try? InputFile(path: path).read() else { return nil }
        return try? JSONDecoder().decode(Summary.self, from: Data(bytes))
    }
}
