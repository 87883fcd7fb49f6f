import Archives
import Diagnostics
import Foundation
import RecipeModel
import TestSupport
import Testing

@testable import RecipeBundles
@testable import Signing

/// A key that minisign made, and what it signs.
struct Signer {
    let secret: SecretKey

    init() throws {
        let folder = try TestTool.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try TestTool.output(
            of: "minisign", ["-G", "-W", "-p", folder.path + "/key.pub", "-s", folder.path + "/key.key"])
        var bytes = Array(try Data(contentsOf: folder.appendingPathComponent("key.key")))
        secret = try SecretKey(file: &bytes) { [] }
    }

    var keys: [PublicKey] { [secret.publicKey] }

    /// Signs bytes, and verifies them as a bundle.
    func verified(_ bytes: [UInt8], comment: String = "c") throws -> VerifiedBundle {
        try VerifiedBundle(bytes, signature: try signature(bytes, comment: comment), keys: keys)
    }

    func signature(_ bytes: [UInt8], comment: String = "c") throws -> [UInt8] {
        try secret.sign(bytes, trustedComment: comment).file
    }
}

/// Recipes to put into bundles.
enum Samples {
    static func recipe(
        _ name: String, summary: String = "a test", folder: String = "", more: String = "",
        bases: [SourceFile] = []
    ) throws -> Recipe {
        try RecipeLoader.load(
            SourceFile(
                name: "\(folder)\(name).yaml",
                text: "name: \(name)\nsummary: \(summary)\n\(more)"
                    + (bases.isEmpty ? "script: |\n  probe begin { exit() }\n" : "")),
            bases: .known(bases))
    }

    static func runbook(_ name: String, steps: String) throws -> Runbook {
        let draft = try RunbookLoader.load(
            SourceFile(name: "books/\(name).yaml", text: "name: \(name)\nsummary: s\nsteps:\n\(steps)"))
        return try draft.runbook(try RunbookValues(draft, host: "", settings: []))
    }
}
