import Archives
import Diagnostics
import Foundation
import RecipeModel
import TestSupport
import Testing

@testable import RecipeBundles
@testable import Signing

/// Recipe bundles as values.
@Suite struct RecipeBundleTests {
    private static let parent = SourceFile(
        name: "lib/parent.yaml", text: "name: parent\nsummary: p\nscript: |\n  probe begin { exit() }\n")

    private static func draft() throws -> BundleDraft {
        var draft = BundleDraft(created: 1_795_801_083)
        try draft.add(try Samples.recipe("one"), scripts: [("one.stp", Array("probe begin {}\n".utf8))])
        try draft.add(try Samples.recipe("child", more: "extends: parent\n", bases: [parent]))
        try draft.add(try Samples.runbook("nightly", steps: "  - { recipe: one }\n"))
        return draft
    }

    @Test func whatWasSignedIsReadBack() throws {
        let signer = try Signer()
        let bytes = try Self.draft().bytes(program: "0.1.0")
        #expect(try Self.draft().bytes(program: "0.1.0") == bytes)
        let bundle = try signer.verified(bytes, comment: "fleet 1")
        #expect(bundle.comment == "fleet 1" && bundle.key == signer.keys[0])
        #expect(bundle.files.created == 1_795_801_083)
        #expect(bundle.files.recipes == ["child.yaml", "one.yaml"])
        #expect(bundle.files.runbooks == ["runbooks/nightly.yaml"])
        #expect(
            bundle.entries.map(\.path) == [
                "bases/parent.yaml", "child.yaml", "one.stp", "one.yaml", "runbooks/nightly.yaml",
            ])
        let files = RecipeFiles { _ in bundle.files }
        let child = try RecipeLibrary(SearchPath([]), files: files).find("b.taprecipe/child.yaml")
        #expect(child.files == ["b.taprecipe/child.yaml", "b.taprecipe/bases/parent.yaml"])
        #expect(child.bases[0].bytes == Self.parent.bytes)
        #expect(try files.recipe(in: child.files).bytes == child.bytes)
        #expect(try files.runbook("b.taprecipe/runbooks/nightly.yaml").name == "nightly")
    }

    /// sha256sum and unzip judge the digests and the archive.
    @Test func otherProgramsReadIt() throws {
        let folder = try TestTool.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let bytes = try Self.draft().bytes(program: "0.1.0")
        let bundle = try Signer().verified(bytes)
        try Data(bytes).write(to: folder.appendingPathComponent("b.taprecipe"))
        let script = "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])"
        _ = try TestTool.output(
            of: "python3", ["-c", script, folder.path + "/b.taprecipe", folder.path + "/out"])
        let sums = bundle.entries.map { "\($0.sha256)  \(folder.path)/out/\($0.path)\n" }.joined()
        _ = try TestTool.output(of: "sha256sum", ["--check", "--strict"], input: sums)
    }

    @Test func aChangedByteAnywhereIsRefused() throws {
        var random = SeededGenerator()
        let signer = try Signer()
        let bytes = try Self.draft().bytes(program: "0.1.0")
        let signature = try signer.signature(bytes)
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            #expect(
                throws: RecipeBundleProblem.signature(.wrongSignature(signer.secret.id)),
                "seed \(random.seed)"
            ) {
                try VerifiedBundle(changed, signature: signature, keys: signer.keys)
            }
        }
        for count in bytes.indices {
            #expect(throws: RecipeBundleProblem.self) {
                try VerifiedBundle(Array(bytes.prefix(count)), signature: signature, keys: signer.keys)
            }
        }
        #expect(throws: RecipeBundleProblem.signature(.unknownKey(signer.secret.id))) {
            try VerifiedBundle(bytes, signature: signature, keys: try Signer().keys)
        }
        #expect(throws: RecipeBundleProblem.signature(.noSignature)) {
            try VerifiedBundle(bytes, signature: [], keys: signer.keys)
        }
    }

    /// What the right key signed, but no bundle of ours: damage behind the signature, so that the archive's reader sees it.
    @Test func aDamagedArchiveIsRefusedThoughItIsSigned() throws {
        var random = SeededGenerator()
        let signer = try Signer()
        let bytes = try Self.draft().bytes(program: "0.1.0")
        let whole = try signer.verified(bytes)
        for _ in 0..<SeededGenerator.rounds(400) {
            var changed = bytes
            let place = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: changed[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: changed.removeSubrange(place...)
            case 2: changed.insert(UInt8.random(in: 0...255, using: &random), at: place)
            default: changed.append(0)
            }
            switch Result(catching: { try signer.verified(changed) }) {
            case .success(let taken):
                // A compressed file ends within a byte, whose other bits mean nothing (RFC 1951, 3.2.3).
                #expect(taken.entries == whole.entries && changed.count == bytes.count, "seed \(random.seed)")
            case .failure(let error): #expect(error is RecipeBundleProblem, "seed \(random.seed): \(error)")
            }
        }
    }

    @Test func filesOfOneNameHaveOnePlaceEach() throws {
        let other = SourceFile(name: "x/parent.yaml", bytes: Self.parent.bytes + Array("timeout: 5s\n".utf8))
        var draft = BundleDraft(created: 0)
        for (name, base) in [("a", Self.parent), ("b", other), ("c", Self.parent)] {
            try draft.add(try Samples.recipe(name, more: "extends: parent\n", bases: [base]))
        }
        // A recipe that hides the one that it extends.
        try draft.add(try Samples.recipe("parent", more: "extends: parent\n", bases: [Self.parent]))
        let bundle = try Signer().verified(try draft.bytes(program: "1"))
        #expect(bundle.files.files["a.yaml"]?.bases == ["bases/parent.yaml"])
        #expect(bundle.files.files["b.yaml"]?.bases == ["bases/2/parent.yaml"])
        #expect(bundle.files.files["c.yaml"]?.bases == ["bases/parent.yaml"])
        #expect(bundle.files.files["parent.yaml"]?.bases == ["bases/parent.yaml"])
        #expect(bundle.files.recipes == ["a.yaml", "b.yaml", "c.yaml", "parent.yaml"])
        try draft.add(try Samples.recipe("z"))
        try draft.add(try Samples.recipe("z"))
        #expect(throws: BundleDraft.Problem.conflict("z.yaml")) {
            try draft.add(try Samples.recipe("z", summary: "another"))
        }
        #expect(throws: BundleDraft.Problem.badPath("../z.yaml")) {
            try draft.add(try Samples.recipe("z"), at: "../z.yaml")
        }
    }
}
