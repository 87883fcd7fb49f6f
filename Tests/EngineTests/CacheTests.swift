import Glibc
import RecipeModel
import StapMessages
import Testing

@testable import Engine

/// What makes a module another one, and what the cache does with its entries.
@Suite struct CacheTests {
    @Test func equalRequestsAreCompiledOnceAndTimeStampsDoNotMatter() async throws {
        let sandbox = try Sandbox()
        let first = try await sandbox.engine.compile(sandbox.request()) { _ in }
        #expect(!first.isFromCache)
        utimensat(AT_FDCWD, sandbox.stap, nil, 0)
        let second = try await sandbox.engine.compile(sandbox.request()) { _ in }
        #expect(second.isFromCache)
        #expect(second.path == first.path)
        #expect(sandbox.calls.count == 1)
        #expect(sandbox.leftovers == [])
    }

    @Test func allThatGoesIntoAModuleIsInItsKey() throws {
        let sandbox = try Sandbox()
        let tools = sandbox.engine.tools
        var keys: [String] = []
        func add(
            runtime: String? = nil, tools: StapTools? = nil, limits: Limits = Limits(),
            _ change: (inout RunRequest) -> Void = { _ in }
        ) throws {
            var request = sandbox.request()
            change(&request)
            keys.append(
                try ModuleKey(request, limits: limits, tools: tools ?? sandbox.engine.tools, runtime: runtime)
                    .digest)
        }
        try add()
        try add { $0.script = script("probe end { }\n") }
        try add { $0.script = script("probe begin { }\n", guru: true) }
        try add { $0.kernelRelease = "6.1.0-other" }
        try add(limits: Limits(macros: [.MAXACTION: 5]))
        try add(limits: Limits(macros: [.MAXSKIPPED: 5]))
        try add(runtime: "/x/runtimes/abc")
        try add { $0.libraries = [ProbedFile(path: "/lib/x.so", buildID: "01")] }
        try add { $0.libraries = [ProbedFile(path: "/lib/x.so", buildID: "02")] }
        try add { $0.probedFiles = [ProbedFile(path: "/bin/a", buildID: "1")] }
        try add { $0.probedFiles = [ProbedFile(path: "/bin/a", buildID: "2")] }
        try add { $0.kernelModules = [ProbedFile(path: "/lib/modules/a.ko", buildID: "1")] }
        try add { $0.kernelModules = [ProbedFile(path: "/lib/modules/a.ko", buildID: "2")] }
        try add { $0.unwindModules = [ProbedFile(path: "/bin/a", buildID: "1")] }
        try add { $0.unwindModules = [ProbedFile(path: "/bin/a", buildID: "2")] }
        var other = tools
        other.stap = "/usr/bin/stap"
        try add(tools: other)
        let build = sandbox.root + "/kernels/6.1.0-test/build"
        mkdir(build, 0o700)
        try Files.write(Array("CONFIG_X=y\n".utf8), to: build + "/.config")
        try add()
        try Files.write(Array("CONFIG_X=m\n".utf8), to: build + "/.config")
        try add()
        // The tapset and the runtime, of which a new file, another size or another time makes another key.
        var installed = tools
        installed.runtime = sandbox.root + "/runtime"
        try add(tools: installed)
        for folder in [installed.runtime, installed.tapset, installed.tapset + "/linux"] {
            mkdir(folder, 0o700)
            try Files.write(Array("one\n".utf8), to: folder + "/a.stp")
            try add(tools: installed)
            try Files.write(Array("three\n".utf8), to: folder + "/a.stp")
            try add(tools: installed)
            var times = [timespec(tv_sec: 1000, tv_nsec: 5), timespec(tv_sec: 1000, tv_nsec: 5)]
            utimensat(AT_FDCWD, folder + "/a.stp", &times, 0)
            try add(tools: installed)
            rename(folder + "/a.stp", folder + "/b.stp")
            try add(tools: installed)
        }
        #expect(Set(keys).count == keys.count)
        // The buffer is staprun's, the target too.
        keys = []
        try add()
        try add(limits: Limits(bufferMegabytes: 64))
        try add { $0.target = .pid(1) }
        try add { $0.budget.timeout = .seconds(1) }
        #expect(Set(keys).count == 1)
    }

    @Test func aDamagedEntryIsMadeAnew() async throws {
        let sandbox = try Sandbox()
        let first = try await sandbox.engine.compile(sandbox.request()) { _ in }
        var bytes = try Files.read(first.path)
        bytes[bytes.count - 1] ^= 1
        try Files.write(bytes, to: first.path)
        let second = try await sandbox.engine.compile(sandbox.request()) { _ in }
        #expect(!second.isFromCache)
        #expect(try Files.read(second.path) != bytes)
        try Files.write([], to: first.path)
        #expect(try await !sandbox.engine.compile(sandbox.request()) { _ in }.isFromCache)
        let digest = String(first.path[..<first.path.lastIndex(of: "/")!]) + "/digest"
        unlink(digest)
        let third = try await sandbox.engine.compile(sandbox.request()) { _ in }
        #expect(!third.isFromCache)
        #expect(try await sandbox.engine.compile(sandbox.request()) { _ in }.isFromCache)
    }

    @Test func theLeastRecentlyUsedEntryGoesFirst() throws {
        let sandbox = try Sandbox()
        var cache = ModuleCache(cache: sandbox.root + "/cache")
        cache.maximumBytes = 3000
        var keys: [ModuleKey] = []
        for index in 0..<5 {
            var request = sandbox.request()
            request.script = script("probe begin { print(\(index)) }\n")
            let key = try ModuleKey(request, limits: Limits(), tools: sandbox.engine.tools, runtime: nil)
            keys.append(key)
            try cache.store([UInt8](repeating: UInt8(index), count: 1000), key)
            // Use the first again and again; make the others older, each a second younger than the one before.
            _ = cache.find(keys[0])
            if index > 0 {
                var times = [
                    timespec(tv_sec: 1000 + index, tv_nsec: 0), timespec(tv_sec: 1000 + index, tv_nsec: 0),
                ]
                let path = cache.path(key)
                utimensat(AT_FDCWD, path[..<path.lastIndex(of: "/")!] + "/digest", &times, 0)
            }
        }
        #expect(keys.map { cache.find($0) != nil } == [true, false, false, true, true])
        var status = stat()
        #expect(stat(cache.directory, &status) == 0 && status.st_mode & 0o777 == 0o700)
    }

    @Test func twoCompilesOfTheSameAtOnceAreOne() async throws {
        let sandbox = try Sandbox(stap: "slow")
        async let first = sandbox.engine.compile(sandbox.request()) { _ in }
        async let second = sandbox.engine.compile(sandbox.request()) { _ in }
        let both = try await [first.isFromCache, second.isFromCache]
        #expect(both.filter { $0 }.count == 1)
        #expect(sandbox.calls.count == 1)
    }

    @Test func aGivenModuleIsRunUnderItsOwnNameAndNothingIsCompiled() async throws {
        let sandbox = try Sandbox()
        let compiled = try await sandbox.engine.compile(sandbox.request()) { _ in }
        let moved = sandbox.root + "/anything.ko"
        try Files.write(try Files.read(compiled.path), to: moved)
        var request = sandbox.request()
        request.module = moved
        let events = Events()
        let outcome = try await sandbox.engine.run(request) { events.add($0) }
        #expect(outcome.ending == .completed)
        #expect(events.phases == [.check, .attach, .trace, .flush])
        #expect(sandbox.calls.last?.hasSuffix("/\(compiled.name).ko") == true)
        request.kernelRelease = "6.9"
        await #expect(throws: EngineError.self) { _ = try await sandbox.engine.run(request) { _ in } }
        request.module = "/dev/zero"
        await #expect(throws: EngineError.self) { _ = try await sandbox.engine.run(request) { _ in } }
        request.module = "/etc/passwd"
        await #expect(throws: EngineError.self) { _ = try await sandbox.engine.run(request) { _ in } }
        #expect(sandbox.leftovers == [])
    }

    @Test func whatStapRefusesIsSaidWithItsMessages() async throws {
        let sandbox = try Sandbox(stap: "fail:\(Sandbox.fixtures)/messages/unknown-variable.txt")
        do {
            _ = try await sandbox.engine.run(sandbox.request()) { _ in }
            Issue.record("compiled")
        } catch {
            guard case EngineError.compileFailed(let messages) = error else { throw error }
            #expect(
                messages.first?.kind
                    == .unknownVariable(name: "$argd", alternatives: ["$argc", "$argv", "$s"]))
        }
        #expect(sandbox.leftovers == [])
    }

    @Test func aKilledCompilerIsSaid() async throws {
        let sandbox = try Sandbox(stap: "killed")
        do {
            _ = try await sandbox.engine.run(sandbox.request()) { _ in }
            Issue.record("compiled")
        } catch {
            guard case EngineError.compilerKilled(signal: SIGKILL) = error else { throw error }
        }
    }
}
