import Report

/// The file in which a step's process leaves its summary: whole or not at all.
struct StepSummaryFile: SummaryDestination {
    let path: String

    func begin() throws -> OutputFile.Draft? { try OutputFile(path: path).begin() }

    func write(_ summary: Summary, to draft: OutputFile.Draft?, console: Console) throws {
        let bytes: [UInt8]
        do throws(DocumentProblem) {
            bytes = try WholeSummary(summary).json()
        } catch {
            throw CommandFailure("the summary cannot be handed over: \(error)")
        }
        try draft?.write(bytes)
        try draft?.commit()
    }

    /// The summary; nil where there is none that can be read.
    func read() -> Summary? {
        guard let bytes = try? InputFile(path: path).read(limit: DocumentReader.maximumSize) else {
            return nil
        }
        return try? WholeSummary(json: bytes).summary
    }
}
