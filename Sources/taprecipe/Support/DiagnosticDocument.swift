import Diagnostics

/// A diagnostic in a form for programs, its places in the files that the user knows.
struct DiagnosticDocument: Encodable {
    /// A place: lines and columns from 1, columns in bytes.
    struct Place: Encodable {
        var file: String
        var line: Int
        var column: Int
        var endLine: Int
        var endColumn: Int

        init(_ range: SourceRange) {
            file = range.source.name
            line = range.start.line
            column = range.start.column
            endLine = range.end.line
            endColumn = range.end.column
        }
    }

    /// A further fact.
    struct Note: Encodable {
        var message: String
        var place: Place?
    }

    /// `error`, `warning` or `note`.
    var severity: String
    var message: String
    /// Where; absent where it has no place.
    var place: Place?
    /// The line of the expanded script, where that is not what stands at the place.
    var expanded: String?
    var notes: [Note]
    /// What to put at the place.
    var replacement: String?

    init(_ diagnostic: Diagnostic, map: SourceMap?) {
        func original(_ range: SourceRange) -> SourceRange { map?.original(of: range) ?? range }
        severity = diagnostic.severity.rawValue
        message = diagnostic.message
        place = diagnostic.range.map { Place(original($0)) }
        if let range = diagnostic.range, original(range).source !== range.source {
            let line = range.source.line(range.start.line)
            expanded = String(decoding: line, as: UTF8.self)
        }
        notes = diagnostic.notes.map { note in
            Note(message: note.message, place: note.range.map { Place(original($0)) })
        }
        replacement = diagnostic.fixIt?.replacement
    }
}
