import Diagnostics
import Glibc
import RecipeModel
import StapMessages
import Templater
import Testing

@testable import Engine

/// Which limit is raised, how far, and what is remembered.
@Suite struct LimitTests {
    @Test func aLimitThatWasTooSmallIsRaisedUntilItIsEnough() async throws {
        let sandbox = try Sandbox(staprun: "maxaction")
        let events = Events()
        let outcome = try await sandbox.engine.run(sandbox.request()) { events.add($0) }
        #expect(outcome.ending == .completed)
        #expect(outcome.retries == 2)
        #expect(outcome.limits.macros == [.MAXACTION: 16000])
        #expect(outcome.losses.isEmpty)
        #expect(events.lines == ["limit 1000", "limit 4000", "limit 16000"])
        let raises = events.all.compactMap { event -> [UInt64]? in
            if case .limitRaised(.macro(.MAXACTION), let from, let to) = event { [from, to] } else { nil }
        }
        #expect(raises == [[1000, 4000], [4000, 16000]])
        #expect(events.all.filter { if case .restarted = $0 { true } else { false } }.count == 2)
        #expect(sandbox.leftovers == [])

        // What worked is where the next run begins.
        let next = try await sandbox.engine.run(sandbox.request()) { _ in }
        #expect(next.retries == 0)
        #expect(next.limits.macros == [.MAXACTION: 16000])
        #expect(next.isFromCache == true)
    }

    @Test func aModuleKeepsTheLimitsThatItWasCompiledWith() throws {
        let sandbox = try Sandbox()
        let memory = LimitMemory(directory: sandbox.directories.state)
        var request = sandbox.request(limits: Limits(macros: [.MAXACTION: 2000]))
        try memory.remember(
            Limits(macros: [.MAXACTION: 8000], bufferMegabytes: 64), for: request.script.recipe,
            in: sandbox.directories.state)
        #expect(memory.starting(request) == Limits(macros: [.MAXACTION: 8000], bufferMegabytes: 64))
        request.module = "x.ko"
        #expect(memory.starting(request) == Limits(macros: [.MAXACTION: 2000], bufferMegabytes: 64))
    }

    @Test func aLimitThatTheUserSetIsKept() async throws {
        let sandbox = try Sandbox(staprun: "maxaction")
        var request = sandbox.request(limits: Limits(macros: [.MAXACTION: 2000]))
        request.pinnedLimits = Limits(macros: [.MAXACTION: 2000])
        let outcome = try await sandbox.engine.run(request) { _ in }
        #expect(outcome.ending == .limitReached(.macro(.MAXACTION)))
        #expect(outcome.retries == 0)
        #expect(outcome.losses.runtimeErrors == 1)
    }

    @Test func aRecipesOwnLimitIsRaised() async throws {
        let sandbox = try Sandbox(staprun: "maxaction")
        let outcome = try await sandbox.engine.run(
            sandbox.request(limits: Limits(macros: [.MAXACTION: 5000]))
        ) { _ in }
        #expect(outcome.limits.macros == [.MAXACTION: 20000])
    }

    @Test func skippedProbesOfABusyLockRaiseTheLocksLimit() async throws {
        let sandbox = try Sandbox(staprun: "skipped")
        let outcome = try await sandbox.engine.run(sandbox.request()) { _ in }
        #expect(outcome.ending == .completed)
        #expect(outcome.limits.macros == [.MAXTRYLOCK: 400])
    }

    @Test func lostBuffersRaiseTheBuffer() async throws {
        let sandbox = try Sandbox(staprun: "transport")
        let events = Events()
        let outcome = try await sandbox.engine.run(sandbox.request()) { events.add($0) }
        #expect(outcome.ending == .completed)
        #expect(outcome.limits.bufferMegabytes == 64)
        #expect(events.lines == ["buffer 16", "buffer 64"])
        // The buffer is staprun's: the module is the same.
        #expect(sandbox.calls.filter { $0.hasPrefix("stap ") }.count == 1)
    }

    @Test func faultsAreAllowedFor() async throws {
        let sandbox = try Sandbox(staprun: "fault")
        let outcome = try await sandbox.engine.run(sandbox.request()) { _ in }
        #expect(outcome.ending == .completed)
        #expect(outcome.limits.macros == [.MAXERRORS: 16])
        #expect(outcome.losses.faults == 1)
    }

    @Test func theOverloadGuardIsNeverTurnedOff() async throws {
        let sandbox = try Sandbox(staprun: "overload")
        let outcome = try await sandbox.engine.run(sandbox.request()) { _ in }
        #expect(outcome.ending == .overloaded)
        #expect(outcome.retries == 0)
        #expect(!sandbox.calls.contains { $0.contains("OVERLOAD") })
        let message = try #require(outcome.messages.first?.message.diagnostic(in: nil))
        #expect(message.notes.contains { $0.message.contains("STP_NO_OVERLOAD=1") })
    }

    @Test func noLimitGrowsOverItsCap() {
        for macro in Limits.Macro.allCases {
            var limits = Limits()
            var steps = 0
            while let next = LimitPolicy.raised(.macro(macro), in: limits, pinned: Limits()) {
                #expect(next > LimitPolicy.value(.macro(macro), in: limits))
                limits.macros[macro] = next
                steps += 1
            }
            #expect(steps < 12)
            #expect(
                LimitPolicy.value(.macro(macro), in: limits) == LimitPolicy.cap(.macro(macro))
                    ?? LimitPolicy.standard(.macro(macro)))
        }
        let huge = Limits(macros: [.MAXACTION: .max])
        #expect(LimitPolicy.raised(.macro(.MAXACTION), in: huge, pinned: Limits()) == nil)
    }

    @Test(arguments: ["", "{", "[]", "{\"version\":1,\"hosts\":7}", "{\"version\":2,\"hosts\":{}}", "\u{0}"])
    func aMemoryThatCannotBeReadIsEmptyAndIsWrittenAnew(content: String) throws {
        let sandbox = try Sandbox()
        let directory = sandbox.root + "/memory"
        try Files.makePrivateDirectory(directory)
        try Files.write(Array(content.utf8), to: directory + "/limits.json")
        let memory = LimitMemory(directory: directory, host: "here")
        #expect(memory.limits(for: "r") == Limits())
        let limits = Limits(macros: [.MAXACTION: 16000], bufferMegabytes: 64)
        try memory.remember(limits, for: "r", in: directory)
        #expect(memory.limits(for: "r") == limits)
        #expect(LimitMemory(directory: directory, host: "there").limits(for: "r") == Limits())
        var status = stat()
        #expect(stat(directory + "/limits.json", &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(Files.list(directory).filter { $0.hasSuffix(".new") } == [])
    }

    @Test func rememberedNonsenseIsNotUsed() throws {
        let sandbox = try Sandbox()
        let directory = sandbox.root + "/memory"
        try Files.makePrivateDirectory(directory)
        let json = """
            {"version":1,"hosts":{"here":{"r":{"MAXACTION":99999999999,"STP_NO_OVERLOAD":1,"NOTHING":3,"MAXSKIPPED":0,"MAXTRYLOCK":400}}}}
            """
        try Files.write(Array(json.utf8), to: directory + "/limits.json")
        #expect(
            LimitMemory(directory: directory, host: "here").limits(for: "r")
                == Limits(macros: [.MAXTRYLOCK: 400]))
    }
}
