import Glibc
import RecipeModel
import StapMessages
import Testing

@testable import Engine

/// How a run ends, and that nothing is left of it, with programs in place of stap and staprun that misbehave.
@Suite(.serialized) struct RunTests {
    @Test func aScriptThatEndsByItselfIsCompleteWithItsLastPartialLine() async throws {
        let sandbox = try Sandbox(staprun: "hello")
        let events = Events()
        let outcome = try await sandbox.engine.run(sandbox.request()) { events.add($0) }
        #expect(outcome.ending == .completed)
        #expect(events.lines == ["one", "two", "three"])
        #expect(events.phases == [.check, .compile, .attach, .trace, .flush])
        #expect(outcome.losses.isEmpty)
        #expect(outcome.bytesOut == 14)
        #expect(outcome.isFromCache == false)
        #expect(sandbox.leftovers == [])
    }

    @Test func aTimeoutLetsEndProbesPrint() async throws {
        let sandbox = try Sandbox(staprun: "wait")
        let events = Events()
        let outcome = try await sandbox.engine.run(sandbox.request(timeout: .milliseconds(300))) {
            events.add($0)
        }
        #expect(outcome.ending == .timedOut)
        #expect(events.lines == ["begin", "partend probe"])
        #expect(sandbox.leftovers == [])
    }

    @Test func aDeadlineEndsARunBeforeItsTimeout() async throws {
        let sandbox = try Sandbox(staprun: "wait")
        let outcome = try await sandbox.engine.run(
            sandbox.request(timeout: .seconds(600), deadline: .seconds(3))
        ) { _ in }
        #expect(outcome.ending == .deadlineReached(during: .trace))
        #expect(sandbox.leftovers == [])
    }

    @Test(arguments: [
        ("ignore-int", ["begin", "polite", "term"]), ("ignore-all", ["begin", "term", "term"]),
    ])
    func whatIgnoresAWishIsForced(mode: String, lines: [String]) async throws {
        let sandbox = try Sandbox(staprun: mode)
        let events = Events()
        let outcome = try await sandbox.engine.run(
            sandbox.request(timeout: .milliseconds(100), phases: [.flush: .milliseconds(200)])
        ) { events.add($0) }
        #expect(outcome.ending == .timedOut)
        #expect(events.lines == lines)
        #expect(outcome.leftModule == nil)
        #expect(sandbox.leftovers == [])
        // What is killed has not unloaded its module.
        #expect(sandbox.calls.contains { $0.contains("-d taprecipe_") } == (mode == "ignore-all"))
    }

    @Test func aModuleThatStaysIsSaid() async throws {
        let sandbox = try Sandbox(staprun: "unloadable")
        let outcome = try await sandbox.engine.run(sandbox.request(timeout: .milliseconds(100))) { _ in }
        #expect(outcome.leftModule?.hasPrefix("taprecipe_") == true)
        await #expect(throws: EngineError.self) {
            // The next run does not run over it.
            _ = try await sandbox.engine.run(sandbox.request(timeout: .milliseconds(100))) { _ in }
        }
    }

    @Test func aStaprunThatCannotBeKilledFailsTheRunWithWhatItGave() async throws {
        let sandbox = try Sandbox(staprun: "stuck")
        defer { sandbox.killTracer() }
        let events = Events()
        let outcome = try await sandbox.engine.run(
            sandbox.request(timeout: .milliseconds(100), phases: [.flush: .milliseconds(100)])
        ) { events.add($0) }
        guard case .failed(.stuck(let process)) = outcome.ending else {
            Issue.record("\(outcome.ending)")
            return
        }
        #expect(process.program == sandbox.staprun && process.state == "Z")
        #expect(events.lines == ["begin"])
        #expect(outcome.leftModule?.hasPrefix("taprecipe_") == true)
        #expect(Files.list(sandbox.root + "/locks") == [])
        // The next run is told of the module, not of a lock that nobody holds.
        do {
            _ = try await sandbox.engine.run(sandbox.request()) { _ in }
            Issue.record("ran")
        } catch {
            guard case EngineError.staleModule = error else { throw error }
        }
    }

    @Test func aCompilerThatCannotBeKilledIsAnError() async throws {
        let sandbox = try Sandbox(stap: "stuck")
        defer { sandbox.killTracer() }
        do {
            _ = try await sandbox.engine.run(sandbox.request(phases: [.compile: .seconds(1)])) { _ in }
            Issue.record("ran")
        } catch {
            guard case EngineError.stuck(let process) = error else { throw error }
            #expect(process.program == sandbox.stap)
        }
        #expect(Files.list(sandbox.root + "/locks") == [])
    }

    @Test func theFirstInterruptIsPoliteAndTheSecondAtOnce() async throws {
        for (mode, count, lines) in [
            ("wait", 1, ["begin", "partend probe"]), ("ignore-all", 2, ["begin", "term", "term"]),
        ] {
            let sandbox = try Sandbox(staprun: mode)
            let events = Events()
            let (interrupts, interrupt) = AsyncStream.makeStream(of: Void.self)
            events.watch { event in
                if case .line(let bytes) = event, bytes == Array("begin".utf8) {
                    for _ in 0..<count { interrupt.yield() }
                }
            }
            let outcome = try await sandbox.engine.run(
                sandbox.request(phases: [.flush: .seconds(600)]), interrupts: interrupts
            ) { events.add($0) }
            #expect(outcome.ending == .interrupted)
            #expect(events.lines == lines)
            #expect(sandbox.leftovers == [])
        }
    }

    @Test func anInterruptEndsACompile() async throws {
        let sandbox = try Sandbox(stap: "stubborn")
        let (interrupts, interrupt) = AsyncStream.makeStream(of: Void.self)
        let events = Events()
        events.watch { if case .pass(2) = $0 { interrupt.yield(); interrupt.yield() } }
        do {
            _ = try await sandbox.engine.run(sandbox.request(), interrupts: interrupts) { events.add($0) }
            Issue.record("the run was not interrupted")
        } catch {
            guard case EngineError.interrupted(.compile) = error else { throw error }
        }
        #expect(sandbox.leftovers == [])
    }

    @Test func aHungCompileIsEnded() async throws {
        let sandbox = try Sandbox(stap: "hang")
        do {
            _ = try await sandbox.engine.run(sandbox.request(phases: [.compile: .milliseconds(300)])) { _ in }
            Issue.record("the compile did not time out")
        } catch {
            guard case EngineError.timedOut(.compile) = error else { throw error }
        }
        #expect(sandbox.leftovers == [])
    }

    @Test func aHungAttachIsEnded() async throws {
        let sandbox = try Sandbox(staprun: "hang-attach")
        let outcome = try await sandbox.engine.run(sandbox.request(phases: [.attach: .milliseconds(300)])) {
            _ in
        }
        #expect(outcome.ending == .deadlineReached(during: .attach))
        #expect(sandbox.leftovers == [])
    }

    @Test func outputIsCutOnceAndStillDrained() async throws {
        let sandbox = try Sandbox(staprun: "flood")
        let events = Events()
        var request = sandbox.request()
        request.maximumOutput = 10000
        let outcome = try await sandbox.engine.run(request) { events.add($0) }
        #expect(outcome.ending == .completed)
        #expect(outcome.bytesOut <= 10000 && outcome.bytesOut > 9800)
        #expect(outcome.losses.cutBytes > 3_000_000)
        let cuts = events.all.filter { if case .outputCut = $0 { true } else { false } }
        #expect(cuts.count == 1)
        // What was passed on is the beginning, without holes.
        for (index, line) in events.lines.enumerated() { #expect(line.hasPrefix("line \(index) ")) }
    }

    @Test func manyEqualMessagesAreCountedAndToldOnce() async throws {
        let sandbox = try Sandbox(staprun: "flood-errors")
        let events = Events()
        let outcome = try await sandbox.engine.run(sandbox.request()) { events.add($0) }
        #expect(outcome.ending == .completed)
        #expect(events.lines == ["alive"])
        #expect(outcome.messages.map(\.count) == [6667, 6667, 6666])
        #expect(outcome.losses.missingUnwindModules == ["/bin/p0", "/bin/p1", "/bin/p2"])
        let told = events.all.filter { if case .message = $0 { true } else { false } }
        #expect(told.count == 3)
    }

    @Test func aLineWithoutEndStaysBounded() async throws {
        let sandbox = try Sandbox(staprun: "long-line")
        let events = Events()
        let outcome = try await sandbox.engine.run(sandbox.request()) { events.add($0) }
        #expect(events.lines.map(\.utf8.count) == [1 << 20, 5])
        #expect(outcome.losses.cutLines == 1)
    }

    @Test func aKilledRunnerKeepsItsOutputAndLosesItsModule() async throws {
        let sandbox = try Sandbox(staprun: "killed")
        let events = Events()
        let outcome = try await sandbox.engine.run(sandbox.request()) { events.add($0) }
        #expect(outcome.ending == .failed(.signal(SIGSEGV)))
        #expect(events.lines == ["partial"])
        #expect(sandbox.leftovers == [])
    }

    @Test func grandchildrenDoNotOutliveTheRun() async throws {
        let sandbox = try Sandbox(staprun: "grandchild")
        let before = sleepers()
        let outcome = try await sandbox.engine.run(sandbox.request()) { _ in }
        #expect(outcome.ending == .completed)
        for _ in 0..<50 where sleepers() != before { usleep(20000) }
        #expect(sleepers() == before)
        #expect(sandbox.leftovers == [])
    }

    @Test func aRefusedModuleFailsTheAttach() async throws {
        let sandbox = try Sandbox(staprun: "refused")
        let outcome = try await sandbox.engine.run(sandbox.request()) { _ in }
        #expect(outcome.ending == .failed(.attach))
        #expect(outcome.messages.map(\.message.kind) == [.moduleRefused(.notPermitted)])
        #expect(sandbox.leftovers == [])
    }

    @Test func aRunOfTheSameScriptTwiceAtOnceIsRefused() async throws {
        let sandbox = try Sandbox(staprun: "wait")
        let (interrupts, interrupt) = AsyncStream.makeStream(of: Void.self)
        let events = Events()
        events.watch { event in
            guard case .phase(.trace) = event else { return }
            Task {
                do {
                    _ = try await sandbox.engine.run(sandbox.request()) { _ in }
                    Issue.record("ran twice")
                } catch {
                    if case EngineError.alreadyRunning(_, _, getpid()) = error {
                    } else {
                        Issue.record("\(error)")
                    }
                }
                #expect(RunLock.holders(in: sandbox.directories.runtime).map(\.processID) == [getpid()])
                interrupt.yield()
            }
        }
        let outcome = try await sandbox.engine.run(sandbox.request(), interrupts: interrupts) {
            events.add($0)
        }
        #expect(outcome.ending == .interrupted)
        #expect(RunLock.holders(in: sandbox.directories.runtime) == [])
        #expect(sandbox.leftovers == [])
    }

    /// The processes that only our fakes start.
    private func sleepers() -> Int {
        Files.list("/proc").filter { name in
            guard Int32(name) != nil, let link = try? proc("/proc/\(name)/cmdline") else { return false }
            return link == Array("/bin/sleep\u{0}987\u{0}".utf8)
        }.count
    }

    private func proc(_ path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        var chunk = [UInt8](repeating: 0, count: 256)
        return Array(chunk.prefix(max(Glibc.read(descriptor, &chunk, 256), 0)))
    }
}
