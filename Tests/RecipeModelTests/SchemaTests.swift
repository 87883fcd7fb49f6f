import Diagnostics
import Foundation
import Testing

@testable import RecipeModel

/// `recipes/recipe.schema.json` against the loader, both ways; Python's jsonschema judges for the schema.
@Suite struct SchemaTests {
    static let path = Fixtures.root.appendingPathComponent("recipes/recipe.schema.json").path

    @Test func bothTakeEveryValidRecipe() throws {
        #expect(!Fixtures.valid.isEmpty && Fixtures.shipped.count >= 4)
        let verdicts = try Self.verdicts(Fixtures.valid + Fixtures.shipped)
        for file in Fixtures.valid + Fixtures.shipped {
            #expect(verdicts[file.url.path] == "accepted", "\(file.name)")
            if case .failure(let error) = try file.load() {
                Issue.record("\(DiagnosticRenderer().render(error.diagnostics))")
            }
        }
    }

    /// Each wrong recipe states in its first line whether the schema refuses it, or why it cannot.
    @Test func theSchemaRefusesWhatItsFixturesSay() throws {
        let verdicts = try Self.verdicts(Fixtures.invalid)
        for file in Fixtures.invalid {
            let bytes = try file.bytes.drop { $0 != UInt8(ascii: "#") }
            let mark = String(decoding: bytes.prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
            let verdict = try #require(verdicts[file.url.path])
            if mark == "# refused by the schema" {
                #expect(verdict == "refused", "\(file.name)")
            } else {
                #expect(mark.hasPrefix("# beyond the schema: "), "\(file.name): \(mark)")
                #expect(verdict != "refused", "\(file.name): \(mark)")
            }
        }
    }

    /// Valid recipes with one keyword of the schema turned against them, each at a time.
    @Test func theLoaderRefusesWhatTheSchemaDoes() throws {
        struct Mutation: Decodable {
            var keyword: String
            var valid: Bool
            var text: String
        }
        let lines = try Self.python("mutations", Fixtures.valid).split(separator: "\n")
        let mutations = try lines.map { try JSONDecoder().decode(Mutation.self, from: Data($0.utf8)) }
        var refused: Set<String> = []
        var taken: Set<String> = []
        var edges: Set<String> = []
        for mutation in mutations {
            let isTaken = complaints(mutation.text).isEmpty
            if mutation.valid {
                edges.insert(mutation.keyword)
                if isTaken { taken.insert(mutation.keyword) }
            } else {
                refused.insert(mutation.keyword)
                #expect(!isTaken, "\(mutation.keyword):\n\(mutation.text)")
            }
        }
        // What the schema takes at a bound or of an enumeration, the loader takes in some recipe.
        #expect(edges.subtracting(taken) == [])
        // No keyword of the schema is there for nothing.
        let keywords = try Self.keywords()
        #expect(keywords.subtracting(refused) == [])
        #expect(keywords.count > 100)
    }

    @Test func theKeysAreTheLoaders() throws {
        let schema = try Self.schema()
        let definitions = try #require(schema["$defs"] as? [String: Any])
        func keys(_ name: String) -> Set<String> { Self.keys(of: definitions[name]) }
        func all<Key: CaseIterable & RawRepresentable>(_: Key.Type) -> Set<String>
        where Key.RawValue == String { Set(Key.allCases.map(\.rawValue)) }
        #expect(Self.keys(of: schema) == all(RecipeKey.self))
        // 'fmt' knows a place for each.
        #expect(Set(RecipeKey.canonical) == Set(RecipeKey.allCases))
        #expect(Set(ParameterKey.canonical) == Set(ParameterKey.allCases))
        #expect(keys("parameter") == all(ParameterKey.self))
        let ofParameters = Set(ParameterKey.ofParametersOnly.map(\.rawValue))
        #expect(
            keys("items-mapping") == all(ParameterKey.self).subtracting(ofParameters).subtracting(["items"]))
        #expect(keys("limits") == Set(LimitKey.all))
        #expect(keys("record") == all(RecordKey.self))
        #expect(keys("table") == all(TableKey.self))
        #expect(keys("tree") == all(TreeKey.self))
        #expect(keys("test") == all(TestKey.self))
        #expect(keys("live") == all(LiveKey.self))
        #expect(keys("expectation") == all(ExpectationKey.self))
        let expectation = definitions["expectation"] as? [String: Any]
        let losses = (expectation?["properties"] as? [String: Any])?["losses"] as? [String: Any]
        let names = (losses?["propertyNames"] as? [String: Any])?["enum"] as? [String]
        #expect(Set(names ?? []) == all(LossName.self))
        let type = definitions["type"] as? [String: Any]
        #expect(Set(type?["enum"] as? [String] ?? []) == all(ParameterTypeName.self))
        let name = (definitions["parameter-name"] as? [String: Any])?["not"] as? [String: Any]
        #expect(Set(name?["enum"] as? [String] ?? []) == RecipeName.reservedForOptions)
    }

    @Test func theKeysOfTypesAreTheLoaders() throws {
        let definitions = try #require(try Self.schema()["$defs"] as? [String: Any])
        let keys = try #require(definitions["keys-of-types"] as? [String: Any])
        let dependent = try #require(
            keys["dependentSchemas"] as? [String: [String: [String: [String: String]]]])
        let types = dependent.mapValues { [$0["properties"]?["type"]?["const"]] }
        let expected = ParameterKey.allCases.compactMap { key in
            key.types.map { (key.rawValue, $0.map { Optional($0.rawValue) }) }
        }
        #expect(types == Dictionary(uniqueKeysWithValues: expected))
    }

    // MARK: - The schema

    private static func schema() throws -> [String: Any] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    private static func keys(of schema: Any?) -> Set<String> {
        Set(((schema as? [String: Any])?["properties"] as? [String: Any] ?? [:]).keys)
    }

    /// The places of all keywords that refuse something by themselves; what conditions hold refuses nothing.
    private static func keywords() throws -> Set<String> {
        var found: Set<String> = []
        func walk(_ schema: Any, _ place: String) {
            guard let schema = schema as? [String: Any] else { return }
            for (keyword, value) in schema {
                let below = "\(place)/\(keyword)"
                switch keyword {
                case "type", "minimum", "maximum", "minLength", "maxLength", "pattern", "enum", "const",
                    "not", "minItems", "uniqueItems":
                    found.insert(below)
                case "required": for key in value as? [String] ?? [] { found.insert("\(below)/\(key)") }
                case "additionalProperties" where value is Bool: found.insert(below)
                case "dependentSchemas":
                    for key in (value as? [String: Any] ?? [:]).keys { found.insert("\(below)/\(key)") }
                case "properties", "$defs":
                    for (key, part) in value as? [String: Any] ?? [:]
                    where !["items-text"].contains(key) { walk(part, "\(below)/\(key)") }
                case "allOf":
                    for (index, part) in (value as? [Any] ?? []).enumerated() {
                        walk(part, "\(below)/\(index)")
                    }
                case "items", "additionalProperties", "propertyNames", "then", "else": walk(value, below)
                default: break
                }
            }
        }
        walk(try schema(), "")
        return found
    }

    // MARK: - Python

    static func verdicts(
        _ files: [Fixtures.File], schema path: String = SchemaTests.path
    ) throws -> [String: String] {
        let lines = try python("verdicts", files, schema: path).split(separator: "\n").map {
            $0.split(separator: "\t")
        }
        return Dictionary(uniqueKeysWithValues: lines.map { (String($0[1]), String($0[0])) })
    }

    private static func python(
        _ command: String, _ files: [Fixtures.File], schema path: String = SchemaTests.path
    ) throws -> String {
        let ours = Fixtures.root.appendingPathComponent(".cache/venv/bin/python3").path
        let interpreter = FileManager.default.isExecutableFile(atPath: ours) ? ours : "python3"
        let helper = Fixtures.folder.appendingPathComponent("schema.py").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [interpreter, helper, path, command] + files.map(\.url.path)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "PyYAML and jsonschema are needed: make setup")
        return String(decoding: data, as: UTF8.self)
    }
}
