import BPF
import BPFCompiler
import Backtraces
import Diagnostics
import Glibc
import Isolation
import Logging
import Lowering
import RecipeModel
import StapMessages
import Synchronization

/// One run of a script by the built-in engine: load, attach, trace, flush.
final class BPFTracePhase: Sendable {
    private let script: CompiledScript
    private let course: TraceCourse
    private let limits: Limits
    private let readModule: (@Sendable ([UInt8]) throws -> [UInt8])?
    private let helperProcess: (@Sendable (_ isNeeded: Bool) -> Int32?)?
    private let givesUpRights: Bool
    private let stop = StopSign()
    /// That even what has been recorded should wait no longer.
    private let hurry = StopSign()

    private var session: RunSession { course.session }
    private var attempt: Attempt { course.attempt }

    init(
        _ script: CompiledScript, session: RunSession, attempt: Attempt, command: HeldCommand?,
        limits: Limits, readModule: (@Sendable ([UInt8]) throws -> [UInt8])?,
        helperProcess: (@Sendable (_ isNeeded: Bool) -> Int32?)?, givesUpRights: Bool
    ) {
        self.readModule = readModule
        self.helperProcess = helperProcess
        self.givesUpRights = givesUpRights
        self.script = script
        self.limits = limits
        course = TraceCourse(session: session, attempt: attempt, command: command)
    }

    func run() async throws(EngineError) -> TracePhase.Result {
        session.enter(.attach)
        try session.checkInterrupt()
        session.interrupts.listen { count in
            self.end(.interrupt)
            if count > 1 { self.hurry.raise() }
        }
        defer {
            course.alarms.cancelAll()
            session.interrupts.listen(nil)
        }
        let result = await withTaskGroup(of: Result<Void, EngineError>.self) { group in
            let (starts, start) = AsyncStream.makeStream(of: Int32.self)
            if let command = course.command {
                group.addTask {
                    defer { start.finish() }
                    return await self.course.follow(
                        command, started: { start.yield($0) }, stop: { self.stop.raise() })
                }
            } else {
                if case .pid(let target) = session.request.target {
                    start.yield(target)
                } else {
                    start.yield(0)
                }
                start.finish()
            }
            group.addTask {
                var target: Int32?
                for await id in starts { target = id; break }
                guard let target else { return .success(()) }
                let result = await self.onThread { self.trace(target: target) }
                self.course.command?.end()
                return result
            }
            var result: Result<Void, EngineError> = .success(())
            for await one in group { if case .failure = one { result = one } }
            return result
        }
        attempt.finish()
        try result.get()
        let state = course.state
        let isFailed = attempt.log.messages.contains { $0.message.isHandlerError }
        return TracePhase.Result(
            status: .exited(isFailed ? 1 : 0), isAttached: state.isAttached, reason: state.reason,
            isAttachOutOfTime: false, deadlinePhase: state.deadlinePhase, leftModule: nil)
    }

    /// Runs something that blocks on a thread of its own.
    private func onThread(
        _ body: @escaping @Sendable () -> Result<Void, EngineError>
    ) async -> Result<Void, EngineError> {
        await withCheckedContinuation { continuation in
            BlockingThread.run { continuation.resume(returning: body()) }
        }
    }

    private func end(_ reason: EndingReason) { course.end(reason) { stop.raise() } }

    // MARK: - On the loop's thread

    private func trace(target: Int32) -> Result<Void, EngineError> {
        do {
            try traceOrThrow(target: target)
            return .success(())
        } catch let error as EngineError {
            return .failure(error)
        } catch let error as DiagnosticsError {
            return .failure(.unsupported(error.diagnostics))
        } catch let error as BPFError {
            session.logger.debug("verifier", metadata: ["log": "\(error.log.suffix(4000))"])
            return .failure(error.engineError)
        } catch {
            return .failure(.kernelRefused("run the script", reason: "\(error)"))
        }
    }

    private func traceOrThrow(target: Int32) throws {
        if attempt.isRepeat, givesUpRights { try ProcessRights.takeUp() }
        try requireMemory()
        let kernel = try KernelSession(
            script, target: target, group: session.request.group,
            helper: helperProcess?(script.program.usesSymbols), ringBytes: Self.ringBytes(limits))
        session.logger.debug(
            "programs are loaded", metadata: ["verified": "\(kernel.verifiedInstructions ?? 0) instructions"])
        let loop = try ProbeLoop(
            kernel, maximumErrors: Int(clamping: LimitPolicy.value(.macro(.MAXERRORS), in: limits)),
            attempt: attempt, stop: stop, stacks: stackReader())
        let ring = try RingBuffer(kernel.ring) { loop.take($0) }
        try kernel.processes?.takeTarget(target)
        loop.begin()
        let (attachments, refused) = loop.scriptEnd == nil && !stop.isUp ? try kernel.attach() : ([], [])
        let probes = PlacedProbes(attachments, areLinks: script.options.kernel.hasProbeLinks)
        tell(refused)
        if loop.scriptEnd == nil { try loop.takeRunningProcesses(isHeld: course.command != nil) }
        try measureOverhead(kernel, target: target)
        giveUpRights()
        course.attached { self.stop.raise() }
        if session.request.group != nil, let processes = kernel.processes {
            course.alarms.every(.milliseconds(500)) { try? processes.adoptGroup() }
        }
        loop.trace(ring)
        session.enter(.flush)
        course.finish()
        kernel.end()
        probes.remove()
        // No handler runs any more now that its probe is gone. What they sent is taken while there is time.
        let end = session.elapsed() + session.politeness
        func isOverdue() -> Bool { hurry.isUp || session.elapsed() > end }
        while !isOverdue(), ring.take(atMost: .max, until: isOverdue) > 0 {}
        loop.discards = true
        ring.take(atMost: .max)
        loop.end()
        loop.flush()
        tell(kernel, discarded: loop.discarded)
    }

    /// Takes no more than half of the memory that is there: what runs here beside may want some.
    private func requireMemory() throws(EngineError) {
        let needed = script.arrayBytes
        guard let available = Files.availableMemory, needed > available / 2 else { return }
        throw .tooLittleMemory(needed: needed, available: available)
    }

    /// Has the guards hear what the probes cost, where one asks.
    private func measureOverhead(_ kernel: KernelSession, target: Int32) throws(BPFError) {
        let request = session.request
        guard request.guards.maximumOverhead != nil else { return }
        let probed = request.probedFiles.compactMap { RunningProcesses.ProgramKey(path: $0.path) }
        // Which file a process runs is not to be seen without the rights that are given up.
        let first =
            target > 0
            ? [target] : Set(RunningProcesses().all.filter { probed.contains($0.program) }.map(\.id))
        let group = request.group
        let time = ProcessorTime {
            // Of a library or the kernel everybody is the target.
            guard !first.isEmpty else { return nil }
            let all = ProcessStatus.all
            let family = ProcessStatus.families(
                of: first.union(group?.processes ?? []), among: all.map { (id: $0.id, parent: $0.parent) })
            return all.filter { family.contains($0.id) }
        }
        let meter = try OverheadMeter(kernel.programsByTrap) { time.total }
        course.measure { meter.share() }
    }

    /// Keeps no right that tracing can do without: from here on, what comes is not to be trusted.
    private func giveUpRights() {
        guard givesUpRights else { return }
        let rights = RightsAtWork(
            session.request, readsProcesses: script.program.usesSymbols,
            readsKernel: script.program.usesKernelSymbols, hasCommand: course.command != nil,
            isLast: attempt.isLast)
        do {
            try rights.keep()
        } catch {
            session.logger.warning(
                "not all rights could be given up",
                metadata: ["reason": "\(String(cString: strerror(error.code)))"])
        }
    }

    /// Who tells stacks and symbols, where the script asks for any.
    private func stackReader() -> StackReader? {
        guard script.program.usesSymbols || script.program.usesKernelSymbols else { return nil }
        let ask: ([UInt8]) throws -> [UInt8]
        if let readModule {
            ask = readModule
        } else {
            let service = UnwindService()
            ask = { service.answer($0) }
        }
        return StackReader(
            maximumStringLength: script.options.maximumStringLength,
            maximumBacktrace: script.options.maximumBacktrace,
            readsPrograms: script.program.usesSymbols, kernel: kernelStackReader(), ask: ask)
    }

    private func kernelStackReader() -> KernelStackReader? {
        guard script.program.usesKernelSymbols else { return nil }
        let reader = KernelStackReader(depth: script.options.maximumBacktrace)
        if reader.isBlind {
            session.logger.warning(
                "the kernel hides its symbols: its stacks have addresses only (CAP_SYSLOG shows them)")
        }
        return reader
    }

    /// Says which probes were not placed, in the words of stap's runtime.
    private func tell(_ refused: [AddressProbes.Refused]) {
        let lines = refused.map { probe in
            "WARNING: u*probe failed at 0x\(String(probe.offset, radix: 16)) '\(probe.text)' "
                + "rc -\(AddressProbes.Refused.code)\n"
        }
        _ = Array(lines.joined().utf8).withUnsafeBytes { attempt.takeErrors($0) }
    }

    /// Says what was lost, in the words of stap's runtime.
    private func tell(_ kernel: KernelSession, discarded: UInt64) {
        let lost = kernel.counter(RuntimeMaps.Session.lostRecords) + discarded
        let busy = kernel.counter(RuntimeMaps.Session.skippedProbes)
        let missed = kernel.missedRuns
        let returns = kernel.counter(RuntimeMaps.Session.missedReturns)
        var lines = ""
        if lost > 0 { lines += "WARNING: There were \(lost) transport failures.\n" }
        if busy + missed + returns > 0 {
            lines += "WARNING: Number of errors: 0, skipped probes: \(busy + missed + returns)\n"
        }
        if busy > 0 { lines += "WARNING: Skipped due to global busy: \(busy)\n" }
        if missed > 0 { lines += "WARNING: Skipped due to reentrancy: \(missed)\n" }
        if returns > 0 { lines += "WARNING: Skipped due to missed uretprobes: \(returns)\n" }
        _ = Array(lines.utf8).withUnsafeBytes { attempt.takeErrors($0) }
    }

    /// The ring's size: the transport buffer's, a power of two.
    private static func ringBytes(_ limits: Limits) -> Int {
        let megabytes = Int(clamping: LimitPolicy.value(.buffer, in: limits))
        var bytes = 1 << 20
        while bytes < megabytes << 20, bytes < 1 << 30 { bytes <<= 1 }
        return bytes
    }
}

extension CompilerOptions {
    /// What a run's limits, target and kernel make of them.
    init(_ key: Compilation.Key) {
        self.init()
        func value(_ macro: Limits.Macro) -> Int {
            Int(clamping: LimitPolicy.value(.macro(macro), in: key.limits))
        }
        maximumActions = value(.MAXACTION)
        endsAtFirstError = value(.MAXERRORS) == 0
        maximumStringLength = max(value(.MAXSTRINGLEN), 16)
        maximumEntries = value(.MAXMAPENTRIES)
        maximumBacktrace = value(.MAXBACKTRACE)
        hasTarget = key.hasTarget
        mayWrite = { KernelRights.mayWritePrograms }
        hasKernelProbes = { Attachment.hasKernelProbes }
        kernel = KernelFeatures(release: key.release)
    }
}

extension BPFError {
    /// The error in an operator's words.
    fileprivate var engineError: EngineError {
        let reason = String(cString: strerror(code))
        switch operation {
        case .createMap(let name): return .kernelRefused("create the BPF map '\(name)'", reason: reason)
        case .loadProgram(let name): return .kernelRefused("load the BPF program '\(name)'", reason: reason)
        case .useMap(let name): return .kernelRefused("use the BPF map '\(name)'", reason: reason)
        case .attach(let path, let offset):
            return .kernelRefused(
                "probe '\(path)' at 0x\(String(offset, radix: 16))", reason: reason)
        case .attachTracepoint(let name):
            return .kernelRefused("probe the tracepoint '\(name)'", reason: reason)
        case .attachKernelFunction(let name):
            let known: [Int32: String] = [
                ENOENT: "the kernel has no such function", EINVAL: "the kernel lets nobody probe it",
                EADDRNOTAVAIL: "the kernel has several functions of this name",
            ]
            return .kernelRefused("probe the kernel's function '\(name)'", reason: known[code] ?? reason)
        case .attachCounter(let type, let config, let processor):
            let known: [Int32: String] = [
                ENOENT: "this machine has no such counter", EOPNOTSUPP: "this machine has no such counter",
                EINVAL: "no such rate; kernel.perf_event_max_sample_rate is the greatest",
            ]
            return .kernelRefused(
                "count 'perf.type(\(type)).config(\(config))' on processor \(processor)",
                reason: known[code] ?? reason)
        case .readRing: return .kernelRefused("read the ring buffer", reason: reason)
        case .countRuns:
            return .kernelRefused("count what BPF programs cost, for --max-overhead", reason: reason)
        case .runProgram(let name): return .kernelRefused("run the BPF program '\(name)'", reason: reason)
        }
    }
}
