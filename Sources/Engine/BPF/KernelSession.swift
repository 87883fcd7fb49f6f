import BPF
import BPFCompiler
import DebugInfo
import Diagnostics
import Glibc
import Interpreter
import Lowering
import RecipeModel
import Resolver

/// A script's programs and maps in the kernel: there as long as this is.
struct KernelSession: Sendable {
    let script: CompiledScript
    /// `target()`.
    let target: Int32
    private let session: BPFMap
    /// What programs and process tell each other: ``RuntimeMaps/Session``.
    let shared: MapMemory
    let ring: BPFMap
    private let scalarsMap: BPFMap
    /// The scalars: ``StoreLayout/scalars``.
    let scalars: MapMemory
    let tables: [Int: BPFMap]
    /// What is known of processes, where the script asks.
    let processes: ProcessRegistry?
    private let trackers: [(moment: ProcessMoment, program: BPFProgram)]
    private let scratch: BPFMap
    private let constants: BPFMap
    private let entries: BPFMap
    private let returns: BPFMap
    private let loaded: [Loaded]

    var program: Program { script.program }
    var store: StoreLayout { script.store }
    /// Which handlers and variables are the process's.
    var placement: Placement { script.placement }
    var sites: [RecordSite] { script.sites }

    /// The programs of one or more probes.
    private struct Programs: Sendable {
        var handler: BPFProgram
        var entry: BPFProgram?
        var saving: BPFProgram?

        var all: [BPFProgram] { [handler, entry, saving].compactMap(\.self) }
    }

    /// A probe with its programs, ready to be attached.
    private struct Loaded: Sendable {
        var number: Int
        var binding: ProbeBinding
        var programs: Programs
        var hasCookie: Bool
        /// The only process that is watched; nil is all.
        var process: Int32?
        /// The tracepoint, of an event of processes.
        var moment: ProcessMoment?

        /// What tells shared programs which probe it is.
        var cookie: UInt64? { hasCookie ? UInt64(number) : nil }
    }

    /// Loads a compiled script; nothing is attached yet.
    ///
    /// - Parameters:
    ///   - script: The script.
    ///   - target: `target()`.
    ///   - group: The control group whose processes are the target, too.
    ///   - helper: The process that reads binaries for this one, if there is one.
    ///   - ringBytes: Bytes of the ring buffer, a power of two and a multiple of the page size.
    /// - Throws: What the kernel refused.
    init(
        _ script: CompiledScript, target: Int32, group: ControlGroup? = nil, helper: Int32? = nil,
        ringBytes: Int
    ) throws {
        (self.script, self.target) = (script, target)
        let (program, options, store) = (script.program, script.options, script.store)
        session = try BPFMap(
            .array, name: "tap_session", keySize: 4, valueSize: RuntimeMaps.sessionSize, capacity: 1,
            isMapped: true)
        shared = try MapMemory(session)
        ring = try BPFMap(.ring, name: "tap_ring", keySize: 0, valueSize: 0, capacity: ringBytes)
        scalarsMap = try BPFMap(
            .array, name: "tap_scalars", keySize: 4, valueSize: store.scalarsSize, capacity: 1, isMapped: true
        )
        scalars = try MapMemory(scalarsMap)
        // They take the kernel milliseconds to make: small ones where nobody needs them.
        let hasEntries = program.handlers.contains { !$0.entries.isEmpty }
        let hasReturns = program.probes.contains { $0.event.isReturn }
        entries = try BPFMap(
            .leastRecentlyUsedHash, name: "tap_entries", keySize: RuntimeMaps.entryKeySize,
            valueSize: script.layouts.entries.size,
            capacity: hasEntries ? script.layouts.entries.capacity : 1)
        returns = try BPFMap(
            .leastRecentlyUsedHash, name: "tap_returns", keySize: 8, valueSize: HiddenReturns.valueSize,
            capacity: hasReturns ? HiddenReturns.capacity : 1)
        var tables: [Int: BPFMap] = [:]
        for (index, table) in store.tables {
            tables[index] = try BPFMap(
                table.mapKind, name: program.globals[index].name, keySize: table.keySize,
                valueSize: table.valueSize, capacity: table.capacity)
        }
        self.tables = tables
        processes = try script.layouts.processes.map { table throws(BPFError) in
            try ProcessRegistry(table, group: group)
        }
        scratch = try BPFMap(
            .array, name: "tap_scratch", keySize: 4, valueSize: script.scratchSize,
            capacity: BPFMap.processorCount * RuntimeMaps.slotsPerProcessor)
        constants = try BPFMap(
            .array, name: "tap_constants", keySize: 4, valueSize: script.constants.count, capacity: 1,
            isConstant: true)
        try constants.set([0, 0, 0, 0], to: script.constants)
        let maps = RuntimeMaps(
            session: session.descriptor, scratch: scratch.descriptor, constants: constants.descriptor,
            ring: ring.descriptor, scalars: scalarsMap.descriptor, entries: entries.descriptor,
            returns: returns.descriptor, processes: processes?.map.descriptor ?? 0,
            tables: tables.mapValues(\.descriptor))
        let symbols: [BPF.Symbol: Int32] = [
            .scratchSize: Int32(script.scratchSize), .constantsSize: Int32(script.constants.count),
            .target: target, .ownProcess: getpid(), .helperProcess: helper ?? getpid(),
        ]
        // Others would be slowed for nothing, and this process, where a library is probed that it uses itself, could not
        // keep up with what it makes itself.
        func onlyProcess(_ probe: ProbeBinding) -> Int32? {
            target != 0 && program.handlers[probe.handler].isOfTargetAlone ? target : nil
        }
        let programs = try script.programs.map { compiled throws(BPFError) -> Programs in
            let binding = program.probes[compiled.probe]
            let name = "tap_\(binding.function)"
            func load(_ code: ProgramCode) throws(BPFError) -> BPFProgram {
                let code = code.linked(maps: maps.descriptor) { symbols[$0] ?? 0 }
                switch binding.event {
                case .sample: return try BPFProgram(.counter, name: name, code)
                case .kernelFunction: return try BPFProgram(.probe, name: name, code)
                default: break
                }
                if !binding.event.hasRegisters {
                    return try BPFProgram(.rawTracepoint, name: name, code)
                }
                let isLinked =
                    options.kernel.hasProbeLinks
                    && (options.kernel.linksKnowProcesses || onlyProcess(binding) == nil)
                return try BPFProgram(
                    .probe, name: name, maySleep: options.kernel.maySleep, isLinked: isLinked, code)
            }
            return Programs(
                handler: try load(compiled.handler),
                entry: try compiled.entry.map { code throws(BPFError) in try load(code) },
                saving: try compiled.saving.map { code throws(BPFError) in try load(code) })
        }
        loaded = script.probes.map { number, index, moment in
            Loaded(
                number: number, binding: program.probes[number], programs: programs[index],
                hasCookie: options.kernel.hasCookie, process: onlyProcess(program.probes[number]),
                moment: moment)
        }
        if let table = processes?.table {
            // The compilation has found that they are there.
            guard let tasks = options.tasks() else { preconditionFailure("the kernel's types are known") }
            let tracker = ProcessTracker(table, tasks, maps: maps)
            trackers = try ProcessMoment.allCases.map { moment in
                let code = try tracker.program(at: moment)
                return (moment, try BPFProgram(.rawTracepoint, name: "tap_\(moment.rawValue)", code))
            }
            start()
            try processes?.learn(tracker)
        } else {
            trackers = []
            start()
        }
    }

    /// What the verifier went through for all programs together; nil where the kernel does not say.
    var verifiedInstructions: Int? {
        let counts = loaded.flatMap { $0.programs.all.compactMap(\.verifiedInstructions) }
        return counts.isEmpty ? nil : counts.reduce(0, +)
    }

    /// Fills the session and the scalars with what they start as.
    private func start() {
        var clock = timespec()
        var epoch = timespec()
        clock_gettime(CLOCK_MONOTONIC, &clock)
        clock_gettime(CLOCK_REALTIME, &epoch)
        let offset =
            (Int64(epoch.tv_sec) - Int64(clock.tv_sec)) * 1_000_000_000 + Int64(epoch.tv_nsec)
            - Int64(clock.tv_nsec)
        shared[RuntimeMaps.Session.epoch] = UInt64(bitPattern: offset)
        for (index, place) in store.scalars {
            switch program.globals[index].initial {
            case .integer(let value)?: scalars[place] = UInt64(bitPattern: value)
            case .text(let text)?: store.put(text, to: scalars, at: place)
            case nil: break
            }
        }
    }

    /// Places every probe; they are gone with the result.
    ///
    /// - Returns: The probes, and those of programs that the kernel did not take.
    func attach() throws -> (attachments: [Attachment], refused: [AddressProbes.Refused]) {
        var segments: [String: LoadSegments] = [:]
        func offset(_ path: String, _ address: UInt64) throws(EngineError) -> UInt64 {
            if segments[path] == nil { segments[path] = try LoadSegments(path: path) }
            guard let offset = segments[path]?.offset(of: address) else {
                throw .cannotRead(path, reason: "nothing is loaded at 0x\(String(address, radix: 16))")
            }
            return offset
        }
        var addresses = AddressProbes()
        var others: [Attachment] = []
        for probe in loaded {
            switch probe.binding.event {
            case .address(let address), .functionReturn(let address):
                let place = try offset(address.path, address.address)
                let semaphore = try address.semaphore.map { semaphore throws(EngineError) in
                    try offset(address.path, semaphore)
                }
                func add(_ program: BPFProgram, _ turn: AddressProbes.Turn, at place: UInt64) {
                    addresses.add(
                        program, turn, path: address.path, offset: place, semaphore: semaphore,
                        cookie: program.isLinked ? UInt64(probe.number) : probe.cookie,
                        process: probe.process, text: probe.binding.text)
                }
                if let entry = probe.programs.entry { add(entry, .entry, at: place) }
                if let saving = probe.programs.saving, let there = probe.binding.saving {
                    add(saving, .entry, at: try offset(address.path, there.address))
                }
                let turn: AddressProbes.Turn = probe.binding.event.isReturn ? .functionReturn : .other
                add(probe.programs.handler, turn, at: place)
            case .tracepoint(_, let name):
                others.append(try Attachment(tracepoint: name, probe.programs.handler))
            case .kernelFunction(let function, let isReturn):
                others.append(try function.attach(isReturn: isReturn, probe.programs.handler))
            case .sample(let counter, _):
                for processor in OnlineProcessors.now {
                    others.append(
                        try Attachment(.init(counter), processor: processor, probe.programs.handler))
                }
            default: break
            }
        }
        // Before all others: what they ask of processes should be known.
        others = try attachProcesses() + others
        try addresses.place()
        return (others + addresses.attachments, addresses.refused)
    }

    /// Places the probes of processes' events, and the programs that keep account of processes.
    ///
    /// A tracepoint's programs run in the order in which they came: what ends must see what was known before the
    /// event, what begins what is known after it.
    private func attachProcesses() throws(BPFError) -> [Attachment] {
        func place(_ isBeginning: Bool) throws(BPFError) -> [Attachment] {
            var placed: [Attachment] = []
            for probe in loaded {
                guard let moment = probe.moment, case .process(let event, _) = probe.binding.event,
                    event.isBeginning == isBeginning
                else { continue }
                placed.append(try Attachment(tracepoint: moment.rawValue, probe.programs.handler))
            }
            return placed
        }
        var attachments = try place(false)
        for tracker in trackers {
            attachments.append(try Attachment(tracepoint: tracker.moment.rawValue, tracker.program))
        }
        return attachments + (try place(true))
    }

    /// Has handlers do nothing more.
    func end() { shared[RuntimeMaps.Session.isEnding] = 1 }

    /// How often the kernel did not run a program, as it was under way on the same processor.
    var missedRuns: UInt64 {
        let programs = loaded.flatMap(\.programs.all)
        let counts = Dictionary(programs.map { ($0.descriptor, $0.missedRuns) }) { first, _ in first }
        return counts.values.reduce(0, +)
    }

    /// The programs, each once, and whether a trap in the traced program leads to it.
    var programsByTrap: [(program: BPFProgram, isTrap: Bool)] {
        var found: [Int32: (BPFProgram, Bool)] = [:]
        for probe in loaded {
            for program in probe.programs.all {
                found[program.descriptor] = (program, probe.binding.event.hasRegisters)
            }
        }
        return found.values.map { (program: $0.0, isTrap: $0.1) }
    }

    /// One of the session's counters.
    func counter(_ place: Int) -> UInt64 { shared[place] }
}

extension Attachment.Counter {
    /// The counter as the kernel takes it.
    fileprivate init(_ counter: PerformanceCounter) {
        let (rate, isFrequency) =
            switch counter.rate {
            case .every(let count): (count, false)
            case .hertz(let count): (count, true)
            }
        self.init(
            type: UInt32(truncatingIfNeeded: counter.type), config: UInt64(bitPattern: counter.config),
            rate: UInt64(bitPattern: rate), isFrequency: isFrequency)
    }
}

extension StoreLayout.Table {
    /// The kind of map that holds it.
    fileprivate var mapKind: BPFMap.Kind {
        switch (element, keys.isEmpty) {
        case (.statistic, true): .perProcessorArray
        case (.statistic, false): .perProcessorHash
        default: wraps ? .leastRecentlyUsedHash : .hash
        }
    }
}

extension CompiledScript {
    /// Bytes that its arrays take of the kernel's memory, which it has as soon as they are made.
    var arrayBytes: UInt64 {
        store.tables.values.reduce(0) { sum, table in
            // An entry's own fields: struct htab_elem.
            let entry = 48 + table.keySize + BPFMap.lookupSize(of: table.valueSize, in: table.mapKind)
            return sum + UInt64(table.capacity) * UInt64(entry)
        }
    }
}

extension [UInt8] {
    /// The little-endian integer of 8 bytes at an offset.
    func integer(at offset: Int) -> Int64 {
        guard offset + 8 <= count else { return 0 }
        return Int64(bitPattern: self[offset..<offset + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// Writes a little-endian integer of 8 bytes at an offset.
    mutating func put(_ value: Int64, at offset: Int) {
        for index in 0..<8 { self[offset + index] = UInt8(truncatingIfNeeded: value >> (index * 8)) }
    }
}

extension StoreLayout {
    /// Writes a text to a scalar.
    func put(_ text: [UInt8], to memory: MapMemory, at place: Int) {
        let kept = Array(text.prefix(textSize - 16))
        memory.set(kept, at: place + 8)
        memory[place] = UInt64(kept.count)
    }
}
