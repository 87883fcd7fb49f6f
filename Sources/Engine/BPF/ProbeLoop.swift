import BPF
import BPFCompiler
import Diagnostics
import Glibc
import Interpreter
import Lowering
import Synchronization

/// Runs what of a script runs in this process.
///
/// Begin, end, error and timer handlers, and what handlers in the kernel have left to it. All on one thread, so that the script's handlers never meet.
final class ProbeLoop {
    private let program: Program
    private let session: KernelSession
    private let interpreter: Interpreter
    private let attempt: Attempt
    private let stop: StopSign
    /// The first handler of ``Program/handlers`` that stands for a record's site.
    private let firstResidue: Int
    private let event: RecordEvent
    private let stacks: StackReader?
    private var timers: [Timer] = []
    private var errors = 0
    private let maximumErrors: Int
    /// Why the script itself has ended the session: no handler begins any more.
    private(set) var scriptEnd: ScriptEnd? {
        didSet { if scriptEnd != nil { session.end() } }
    }
    /// Whether a record's handler has ended the session here, so that what comes by the ring was done later.
    ///
    /// Not so where a timer or the kernel ended it: there all that comes is of handlers that had begun before.
    private var isPastEnd = false

    /// Whether records are only counted from here on, as there is no time for them.
    var discards = false
    /// How many were.
    private(set) var discarded: UInt64 = 0

    /// How a script ends its session.
    enum ScriptEnd {
        /// `exit()` or `abort()`.
        case exit
        case error
    }

    private struct Timer {
        var binding: ProbeBinding
        var period: UInt64
        var spread: UInt64
        var next: UInt64

        /// The time to the next run: the period, give or take the spread.
        var interval: UInt64 {
            guard spread > 0 else { return period }
            let low = period > spread ? period - spread : 1
            return .random(in: low...(period + spread))
        }
    }

    /// Prepares the handlers.
    ///
    /// - Throws: What of the script cannot be interpreted.
    init(
        _ session: KernelSession, maximumErrors: Int, attempt: Attempt,
        stop: StopSign, stacks: StackReader?
    ) throws(DiagnosticsError) {
        var program = session.program
        firstResidue = program.handlers.count
        for site in session.sites {
            var handler = Handler(
                range: program.handlers.first?.range ?? SourceFile(name: "", bytes: []).range(0, 0))
            switch site {
            case .actions(let actions, _): handler.body = actions
            case .handler(let actions, let locals, _, _, _):
                handler.body = actions
                handler.locals = locals
            case .end, .failure: break
            }
            program.handlers.append(handler)
        }
        self.program = program
        self.session = session
        let options = session.script.options
        self.maximumErrors = maximumErrors
        self.attempt = attempt
        self.stop = stop
        var limits = RuntimeLimits()
        limits.stringLength = options.maximumStringLength
        limits.actions = options.maximumActions
        limits.mapEntries = options.maximumEntries
        interpreter = try Interpreter(
            program, store: DividedStore(session, digestKeys: options.digestKeys, limits: limits),
            limits: limits,
            randomSeed: .random(in: .min ... .max))
        let binding =
            program.probes.first
            ?? ProbeBinding(
                event: .begin(order: 0), handler: 0, text: "", function: "",
                range: SourceFile(name: "", bytes: []).range(0, 0))
        event = RecordEvent(
            binding, target: session.target, targetSet: session.processes ?? Self.nobody)
        let sites = session.sites
        let globals = program
        event.failure = { site, value in
            guard sites.indices.contains(site), case .failure(let failure, _) = sites[site] else {
                return .missing(.entry)
            }
            return failure.runtimeError(value, text: [], in: globals)
        }
        self.stacks = stacks
        if let stacks { event.symbolizer = stacks }
    }

    // MARK: - The session's own handlers

    /// Runs the begin handlers, in the order of their numbers, until one ends the session.
    func begin() {
        run(until: { scriptEnd != nil }) { if case .begin(let order) = $0 { order } else { nil } }
        let now = SystemClock.nanoseconds
        for probe in program.probes {
            guard case .timer(let period, let spread) = probe.event else { continue }
            let timer = Timer(
                binding: probe, period: UInt64(max(period, 1)), spread: UInt64(max(spread, 0)), next: 0)
            timers.append(timer)
            timers[timers.count - 1].next = now + timer.interval
        }
    }

    /// Runs the end handlers, or after an error those for it.
    func end() {
        if case .error? = scriptEnd {
            run { if case .error(let order) = $0 { order } else { nil } }
        } else {
            run { if case .end(let order) = $0 { order } else { nil } }
        }
    }

    private func run(until isOver: () -> Bool = { false }, _ order: (ProbeBinding.Event) -> Int64?) {
        let chosen = program.probes.compactMap { probe in order(probe.event).map { (probe, $0) } }
        for (probe, _) in chosen.sorted(by: { $0.1 < $1.1 }) where !isOver() {
            take(interpreter.run(handler: probe.handler, for: ownProcess(probe), pace: .interruptible))
        }
    }

    private func ownProcess(_ probe: ProbeBinding) -> OwnProcess {
        stacks?.probePoint = probe.text
        return OwnProcess(
            probe, target: Int64(session.target), symbolizer: stacks ?? Self.nobody,
            targetSet: session.processes ?? Self.nobody)
    }

    private static var nobody: UnknownEvent { UnknownEvent() }

    // MARK: - Processes that are there already

    /// Runs the handlers of processes' beginnings for those that run already.
    ///
    /// - Parameter isHeld: Whether the target only waits to become the command.
    /// - Throws: What the kernel refused.
    func takeRunningProcesses(isHeld: Bool) throws {
        guard let registry = session.processes else { return }
        try registry.takeRunning(target: session.target, isHeld: isHeld) { process, bits in
            for probe in program.probes {
                guard case .process(let event, let processes) = probe.event,
                    bits & registry.table.bit(of: processes) != 0
                else { continue }
                let threads: [Int32] =
                    switch event {
                    case .begin: [process.id]
                    case .threadBegin: process.otherThreads
                    case .end, .threadEnd: []
                    }
                for thread in threads where scriptEnd == nil {
                    stacks?.process = process.id
                    stacks?.time = SystemClock.nanoseconds
                    take(
                        interpreter.run(
                            handler: probe.handler,
                            for: RunningProcess(ownProcess(probe), process: process.id, thread: thread)))
                }
            }
        }
    }

    // MARK: - The kernel's records

    /// Takes records and runs timers until the script or somebody else ends the session.
    func trace(_ ring: RingBuffer) {
        while scriptEnd == nil, !stop.isUp {
            let taken = ring.take(atMost: Self.batch) { stop.isUp || scriptEnd != nil }
            if taken == 0 { sleep(ring) } else if taken < Self.batch { nap() }
            let now = SystemClock.nanoseconds
            for index in timers.indices where timers[index].next <= now && scriptEnd == nil {
                let binding = timers[index].binding
                take(interpreter.run(handler: binding.handler, for: ownProcess(binding)))
                timers[index].next = max(timers[index].next + timers[index].interval, now)
            }
        }
        flush()
    }

    /// How long to wait: to a time, but not so long that ``StopSign`` goes unseen.
    private func milliseconds(to time: UInt64?) -> Int32 {
        guard let time else { return Self.patience }
        let now = SystemClock.nanoseconds
        return time <= now ? 0 : Int32(min((time - now) / 1_000_000 + 1, UInt64(Self.patience)))
    }

    /// Sleeps until there is a record or something else to do.
    private func sleep(_ ring: RingBuffer) {
        flush()
        session.shared[RuntimeMaps.Session.isAsleep] = 1
        // A record that came before is seen by this, a later one's sender sees that we sleep; should it not have seen
        // it yet, patience ends.
        ring.wait(milliseconds: milliseconds(to: timers.map(\.next).min()))
        session.shared[RuntimeMaps.Session.isAsleep] = 0
    }

    /// Lets records gather rather than be woken for each; a timer ends it.
    private func nap() {
        flush()
        let next = timers.map(\.next).min() ?? .max
        let now = SystemClock.nanoseconds
        if next > now { usleep(min(pause, UInt32(clamping: (next - now) / 1000))) }
    }

    /// Records that are taken before timers and others have their turn.
    private static let batch = 1024
    /// Microseconds in which not even stacks fill the ring: a thousand for each of its megabytes, ten thousand at most.
    private var pause: UInt32 { UInt32(min(session.ring.capacity >> 20, 10)) * 1000 }
    private static let patience: Int32 = 50

    /// Takes one record; what was done after the script's own end is void.
    func take(_ record: UnsafeRawBufferPointer) {
        guard !isPastEnd, record.count >= RecordLayout.headSize else { return }
        guard !discards else {
            discarded += 1
            return
        }
        let probe = Int(record.loadUnaligned(as: UInt32.self))
        guard program.probes.indices.contains(probe) else { return }
        event.binding = program.probes[probe]
        event.processor = Int(record.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        event.processAndThread = record.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        event.time = record.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
        var place = RecordLayout.headSize
        while place + RecordLayout.pieceHeadSize <= record.count {
            let site = Int(record.loadUnaligned(fromByteOffset: place, as: UInt32.self))
            let size = Int(record.loadUnaligned(fromByteOffset: place + 4, as: UInt32.self))
            place += RecordLayout.pieceHeadSize
            guard session.sites.indices.contains(site), size <= record.count - place else { return }
            take(site, UnsafeRawBufferPointer(rebasing: record[place..<place + size]))
            place += size
        }
    }

    private func take(_ site: Int, _ payload: UnsafeRawBufferPointer) {
        let hadEnded = scriptEnd != nil
        switch session.sites[site] {
        case .end:
            scriptEnd = scriptEnd ?? .exit
            return
        case .failure(let failure, let range):
            let value = payload.count >= 8 ? payload.loadUnaligned(as: UInt64.self) : 0
            var text: [UInt8] = []
            if case .text(let said)? = RecordValues(payload, [.integer, .text])?.values[1] { text = said }
            fail(failure.runtimeError(value, text: text, in: program), at: range)
        case .handler(_, _, let kinds, let failures, let context):
            event.failures = failures
            event.context = context
            run(site, payload, kinds)
            event.failures = [:]
            event.context = [:]
        case .actions(_, let kinds): run(site, payload, kinds)
        }
        if !hadEnded, scriptEnd != nil { isPastEnd = true }
    }

    private func run(_ site: Int, _ payload: UnsafeRawBufferPointer, _ kinds: [RecordValue]) {
        guard let values = RecordValues(payload, kinds) else { return }
        event.values = values.values
        if let stacks {
            stacks.process = Int32(truncatingIfNeeded: event.processAndThread >> 32)
            stacks.time = event.time
            stacks.sample = values.stack
            stacks.probedFile = event.binding.path
            stacks.probePoint = event.binding.text
        }
        take(interpreter.run(handler: firstResidue + site, for: event))
    }

    // MARK: - What comes of handlers

    private func take(_ outcome: Interpreter.Outcome) {
        for warning in outcome.warnings { say("WARNING: ", warning) }
        if outcome.wantsExit { scriptEnd = scriptEnd ?? .exit }
        if let failure = outcome.failure { fail(failure.error, at: failure.range) }
        if interpreter.output.count > 1 << 16 { flush() }
    }

    /// Passes on what has been printed.
    func flush() {
        interpreter.drain { bytes in
            guard !bytes.isEmpty else { return }
            bytes.withUnsafeBytes { attempt.takeOutput($0) }
        }
    }

    private func fail(_ error: RuntimeError, at range: SourceRange) {
        say("ERROR: ", error.message + Array(error.mark(at: range).utf8))
        errors += 1
        if errors > maximumErrors { scriptEnd = scriptEnd ?? .error }
    }

    private func say(_ mark: String, _ message: [UInt8]) {
        flush()
        let line = Array(mark.utf8) + message + [UInt8(ascii: "\n")]
        _ = line.withUnsafeBytes { attempt.takeErrors($0) }
    }
}

/// Says to a loop on another thread that it should end.
final class StopSign: Sendable {
    private let state = Atomic<Bool>(false)

    /// Whether it should.
    var isUp: Bool { state.load(ordering: .acquiring) }

    /// Says so.
    func raise() { state.store(true, ordering: .releasing) }
}
