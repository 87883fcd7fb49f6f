import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import RecipeModel

/// How recipes in bundles are found; the bundles are values here.
@Suite struct BundledRecipeTests {
    private static func recipe(_ name: String, _ summary: String, _ more: String? = nil) -> [UInt8] {
        Array("name: \(name)\nsummary: \(summary)\n\(more ?? "script: |\n  probe begin { exit() }\n")".utf8)
    }

    private static func bundle(_ created: Int64, _ files: [String: BundledFiles.File]) -> BundledFiles {
        BundledFiles(files: files, created: created)
    }

    private static func files(_ bundles: [String: BundledFiles]) -> RecipeFiles {
        RecipeFiles { path throws(DiagnosticsError) in
            let name = path.split(separator: "/").last.map(String.init) ?? path
            guard let bundle = bundles[name] else { throw DiagnosticsError(.error("refused: \(name)")) }
            return bundle
        }
    }

    private final class Folder {
        let url: URL
        var path: String { url.path }

        /// Empty files of these names.
        init(_ names: [String]) throws {
            url = try TestTool.temporaryFolder()
            for name in names { try Data().write(to: url.appendingPathComponent(name)) }
        }

        deinit { try? FileManager.default.removeItem(at: url) }
    }

    @Test(arguments: [
        ("a.taprecipe/x.yaml", "a.taprecipe", "x.yaml"),
        ("/e/a.taprecipe//./lib/x.yaml", "/e/a.taprecipe", "lib/x.yaml"),
        ("a.taprecipe/../x.yaml", "a.taprecipe", "../x.yaml"),
        ("a.taprecipe/b.taprecipe/x", "a.taprecipe", "b.taprecipe/x"),
        ("a.taprecipe/", "a.taprecipe", ""),
    ])
    func aPathGoesOnInsideOfABundle(path: String, bundle: String, member: String) {
        #expect(BundlePath(path) == BundlePath(bundle: bundle, member: member))
    }

    @Test(arguments: [
        "a.taprecipe", "/e/a.taprecipe", "x.yaml", "/home/.taprecipe/x.yaml", "a.taprecipes/x.yaml", "",
    ])
    func otherPathsDoNot(path: String) { #expect(BundlePath(path) == nil) }

    @Test func theNewerOfTwoBundlesInAFolderCounts() throws {
        let folder = try Folder([
            "new.taprecipe", "old.taprecipe", ".hidden.taprecipe", "x.taprecipe.minisig",
        ])
        let files = Self.files([
            "old.taprecipe": Self.bundle(
                1, ["a.yaml": .init(Self.recipe("a", "old")), "b.yaml": .init(Self.recipe("b", "old"))]),
            "new.taprecipe": Self.bundle(
                2,
                ["a.yaml": .init(Self.recipe("a", "new")), "lib/c.yaml": .init(Self.recipe("c", "inside"))]),
        ])
        let library = RecipeLibrary(SearchPath([.init(folder.path, .option)]), files: files)
        #expect(library.names() == ["a", "b"])
        #expect(try library.find("a").summary == "new")
        #expect(try library.find("b").summary == "old")
        #expect(try library.find(folder.path + "/new.taprecipe/lib/c.yaml").summary == "inside")
        let contents = library.contents()
        #expect(contents.problems.isEmpty)
        #expect(
            contents.listings.map(\.path)
                == ["new", "old", "old"].enumerated().map { index, name in
                    "\(folder.path)/\(name).taprecipe/\(index < 2 ? "a" : "b").yaml"
                })
    }

    /// What a refused bundle hides nobody knows, so nothing weaker takes its place.
    @Test func aRefusedBundleIsNotPassedOver() throws {
        let (strong, weak) = (try Folder(["bad.taprecipe"]), try Folder(["good.taprecipe"]))
        let files = Self.files(["good.taprecipe": Self.bundle(1, ["a.yaml": .init(Self.recipe("a", "good"))])]
        )
        let behind = RecipeLibrary(
            SearchPath([.init(strong.path, .option), .init(weak.path, .system)]), files: files)
        let error = #expect(throws: DiagnosticsError.self) { try behind.find("a") }
        #expect(error?.diagnostics.map(\.message) == ["refused: bad.taprecipe"])
        #expect(!behind.lacks("a") && !behind.lacks("nothing"))
        #expect(behind.contents().problems.map(\.severity) == [.warning])
        let before = RecipeLibrary(
            SearchPath([.init(weak.path, .option), .init(strong.path, .system)]), files: files)
        #expect(try before.find("a").summary == "good")
        #expect(throws: DiagnosticsError.self) { try before.find("nothing") }
        let alone = RecipeLibrary(SearchPath([.init(weak.path, .option)]), files: files)
        #expect(alone.lacks("nothing") && !alone.lacks("a"))
    }

    @Test func aBundledRecipeExtendsWhatCameAlong() throws {
        let folder = try Folder([])
        // One of the same name outside, which must not be taken.
        try Data(Self.recipe("base", "from outside")).write(
            to: folder.url.appendingPathComponent("base.yaml"))
        let files = Self.files([
            "f.taprecipe": Self.bundle(
                1,
                [
                    "child.yaml": .init(
                        Self.recipe("child", "child", "extends: middle\n"),
                        bases: ["bases/middle.yaml", "bases/base.yaml"]),
                    "bases/middle.yaml": .init(Array("name: middle\nextends: ../else/base.yaml\n".utf8)),
                    "bases/base.yaml": .init(
                        Self.recipe(
                            "base", "from inside", "tags: [inside]\nscript: |\n  probe begin { exit() }\n")),
                    "alone.yaml": .init(Self.recipe("alone", "alone", "extends: base\n")),
                ])
        ])
        let path = folder.path + "/f.taprecipe"
        let library = RecipeLibrary(
            SearchPath([.init(folder.path, .option), .init(path, .option)]), files: files)
        let child = try library.find("child")
        #expect(child.tags == ["inside"])
        #expect(
            child.files == ["\(path)/child.yaml", "\(path)/bases/middle.yaml", "\(path)/bases/base.yaml"])
        #expect(throws: DiagnosticsError.self) { try library.find("alone") }
        // A recipe outside may extend one in a bundle.
        try Data(Self.recipe("own", "own", "extends: child\n")).write(
            to: folder.url.appendingPathComponent("own.yaml"))
        #expect(try library.find("own").files.dropFirst() == child.files[...])
    }

    @Test func aFolderThatIsCalledLikeABundleHoldsNothing() throws {
        let folder = try Folder([])
        let fake = folder.url.appendingPathComponent("f.taprecipe")
        try FileManager.default.createDirectory(at: fake, withIntermediateDirectories: true)
        try Data(Self.recipe("a", "loose")).write(to: fake.appendingPathComponent("a.yaml"))
        let path = fake.path + "/a.yaml"
        #expect(throws: DiagnosticsError.self) { try RecipeLoader.load(path: path) }
        #expect(throws: DiagnosticsError.self) { try RecipeLibrary(SearchPath([])).find(path) }
        try Data(Self.recipe("own", "own", "extends: ./f.taprecipe/a.yaml\n"))
            .write(to: folder.url.appendingPathComponent("own.yaml"))
        #expect(throws: DiagnosticsError.self) { try RecipeLoader.load(path: folder.path + "/own.yaml") }
    }

    @Test func stepsOfABundledRunbookNameWhatCameAlong() throws {
        let text = """
            name: n
            summary: s
            steps:
              - { name: a, recipe: heap-leaks }
              - { name: b, recipe: ./own/x.yaml }
              - { name: c, recipe: ../x.yaml }
              - { name: d, recipe: /x.yaml }
            """
        func runbook(_ path: String) throws -> Runbook {
            let draft = try RunbookLoader.load(SourceFile(name: path, text: text))
            return try draft.runbook(try RunbookValues(draft, host: "", settings: []))
        }
        let inside = try runbook("/f.taprecipe/runbooks/n.yaml")
        #expect(
            inside.steps.map(inside.path) == [
                "/f.taprecipe/heap-leaks.yaml", "/f.taprecipe/runbooks/./own/x.yaml",
                "/f.taprecipe/runbooks/../x.yaml", "/x.yaml",
            ])
        let outside = try runbook("d/n.yaml")
        #expect(
            outside.steps.map(outside.path) == ["heap-leaks", "d/./own/x.yaml", "d/../x.yaml", "/x.yaml"])
        #expect(outside.steps.map(outside.namesFile) == [false, true, true, true])
        #expect(outside.steps.dropFirst().map(outside.bundledPath) == ["runbooks/own/x.yaml", nil, nil])
    }
}
