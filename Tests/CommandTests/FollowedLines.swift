import Foundation
import Testing

/// What `--follow` printed.
struct FollowedLines {
    let texts: [String]
    let objects: [[String: Any]]

    /// Their types, in order.
    var types: [String?] { objects.map { $0["type"] as? String } }

    init(_ output: String) throws {
        texts = output.split(separator: "\n").map(String.init)
        objects = try texts.map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return try #require(object, "\(line)")
        }
    }

    private init(texts: [String], objects: [[String: Any]]) { (self.texts, self.objects) = (texts, objects) }

    /// Those of a step.
    func of(_ step: String) -> FollowedLines {
        let own = zip(texts, objects).filter { $0.1["step"] as? String == step }
        return FollowedLines(texts: own.map(\.0), objects: own.map(\.1))
    }
}
