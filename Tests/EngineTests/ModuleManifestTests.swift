import Diagnostics
import Glibc
import RecipeModel
import Templater
import Testing

@testable import Engine

/// What a compiled module tells of itself, through the real stap's module and the real objcopy.
@Suite(.serialized) struct ModuleManifestTests {
    private static let recipe = """
        name: example
        summary: An example
        parameters:
          names: { type: list, items: { type: string }, help: names }
          level: { type: integer, default: 3, help: a number }
          wait: { type: duration, default: 1500ms, help: a time }
        script: |
          probe begin { println({{level}}) }
        """

    /// A module with the manifest of a recipe, in the sandbox.
    private func module(
        _ sandbox: Sandbox, probing files: [ProbedFile] = []
    ) async throws -> (path: String, script: Script, limits: Limits) {
        let recipe = try RecipeLoader.load(SourceFile(name: "/etc/example.yaml", text: Self.recipe))
        let script = try Templater.expand(
            recipe, arguments: ["names": .list([.string([0x61, 0x00, 0xFF, 0x22])]), "level": .integer(-7)],
            limits: Limits(macros: [.MAXACTION: 2000], bufferMegabytes: 8))
        var request = try RealStapTests.request(sandbox)
        request.script = script
        request.probedFiles = files
        let engine = StapEngine()
        let module = try await engine.compile(request) { _ in }
        let bytes = try await engine.export(
            module,
            manifest: ModuleManifest(
                recipe: recipe, request: request, module: module, engine: "stap 4.8", doubts: ["a doubt"]),
            directories: request.directories)
        let path = sandbox.root + "/x.ko"
        try Files.write(bytes, to: path)
        #expect(sandbox.leftovers == [])
        return (path, script, module.limits)
    }

    @Test func itTellsWhatTheModuleWasMadeOf() async throws {
        let sandbox = try Sandbox()
        let (path, script, limits) = try await module(sandbox)
        let manifest = try ModuleManifest(ofModule: path)
        #expect(manifest.recipe == Self.recipe)
        #expect(manifest.recipePath == "/etc/example.yaml")
        #expect(manifest.arguments == script.arguments)
        #expect(manifest.arguments["wait"] == .duration(.milliseconds(1500)))
        #expect(manifest.limits == limits)
        #expect(manifest.engine == "stap 4.8")
        #expect(manifest.doubts == ["a doubt"])
        #expect(limits.macros[.MAXACTION] == 2000)
        try manifest.requireScript(script.text.bytes, module: path)
        #expect(throws: EngineError.self) {
            try manifest.requireScript(script.text.bytes + [0x0A], module: path)
        }
        // It is a module all the same, which another tool can read.
        #expect(ModuleInformation(try Files.read(path))?.kernelRelease == (try RealStapTests.release()))
    }

    @Test func itFitsOneBuildOfTheProbedFiles() async throws {
        let sandbox = try Sandbox()
        let program = "/usr/bin/stap"
        let build = try ELFBuildID.identity(of: program)
        let (path, _, _) = try await module(sandbox, probing: [ProbedFile(path: program, buildID: build)])
        var manifest = try ModuleManifest(ofModule: path)
        try manifest.requireProbedFiles(module: path)
        manifest.probedFiles = [ProbedFile(path: "/usr/bin/staprun", buildID: build)]
        do {
            try manifest.requireProbedFiles(module: path)
            Issue.record("another build was taken")
        } catch {
            let words = error.diagnostics(in: nil).map(\.message)
            let found = try ELFBuildID.identity(of: "/usr/bin/staprun")
            #expect(words == ["'\(path)' is for the build \(build) of '/usr/bin/staprun', this is \(found)"])
        }
    }

    @Test func whatHoldsNoManifestIsRefused() async throws {
        let sandbox = try Sandbox()
        let plain = try await StapEngine().compile(try RealStapTests.request(sandbox)) { _ in }
        let (path, _, _) = try await module(sandbox)
        let whole = try Files.read(path)
        let cut = sandbox.root + "/cut.ko"
        try Files.write(Array(whole.prefix(whole.count / 2)), to: cut)
        let spoilt = sandbox.root + "/spoilt.ko"
        let key = Array("\"scriptDigest\"".utf8)
        let place = try #require(whole.indices.first { whole[$0...].starts(with: key) })
        try Files.write(whole[..<place] + [0xFF, 0x00] + whole[(place + 2)...], to: spoilt)
        let fifo = sandbox.root + "/fifo.ko"
        mkfifo(fifo, 0o600)
        for (path, words) in [
            (plain.path, "'\(plain.path)' was not made by 'taprecipe compile'"),
            (cut, "'\(cut)' is not a SystemTap module, or is damaged"),
            (spoilt, "'\(spoilt)' was compiled by another version of taprecipe"),
            (fifo, "cannot read the module '\(fifo)': not a regular file"),
            ("/bin/ls", "'/bin/ls' is not a SystemTap module, or is damaged"),
        ] {
            do {
                _ = try ModuleManifest(ofModule: path)
                Issue.record("\(path) was taken")
            } catch {
                #expect(error.diagnostics(in: nil).map(\.message) == [words])
            }
        }
    }
}
