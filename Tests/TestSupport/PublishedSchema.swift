import Foundation

/// A schema of `docs`, as the judge of what is printed: it takes no member that it does not name, where the published
/// one takes those of later releases.
public struct PublishedSchema {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private let schema: [String: Any]

    /// Reads `docs/NAME.schema.json`, and the others that it refers to.
    public init(_ name: String, referringTo others: [String] = []) throws {
        var schema = try Self.read(name)
        var definitions = schema["$defs"] as? [String: Any] ?? [:]
        for other in others { definitions["of \(other)"] = try Self.read(other) }
        schema["$defs"] = definitions
        self.schema = schema
    }

    /// Whether it takes each of some documents in JSON.
    public func takes(_ documents: [String]) throws -> [Bool] {
        let folder = try TestTool.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("schema.json")
        try JSONSerialization.data(withJSONObject: schema).write(to: file)
        let paths = try documents.enumerated().map { index, text in
            let path = folder.appendingPathComponent("document\(index).json").path
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            return path
        }
        let judge = Self.root.appendingPathComponent("Tests/Fixtures/RecipeModel/schema.py").path
        let verdicts = try TestTool.python([judge, file.path, "verdicts"] + paths).split(separator: "\n")
        return try zip(verdicts, paths).map { verdict, path in
            switch verdict {
            case "accepted\t\(path)": return true
            case "refused\t\(path)": return false
            default: throw TestTool.Failure(description: "\(verdict)")
            }
        }
    }

    private static func read(_ name: String) throws -> [String: Any] {
        let file = root.appendingPathComponent("docs/\(name).schema.json")
        let schema = closed(try JSONSerialization.jsonObject(with: Data(contentsOf: file)))
        guard let schema = schema as? [String: Any] else {
            throw TestTool.Failure(description: "\(file.path) holds no object")
        }
        return schema
    }

    /// A schema whose objects take no member that it does not name.
    private static func closed(_ schema: Any) -> Any {
        if let array = schema as? [Any] { return array.map(closed) }
        guard var object = schema as? [String: Any] else { return schema }
        if object["properties"] is [String: Any] { object["additionalProperties"] = false }
        return object.mapValues(closed)
    }
}

extension TestTool {
    /// What a program in Python prints; the Python of `make setup`, which has the packages, where it is there.
    public static func python(_ arguments: [String], input: String = "") throws -> String {
        let ours = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../.cache/venv/bin/python3").standardized.path
        let interpreter = FileManager.default.isExecutableFile(atPath: ours) ? ours : "python3"
        return String(decoding: try output(of: interpreter, arguments, input: input), as: UTF8.self)
    }
}
