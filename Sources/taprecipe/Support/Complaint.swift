import Diagnostics

/// Diagnostics, and the map to the source that they are shown in.
struct Complaint {
    let diagnostics: [Diagnostic]
    var map: SourceMap?
}

extension [Complaint] {
    /// Each thing once: a recipe that two steps use is wrong in both.
    var unique: [Complaint] {
        var seen: [Diagnostic] = []
        return map { complaint in
            let fresh = complaint.diagnostics.filter { diagnostic in
                !seen.contains { $0.message == diagnostic.message && $0.range == diagnostic.range }
            }
            seen += fresh
            return Complaint(diagnostics: fresh, map: complaint.map)
        }
    }
}
