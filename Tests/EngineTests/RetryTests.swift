import Glibc
import RecipeModel
import StapMessages
import Testing

@testable import Engine

/// What is left of a run whose repetition with a raised limit does not come about.
@Suite struct RetryTests {
    @Test(arguments: ["hang-second", "refuse-second"])
    func aRunThatCannotBeRepeatedKeepsWhatItFound(stap: String) async throws {
        let sandbox = try Sandbox(stap: stap, staprun: "maxaction")
        let events = Events()
        let outcome = try await sandbox.engine.run(sandbox.request(phases: [.compile: .seconds(15)])) {
            events.add($0)
        }
        #expect(outcome.ending == .limitReached(.macro(.MAXACTION)))
        #expect(outcome.limits == Limits())
        #expect(outcome.losses.runtimeErrors == 1)
        #expect(events.lines == ["limit 1000"])
        #expect(events.count { if case .restarted = $0 { true } else { false } } == 0)
        #expect(events.count { if case .retryFailed = $0 { true } else { false } } == 1)
        #expect(LimitMemory(directory: sandbox.directories.state).limits(for: "test-recipe") == Limits())
        #expect(sandbox.leftovers == [])
    }

    @Test func anInterruptInTheRepetitionKeepsWhatTheFirstRunFound() async throws {
        let sandbox = try Sandbox(stap: "hang-second", staprun: "maxaction")
        let (interrupts, interrupt) = AsyncStream.makeStream(of: Void.self)
        let events = Events()
        events.watch { if case .limitRaised = $0 { interrupt.yield() } }
        let outcome = try await sandbox.engine.run(sandbox.request(), interrupts: interrupts) {
            events.add($0)
        }
        #expect(outcome.ending == .interrupted)
        #expect(events.lines == ["limit 1000"])
        #expect(sandbox.leftovers == [])
    }

    @Test func aLimitThatTheKernelHasNoRoomForIsNotRemembered() async throws {
        let sandbox = try Sandbox(staprun: "too-large")
        let events = Events()
        let outcome = try await sandbox.engine.run(sandbox.request()) { events.add($0) }
        #expect(outcome.ending == .limitReached(.macro(.MAXACTION)))
        #expect(outcome.limits.macros == [.MAXACTION: 4000])
        #expect(events.lines == ["limit 1000", "limit 4000"])
        let memory = LimitMemory(directory: sandbox.directories.state)
        #expect(memory.limits(for: "test-recipe").macros == [.MAXACTION: 4000])

        // One that was remembered and no longer fits is forgotten, so that the next run begins anew.
        try memory.remember(
            Limits(macros: [.MAXACTION: 64000]), for: "test-recipe", in: sandbox.directories.state)
        let stuck = try await sandbox.engine.run(sandbox.request()) { _ in }
        #expect(stuck.ending == .failed(.attach))
        #expect(memory.limits(for: "test-recipe") == Limits())
        #expect(sandbox.leftovers == [])
    }

    @Test func whatTheDeadlineHasNoTimeForIsNotBegun() async throws {
        let sandbox = try Sandbox()
        var request = sandbox.request(deadline: .seconds(30))
        request.elapsedBefore = .seconds(29)
        do {
            _ = try await sandbox.engine.run(request) { _ in }
            Issue.record("ran")
        } catch {
            guard case EngineError.timedOut(.compile) = error else { throw error }
        }
        #expect(sandbox.calls == [])
        #expect(sandbox.leftovers == [])
    }
}
