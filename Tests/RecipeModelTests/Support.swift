import Diagnostics
import Foundation
import RecipeModel
import TestSupport
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

        /// Loads it as a runbook, under its bare name, as it is on a host.
        func loadRunbook(
            host: String = "other", settings: [String] = []
        ) throws -> Result<Runbook, DiagnosticsError> {
            let source = SourceFile(name: "\(name).yaml", bytes: try bytes)
            return Result { () throws(DiagnosticsError) in
                let draft = try RunbookLoader.load(source, fileName: name)
                return try draft.runbook(try RunbookValues(draft, host: host, settings: settings))
            }
        }

        /// Loads it under its bare name, so that messages are the same everywhere.
        func load() throws -> Result<Recipe, DiagnosticsError> {
            let source = SourceFile(name: "\(name).yaml", bytes: try bytes)
            return Result { () throws(DiagnosticsError) in
                try RecipeLoader.load(source, fileName: name, bases: Fixtures.bases)
            }
        }
    }

    static let valid = files(in: folder.appendingPathComponent("valid"))
    static let invalid = files(in: folder.appendingPathComponent("invalid"))
    static let shipped = files(in: root.appendingPathComponent("recipes"))
    static let validRunbooks = files(in: folder.appendingPathComponent("runbooks/valid"))
    static let invalidRunbooks = files(in: folder.appendingPathComponent("runbooks/invalid"))

    /// What the recipes that extend one mean by it, whatever its name.
    static let bases = RecipeBases.known([
        SourceFile(
            name: "smallest.yaml",
            text: """
                name: smallest
                summary: The least that a recipe has
                script: |
                  probe begin { exit() }

                """)
    ])

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
        let difference = try Golden.difference(text, from: folder.appendingPathComponent(name).path)
        #expect(difference == nil, sourceLocation: sourceLocation)
    }
}

/// What is wrong with a recipe, as a user sees it; empty where nothing is.
func complaints(_ text: String, name: String = "test") -> String {
    complaints(Array(text.utf8), name: name)
}

func complaints(_ bytes: [UInt8], name: String = "test") -> String {
    do {
        _ = try RecipeLoader.load(
            SourceFile(name: "\(name).yaml", bytes: bytes), bases: Fixtures.bases)
        return ""
    } catch {
        return DiagnosticRenderer().render(error.diagnostics)
    }
}
