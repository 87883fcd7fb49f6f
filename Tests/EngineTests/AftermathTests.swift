import Glibc
import Logging
import RecipeModel
import StapMessages
import Synchronization
import Testing

@testable import Engine

/// What a killed taprecipe left is swept, what a run meets in passing does not stop it, and the log says so.
@Suite(.serialized) struct AftermathTests {
    /// A process id that nobody has.
    private static let gone = Int32(4_194_303)

    @Test func theNextRunUnloadsTheModulesThatKilledRunsLeft() async throws {
        let sandbox = try Sandbox()
        for name in ["taprecipe_0123456789abcdef", "taprecipe_held", "somebody_elses"] {
            mkdir("\(sandbox.root)/state/module/\(name)", 0o700)
        }
        let lock = try RunLock.acquire(module: "taprecipe_held", in: sandbox.directories.runtime)
        let outcome = try await sandbox.engine.run(sandbox.request()) { _ in }
        #expect(outcome.ending == .completed)
        #expect(Files.list(sandbox.root + "/state/module") == ["somebody_elses", "taprecipe_held"])
        withExtendedLifetime(lock) {}
    }

    @Test func theNextRunRemovesTheDirectoriesAndDraftsThatKilledRunsLeft() async throws {
        let sandbox = try Sandbox()
        let modules = sandbox.directories.cache + "/modules"
        try Files.makePrivateDirectory(modules)
        try Files.makePrivateDirectory("\(modules)/0123.\(Self.gone).77.new")
        try Files.makePrivateDirectory("\(modules)/0123.\(getpid()).77.new")
        for maker in [Self.gone, getpid()] {
            try Files.makePrivateDirectory("\(sandbox.root)/tmp/taprecipe-run-\(maker)-abcdef")
        }
        _ = try await sandbox.engine.run(sandbox.request()) { _ in }
        #expect(Files.list(modules).filter { $0.hasSuffix(".new") } == ["0123.\(getpid()).77.new"])
        #expect(Files.list(sandbox.root + "/tmp") == ["taprecipe-run-\(getpid())-abcdef"])
    }

    @Test func aCacheThatTakesNothingCostsNoRun() async throws {
        let sandbox = try Sandbox(stap: "break-cache")
        let events = Events()
        let outcome = try await sandbox.engine.run(sandbox.request()) { events.add($0) }
        #expect(outcome.ending == .completed)
        #expect(events.lines == ["one", "two", "three"])
        let said = events.all.compactMap { event in
            if case .message(let message) = event { message.text } else { nil }
        }
        #expect(said.count == 1 && said[0].hasPrefix("the compiled module is not kept for later runs: "))
        #expect(sandbox.leftovers == [])
    }

    @Test func aModuleThatIsNotInTheCacheLivesAsLongAsItsValue() async throws {
        let sandbox = try Sandbox(stap: "break-cache")
        var module: StapEngine.CompiledModule? = try await sandbox.engine.compile(sandbox.request()) { _ in }
        #expect(ModuleInformation(try Files.read(try #require(module?.path))) != nil)
        module = nil
        #expect(sandbox.leftovers == [])
    }

    @Test func aProcessThatLeavesTheSessionAndHoldsThePipesHoldsNothingUp() async throws {
        let sandbox = try Sandbox(staprun: "session")
        let events = Events()
        let outcome = try await sandbox.engine.run(sandbox.request()) { events.add($0) }
        #expect(outcome.ending == .completed)
        let id = try #require(events.lines.first?.split(separator: " ").last.flatMap { Int32($0) })
        #expect(kill(id, SIGKILL) == 0)
    }

    @Test func aFloodTakesLittleMemory() async throws {
        let sandbox = try Sandbox(staprun: "flood-bytes")
        var request = sandbox.request()
        request.maximumOutput = 10 << 20
        let before = Self.peak()
        let bytes = Mutex(0)
        let outcome = try await sandbox.engine.run(request) { event in
            if case .line(let line) = event { bytes.withLock { $0 += line.count + 1 } }
        }
        #expect(outcome.bytesOut == bytes.withLock { $0 })
        #expect(outcome.bytesOut == (10 << 20) / 1000 * 1000)
        #expect(UInt64(outcome.bytesOut) + outcome.losses.cutBytes == 300_000_000)
        // Other tests run in this process too; the flood is five times as large as what is allowed for.
        #expect(Self.peak() - before < 60 << 20)
    }

    @Test func theLogTellsWhatIsStartedFoundAndDecided() async throws {
        let sandbox = try Sandbox(staprun: "maxaction")
        let entries = Mutex<[String]>([])
        let logger = Logger(label: "test") { _ in
            Recorder { line in entries.withLock { $0.append(line) } }
        }
        _ = try await sandbox.engine(logger: logger).run(sandbox.request()) { _ in }
        _ = try await sandbox.engine(logger: logger).run(sandbox.request()) { _ in }
        let log = entries.withLock { $0 }
        func first(_ start: String, _ part: String = "") -> Bool {
            log.contains { $0.hasPrefix(start) && $0.contains(part) }
        }
        #expect(first("starting", sandbox.stap) && first("starting", sandbox.staprun))
        for phase in Phase.allCases { #expect(first("phase", phase.rawValue)) }
        #expect(first("cache miss") && first("cache hit") && first("module", "key"))
        #expect(first("limits", "MAXACTION=16000"))
        #expect(first("ended", sandbox.staprun) && first("attempt ended", "completed"))
    }

    /// The most memory that this process has had, in bytes.
    private static func peak() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss * 1024
    }

    private struct Recorder: LogHandler {
        let add: @Sendable (String) -> Void
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
        func log(event: LogEvent) { add("\(event.message) \(event.metadata ?? [:])") }
    }
}

extension Events {
    func count(_ isWanted: (RunEvent) -> Bool) -> Int { all.count { isWanted($0) } }
}
