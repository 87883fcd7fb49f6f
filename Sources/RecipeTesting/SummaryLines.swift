import RecipeModel
import Report

/// What a test tells of a summary, as lines in the form in which an author writes it.
enum SummaryLines {
    /// A count, such as `request: 3`.
    static func text(_ count: SummaryExpectation.Count) -> String { "\(count.name): \(count.count)" }

    /// A row, such as `[2, 502, [ngx_http_finalize_request, main]]`.
    static func text(_ row: [SummaryExpectation.Cell]) -> String {
        let cells = row.map { cell in
            switch cell {
            case .text(let text): scalar(text)
            case .stack(let names): "[\(names.map(scalar).joined(separator: ", "))]"
            }
        }
        return "[\(cells.joined(separator: ", "))]"
    }

    /// The rows of a table that are shown.
    static func rows(of table: Table, in summary: Summary) -> [String] {
        table.rows.map { row in
            text(
                row.map { cell in
                    guard case .stack(let number) = cell else { return .text(cell.text) }
                    return .stack(summary.stacks[number].frames.map(\.name))
                })
        }
    }

    /// The nodes of a tree, two spaces a level, behind those stated several times how often.
    static func nodes(of tree: Tree) -> [String] {
        tree.nodes.map { node in
            String(repeating: "  ", count: node.depth) + node.label
                + (node.count > 1 ? " (×\(node.count))" : "")
        }
    }

    /// A flow scalar of YAML, quoted where it would be read as something else.
    private static func scalar(_ text: String) -> String {
        let isPlain =
            !text.isEmpty && text.unicodeScalars.allSatisfy { plain.contains($0) || $0.value >= 0xA1 }
            && !"-?@".contains(text.first!) || text == "-"
        let words: Set = ["true", "false", "null"]
        guard !isPlain || words.contains(text.lowercased()) else { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                quoted += "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    private static let plain = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.+/ @=<>()$%^".unicodeScalars)
}
