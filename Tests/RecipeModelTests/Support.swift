import Diagnostics
import Foundation
import RecipeModel
import Testing

/// The recipes that the tests read.
enum Fixtures {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let folder = root.appendingPathComponent("Tests/Fixtures/RecipeModel")

    /// A recipe's file.
    struct File: Sendable, CustomTestStringConvertible {
        var name: String
        var url: URL

        var bytes: [UInt8] { get throws { Array(try Data(contentsOf: url)) } }
        var testDescription: String { name }

        /// Loads it under its bare name, so that messages are the same everywhere.
        func load() throws -> Result<Recipe, DiagnosticsError> {
            let source = SourceFile(name: "\(name).yaml", bytes: try bytes)
            return Result { () throws(DiagnosticsError) in
                try RecipeLoader.load(source, fileName: name)
            }
        }
    }

    static let valid = files(in: folder.appendingPathComponent("valid"))
    static let invalid = files(in: folder.appendingPathComponent("invalid"))
    static let shipped = files(in: root.appendingPathComponent("recipes"))

    private static func files(in folder: URL) -> [File] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".yaml") }.sorted().map {
            File(name: String($0.dropLast(".yaml".count)), url: folder.appendingPathComponent($0))
        }
    }

    /// Holds a whole output against its golden file; `make golden` writes the file instead.
    static func expectGolden(
        _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let url = folder.appendingPathComponent(name)
        if ProcessInfo.processInfo.environment["TAPRECIPE_GOLDEN"] == "renew" {
            try text.write(to: url, atomically: true, encoding: .utf8)
        }
        let golden = try String(contentsOf: url, encoding: .utf8)
        guard text != golden else { return }
        let pairs = zip(
            text.split(separator: "\n", omittingEmptySubsequences: false),
            golden.split(separator: "\n", omittingEmptySubsequences: false))
        let first = pairs.enumerated().first { $0.element.0 != $0.element.1 }
        Issue.record(
            """
            \(name) differs from line \((first?.offset ?? 0) + 1): \(first?.element.0 ?? ""), \
            expected \(first?.element.1 ?? "")
            """, sourceLocation: sourceLocation)
    }
}

/// What is wrong with a recipe, as a user sees it; empty where nothing is.
func complaints(_ text: String, name: String = "test") -> String {
    complaints(Array(text.utf8), name: name)
}

func complaints(_ bytes: [UInt8], name: String = "test") -> String {
    do {
        _ = try RecipeLoader.load(SourceFile(name: "\(name).yaml", bytes: bytes))
        return ""
    } catch {
        return DiagnosticRenderer().render(error.diagnostics)
    }
}

/// A generator whose seed a failing test prints.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
