import Diagnostics
import Glibc
import RecipeModel
import StapMessages
import Templater
import Testing

@testable import Engine

/// The engine with the real stap, for the kernel whose headers this machine has.
///
/// A compile takes 15 s, so what stap made is kept in the repository's `.cache`, by the content of all that
/// went in. Running the modules is the VM test's part: this machine's kernel may take none.
@Suite(.serialized) struct RealStapTests {
    private static let cache: String = {
        let file = #filePath
        return String(file[..<file.range(of: "/Tests/EngineTests/")!.lowerBound]) + "/.cache/engine-tests"
    }()

    /// A kernel release with a build tree; the test fails without one.
    static func release() throws -> String {
        let found = Files.list("/lib/modules").last { access("/lib/modules/\($0)/build/Makefile", R_OK) == 0 }
        return try #require(found, "no kernel headers: apt-get install linux-headers-amd64")
    }

    static func request(_ sandbox: Sandbox) throws -> RunRequest {
        let program = "/usr/bin/stap"
        try #require(access(program, X_OK) == 0, "no stap: apt-get install systemtap")
        var directories = sandbox.directories
        directories.cache = cache
        return RunRequest(
            script: script("probe process(\"\(program)\").begin { println(pid()) }\n"),
            kernelRelease: try release(),
            probedFiles: [ProbedFile(path: program, buildID: try ELFBuildID.identity(of: program))],
            budget: Budget(timeout: .seconds(1)), directories: directories)
    }

    @Test func aUserSpaceProbeCompilesWithTheCorrectedRuntime() async throws {
        let sandbox = try Sandbox()
        let request = try Self.request(sandbox)
        let events = Events()
        let module: StapEngine.CompiledModule
        do {
            module = try await StapEngine().compile(request) { events.add($0) }
        } catch {
            throw DiagnosticsError(error.diagnostics(in: request.script.text))
        }
        let information = try #require(ModuleInformation(try Files.read(module.path)))
        #expect(information.name == module.name)
        #expect(information.kernelRelease == request.kernelRelease)
        #expect(sandbox.leftovers == [])
        #expect(try await StapEngine().compile(request) { _ in }.isFromCache)
    }

    @Test func withoutTheCorrectionItDoesNot() async throws {
        let release = try Self.release()
        let tools = StapTools()
        try #require(
            RuntimePatch.needed(buildTree: tools.buildTree(release), runtime: tools.runtime),
            "this stap and this kernel fit: the correction has nothing to correct here")
        let sandbox = try Sandbox()
        let request = try Self.request(sandbox)
        let key = try ModuleKey(request, limits: Limits(), tools: tools, runtime: nil)
        let kept = "\(Self.cache)/failed-\(key.digest)"
        if access(kept, R_OK) != 0 {
            try Files.makePrivateDirectory(Self.cache)
            let source = sandbox.root + "/" + StapMessageParser.scriptName
            try Files.write(request.script.text.bytes, to: source)
            let said = Events()
            _ = try await ChildProcess(
                executable: tools.stap,
                arguments: CommandLine.stap(
                    request, limits: Limits(), module: "taprecipe_test", script: source, runtime: nil),
                environment: CommandLine.environment(
                    request, systemtap: sandbox.root, temporary: sandbox.root),
                workingDirectory: sandbox.root
            ).run(started: { _ in }, output: { _ in }, error: { said.add(.line(Array($0))) })
            try Files.replace(kept, with: Array(said.lines.joined().utf8))
        }
        let kinds = MessageTests.messages(try Files.read(kept)).map(\.kind)
        #expect(kinds.contains(.taskWorkMismatch))
        #expect(kinds.contains(.passFailed(4)))
    }

    @Test func aMistakeIsShownAtItsPlace() async throws {
        let sandbox = try Sandbox()
        var request = try Self.request(sandbox)
        request.script = script("probe begin {\n  print(no_such_function(1))\n}\n")
        do {
            _ = try await StapEngine().compile(request) { _ in }
            Issue.record("stap took the script")
        } catch {
            let diagnostics = error.diagnostics(in: request.script.text)
            #expect(diagnostics.map(\.range?.text) == ["no_such_function"])
        }
        #expect(sandbox.leftovers == [])
    }
}
