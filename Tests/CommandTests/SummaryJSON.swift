import Foundation
import Testing

/// A run's summary, as JSON.
struct SummaryJSON {
    var json: [String: Any]

    init(_ result: Tool.Result) throws { try self.init(result.output, of: "\(result)") }

    /// Reads a summary's text; `source` says what it is of, should it be none.
    init(_ text: String, of source: String) throws {
        json = try #require(
            try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(source)")
    }

    var grade: String { json["grade"] as? String ?? "" }

    var engine: String { (json["run"] as? [String: Any])?["engine"] as? String ?? "" }

    func rows(_ title: String) -> [[Any]] {
        let tables = json["tables"] as? [[String: Any]] ?? []
        return tables.first { $0["title"] as? String == title }?["rows"] as? [[Any]] ?? []
    }

    /// The functions of a stack that a cell refers to.
    func functions(_ cell: Any) -> [String] {
        guard let index = (cell as? [String: Any])?["stack"] as? Int,
            let stacks = json["stacks"] as? [[String: Any]], stacks.indices.contains(index),
            let frames = stacks[index]["frames"] as? [[String: Any]]
        else { return [] }
        return frames.map { $0["symbol"] as? String ?? "" }
    }
}
