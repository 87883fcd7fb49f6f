import Archives
import Digests
import RecipeModel
import Testing

@testable import RecipeBundles
@testable import Signing

/// Archives that were made by hand and signed with a trusted key.
@Suite struct HostileArchiveTests {
    private typealias File = (path: String, content: String)

    /// An archive of files and of a manifest that names others where `named` is given.
    private static func archive(
        _ files: [File], named: [BundleManifest.File]? = nil, manifest: [UInt8]? = nil
    ) -> ZipArchive {
        let entries =
            named
            ?? files.map { .init(path: $0.path, sha256: SHA256.hex(of: Array($0.content.utf8)), bases: nil) }
        let json = manifest ?? BundleManifest(created: 0, program: "1", files: entries).json
        return ZipArchive(
            [.init(name: BundleManifest.name, content: Deflated(json))]
                + files.map { .init(name: $0.path, content: Deflated(Array($0.content.utf8))) })
    }

    private static func problem(_ bytes: [UInt8]) throws -> RecipeBundleProblem? {
        let signer = try Signer()
        return #expect(throws: RecipeBundleProblem.self) { try signer.verified(bytes) }
    }

    @Test func anHonestOneIsRead() throws {
        let bundle = try Signer().verified(Self.archive([("a.yaml", "a"), ("lib/b.yaml", "b")]).bytes)
        #expect(bundle.files.recipes == ["a.yaml"])
    }

    @Test(arguments: [
        "../a.yaml", "/etc/a.yaml", "a/../../b.yaml", "./a.yaml", "a//b.yaml", "a/", ".a.yaml", "a\\b.yaml",
        "a",
        "a.sh", "C:a.yaml", "a.yaml\n", "ä.yaml", "b.taprecipe/a.yaml", "a b.yaml", "",
    ])
    func aPathThatLeadsElsewhereIsRefused(path: String) throws {
        #expect(try Self.problem(Self.archive([(path, "a")]).bytes) == .badPath(path))
    }

    @Test func filesAndManifestMustAgree() throws {
        let file = ("a.yaml", "a")
        let digest = SHA256.hex(of: [UInt8(ascii: "a")])
        #expect(try Self.problem(Self.archive([file, file]).bytes) == .twice("a.yaml"))
        #expect(try Self.problem(Self.archive([file], named: []).bytes) == .otherFiles)
        #expect(
            try Self.problem(
                Self.archive(
                    [file],
                    named: [
                        .init(path: "a.yaml", sha256: digest), .init(path: "b.yaml", sha256: digest),
                    ]
                ).bytes) == .otherFiles)
        #expect(
            try Self.problem(
                Self.archive([file], named: [.init(path: "a.yaml", sha256: SHA256.hex(of: []))]).bytes)
                == .otherContent("a.yaml"))
        #expect(
            try Self.problem(
                Self.archive([file], named: [.init(path: "a.yaml", sha256: digest, bases: ["x.yaml"])]).bytes)
                == .noBase("x.yaml", of: "a.yaml"))
    }

    @Test func aManifestThatIsNotKnownIsRefused() throws {
        for text in [
            "", "{}", "[]",
            #"{"format":"taprecipe.bundle","version":2,"created":0,"program":"1","files":[]}"#,
            #"{"format":"other","version":1,"created":0,"program":"1","files":[]}"#,
        ] {
            #expect(
                try Self.problem(Self.archive([], manifest: Array(text.utf8)).bytes) == .noManifest, "\(text)"
            )
        }
        #expect(try Self.problem(ZipArchive([.init(name: "x", content: Deflated([1]))]).bytes) == .noBundle)
        #expect(try Self.problem([]) == .noBundle)
        #expect(try Self.problem(Array("name: a\n".utf8)) == .noBundle)
    }

    /// Another program could read any of these in another way than this one.
    @Test func whatIsNotWrittenJustSoIsRefused() throws {
        let bytes = Self.archive([("a.yaml", "a")]).bytes
        #expect(try Self.problem(bytes + [0]) == .noBundle)
        #expect(try Self.problem([0] + bytes) == .noBundle)
        // The mode in the directory, as of a symbolic link.
        let directory = try #require(
            bytes.indices.last { bytes[$0...].starts(with: [0x50, 0x4B, 0x01, 0x02]) })
        var link = bytes
        link.replaceSubrange(directory + 38..<directory + 42, with: [0, 0, 0xFF, 0xA1])
        #expect(try Self.problem(link) == .noBundle)
        // Another name in the file's own header than in the directory.
        let local = try #require(bytes.indices.last { bytes[$0...].starts(with: [0x50, 0x4B, 0x03, 0x04]) })
        var renamed = bytes
        renamed[local + 30] = UInt8(ascii: "b")
        #expect(try Self.problem(renamed) == .noBundle)
    }

    @Test func whatTakesTooMuchRoomIsRefused() throws {
        var liar = Deflated(Array("a".utf8))
        liar.count = 3_000_000_000
        #expect(
            try Self.problem(ZipArchive([.init(name: BundleManifest.name, content: liar)]).bytes) == .tooLarge
        )
        let large = String(repeating: "a", count: BundleArchive.maximumFile + 1)
        #expect(try Self.problem(Self.archive([("a.yaml", large)]).bytes) == .tooLarge)
        let many = (0...BundleArchive.maximumFiles).map { ("a\($0).yaml", "") }
        #expect(try Self.problem(Self.archive(many).bytes) == .noBundle)
        let most = String(repeating: "a", count: BundleArchive.maximumFile)
        #expect(try Self.problem(Self.archive((0...64).map { ("a\($0).yaml", most) }).bytes) == .tooLarge)
    }
}
