import DebugInfo
import Diagnostics

/// What came of a ``DebugQuestion``: what was asked for, or every problem.
struct DebugAnswer<Value: Codable>: Codable {
    /// nil where there are problems.
    private var value: Value?
    private var problems: [Diagnostic]
    /// Whose debug information was wanted and is not here.
    let missing: [MissingDebugInfo]

    init(_ result: Result<Value, DiagnosticsError>, missing: [MissingDebugInfo] = []) {
        self.missing = missing
        switch result {
        case .success(let value): (self.value, problems) = (value, [])
        case .failure(let error): (value, problems) = (nil, error.diagnostics)
        }
    }

    /// What was asked for.
    ///
    /// - Throws: Every problem; the sources that they are placed in have come with the answer.
    func get() throws(DiagnosticsError) -> Value {
        guard let value else { throw DiagnosticsError(problems) }
        return value
    }
}
