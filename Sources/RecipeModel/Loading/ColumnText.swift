/// Reads a column: `count`, a field, or `sum(f)`, `min(f)`, `max(f)`, `avg(f)`.
enum ColumnText {
    /// Why a text is no column.
    enum Problem: Error, Equatable {
        case unknownFunction(String)
        case unclosed
        case badField(String)
    }

    static func parse(_ text: String) throws(Problem) -> ColumnDefinition {
        if text == "count" { return .count }
        guard let open = text.firstIndex(of: "(") else {
            guard isField(text) else { throw .badField(text) }
            return .field(text)
        }
        let function = String(text[..<open])
        guard let aggregate = ColumnDefinition.Aggregate(rawValue: function) else {
            throw .unknownFunction(function)
        }
        guard text.hasSuffix(")") else { throw .unclosed }
        let field = String(text[text.index(after: open)...].dropLast())
        guard isField(field) else { throw .badField(field.isEmpty ? text : field) }
        return .aggregate(aggregate, field: field)
    }

    /// Whether it has the form `field` or `record.field`.
    private static func isField(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard let last = parts.last, parts.count <= 2 else { return false }
        return RecordPattern.isFieldName(String(last))
            && (parts.count == 1 || RecipeName.isValid(String(parts[0])))
    }
}
