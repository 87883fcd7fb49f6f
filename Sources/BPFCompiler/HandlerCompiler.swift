import BPF
import DebugInfo
import Diagnostics
import Lowering
import StapLanguage

/// Compiles one handler for one probe.
///
/// r6 holds the context, r9 the scratch element; r7 and r8 are for what a few instructions need. A value's term
/// leaves it in r0. Everything longer-lived lies in the scratch element.
final class HandlerCompiler {
    var code = Assembler()
    var scratch: ScratchLayout
    let program: Program
    let handler: Handler
    let probe: ProbeBinding
    let probeNumber: Int
    /// The tracepoint that the program is for, of an event of processes.
    let moment: ProcessMoment?
    /// What is remembered of processes, where something is.
    let table: ProcessTable?
    /// Where a function's entry puts the values that it saves.
    let entryLayout: EntryLayout
    /// Whether the code is of use for this probe alone, not for others of the same handler.
    var isForOneProbe: Bool
    let options: CompilerOptions
    let maps: RuntimeMaps
    let store: StoreLayout
    let sites: RecordSites
    let constants: ConstantTable
    private(set) var problems: [(problem: CompileProblem, range: SourceRange)] = []

    /// Where the variables of what is being compiled lie, and where jumps lead.
    var scope: Scope
    /// The functions that are called, and their labels.
    var functions: [Int: FunctionCode] = [:]
    /// Functions of the program that are still to be written.
    var pending: [() -> Void] = []
    /// Functions that are being compiled, to find those that call themselves.
    var callStack: [Int] = []
    /// Functions of ours that are called, and their labels.
    var sharedLabels: [SharedFunction: Assembler.Label] = [:]
    /// What `tokenize` has been given; how much of it has been taken is in ``ScratchLayout/unread``.
    lazy var unreadText = scratch.text()
    /// The text of `error()`.
    lazy var errorText = scratch.text()
    /// Where a search's pattern is repeated within itself: 2 bytes for each of its lengths.
    lazy var searchTable = scratch.block(2 * scratch.textSize)

    /// Where ``fetchRegisters()`` puts them, once it has been asked.
    var interruptedRegisters: Int?

    /// Loops around what is being compiled that are made of jumps.
    var loopDepth = 0
    /// The conditional jumps of such loops' further rounds.
    var repeatedBranches = 0

    /// A function of the script in this program.
    struct FunctionCode {
        var label: Assembler.Label
        var locals: [Int]
        var result: Int
    }

    /// Where control may go.
    struct Scope {
        /// The places of the variables.
        var locals: [Int]
        var types: [ValueType]
        /// The place of the result; nil in a handler.
        var result: Int?
        /// Where `return` goes.
        var leave: Assembler.Label
        /// Where `next` goes.
        var next: Assembler.Label
        /// Where errors go.
        var error: Assembler.Label
        /// Where `break` and `continue` go.
        var exitLoop: Assembler.Label?
        var nextRound: Assembler.Label?
    }

    init(
        _ program: Program, probe number: Int, at moment: ProcessMoment?, options: CompilerOptions,
        layouts: RuntimeLayouts, maps: RuntimeMaps, store: StoreLayout, sites: RecordSites,
        constants: ConstantTable, recordCapacity: Int
    ) {
        self.program = program
        probeNumber = number
        self.moment = moment
        (table, entryLayout) = (layouts.processes, layouts.entries)
        isForOneProbe = !program.probes[number].event.hasRegisters || !options.kernel.hasCookie
        probe = program.probes[number]
        handler = program.handlers[program.probes[number].handler]
        self.options = options
        self.maps = maps
        self.store = store
        self.sites = sites
        self.constants = constants
        scratch = ScratchLayout(
            textCapacity: options.maximumStringLength - 1, recordCapacity: recordCapacity)
        let placeholder = code.label()
        scope = Scope(locals: [], types: [], leave: placeholder, next: placeholder, error: placeholder)
    }

    func report(_ problem: CompileProblem, at range: SourceRange) { problems.append((problem, range)) }

    // MARK: - The frame of a program

    /// The program for the probe itself.
    func compile() -> Assembler {
        frame {
            if let condition = handler.condition { branch(condition, ifFalse: scope.leave) }
            emit(handler.body)
        }
        return code
    }

    /// The program for what comes before the return of a function that is probed: keeps the return address, and the
    /// operands of `@entry`.
    func compileStage() -> Assembler {
        guard !handler.entries.isEmpty, stage != .entry || probe.saving == nil else {
            let end = code.label()
            code.move(.r6, .r1)
            refuseOwnProcesses(end)
            keepReturn()
            code.place(end)
            code.move(.r0, 0)
            code.exit()
            return code
        }
        frame {
            if keepsReturns, stage == .entry { keepReturn() }
            let key = scratch.block(RuntimeMaps.entryKeySize)
            let values = scratch.block(entryLayout.size)
            if let first = handler.entries.dropFirst(RuntimeMaps.maximumEntryValues).first {
                report(.entries, at: first.range)
            }
            for (number, entry) in handler.entries.prefix(RuntimeMaps.maximumEntryValues).enumerated() {
                let place = values + entryLayout.offset(of: number, among: handler.entries)
                if entry.type == .text {
                    copy(text(entry), to: place)
                } else {
                    emit(entry)
                    address(.r1, place)
                    code.store(.double, .r1, 0, .r0)
                }
            }
            entryKey(key)
            mapCall(.mapUpdate, maps.entries, key: key, value: values, flags: 0)
        }
        return code
    }

    func frame(_ body: () -> Void) {
        let end = code.label()
        let out = code.label()
        let failed = code.label()
        code.move(.r6, .r1)
        code.loadMapValue(.r1, descriptor: maps.session, offset: UInt32(RuntimeMaps.Session.isEnding))
        code.load(.double, .r1, .r1, 0)
        code.jump(to: end, if: .r1, .notEqual, 0)
        refuseOwnProcesses(end)
        requireEvent(end)
        requireProcesses(end)
        if program.needsTargetSet(probe, options) { requireTargetSet(end) }
        acquire(end)
        code.store(.double, .r9, ScratchLayout.error, constant: 0)
        code.store(.double, .r9, ScratchLayout.flow, constant: 0)
        code.store(.double, .r9, ScratchLayout.recordLength, constant: 0)
        code.store(.double, .r9, ScratchLayout.slot, .r7)
        code.store(.double, .r9, ScratchLayout.unread, constant: -1)
        code.store(.double, .r9, ScratchLayout.actions, constant: Int32(clamping: options.maximumActions))
        scope.locals = handler.locals.map { place($0.type) }
        scope.types = handler.locals.map(\.type)
        scope.leave = out
        scope.next = out
        scope.error = failed
        for (place, type) in zip(scope.locals, scope.types) { clear(place, type) }
        body()
        code.jump(to: out)
        code.place(failed)
        sendFailure()
        code.place(out)
        flush()
        code.store(.double, .r9, ScratchLayout.busy, constant: 0)
        code.place(end)
        code.move(.r0, 0)
        code.exit()
        while !pending.isEmpty { pending.removeFirst()() }
        if !scratch.hasRoom { report(.tooLarge, at: handler.range) }
    }

    /// Takes a free scratch element into r9, or goes to a label.
    private func acquire(_ end: Assembler.Label) {
        let taken = code.label()
        code.call(.processor)
        code.move(.r7, .r0)
        code.compute(.multiply, .r7, Int32(RuntimeMaps.slotsPerProcessor))
        for slot in 0..<RuntimeMaps.slotsPerProcessor {
            let next = code.label()
            code.store(.word, .frame, -4, .r7)
            code.loadMap(.r1, descriptor: maps.scratch)
            code.move(.r2, .frame)
            code.compute(.add, .r2, -4)
            code.call(.mapLookup)
            code.jump(to: end, if: .r0, .equal, 0)
            code.move(.r9, .r0)
            code.move(.r1, 1)
            if options.kernel.hasExchange {
                code.atomicExchange(.r9, ScratchLayout.busy, .r1)
            } else {
                code.load(.double, .r1, .r9, ScratchLayout.busy)
                code.store(.double, .r9, ScratchLayout.busy, constant: 1)
            }
            code.jump(to: taken, if: .r1, .equal, 0)
            if slot + 1 < RuntimeMaps.slotsPerProcessor { code.compute(.add, .r7, 1) }
            code.place(next)
        }
        count(RuntimeMaps.Session.skippedProbes)
        code.jump(to: end)
        code.place(taken)
    }

    /// Adds 1 to one of the session's counters.
    func count(_ counter: Int) {
        code.loadMapValue(.r1, descriptor: maps.session, offset: UInt32(counter))
        code.move(.r2, 1)
        code.atomicAdd(.r1, 0, .r2)
    }

    // MARK: - Places

    /// A new place for a value.
    func place(_ type: ValueType) -> Int { type == .text ? scratch.text() : scratch.integer() }

    /// Makes a variable 0 or empty.
    func clear(_ place: Int, _ type: ValueType) {
        guard type == .text else { return code.store(.double, .r9, place, constant: 0) }
        address(.r1, place)
        code.store(.double, .r1, 0, constant: 0)
        code.store(.double, .r1, 8, constant: 0)
    }

    /// The address of a place in the scratch element.
    func address(_ register: Register, _ place: Int) {
        code.move(register, .r9)
        code.compute(.add, register, Int32(place))
    }

    /// Keeps r0 in a new place.
    func keep() -> Int {
        let place = scratch.integer()
        code.store(.double, .r9, place, .r0)
        return place
    }

    /// Calls a function of maps: key and value are places.
    func mapCall(
        _ helper: HelperFunction, _ map: Int32, key: Int, value: Int? = nil, flags: Int64? = nil
    ) {
        code.loadMap(.r1, descriptor: map)
        address(.r2, key)
        if let value { address(.r3, value) }
        if let flags { code.move(.r4, flags) }
        code.call(helper)
    }

    /// Writes the key under which the values of a call are saved: the thread and the canonical frame address.
    func entryKey(_ place: Int) {
        callFrame()
        address(.r2, place)
        code.store(.double, .r2, 8, .r0)
        code.call(.currentProcess)
        address(.r2, place)
        code.store(.double, .r2, 0, .r0)
    }

    /// r0 = the canonical frame address of the call: what the stack pointer is once it has returned.
    private func callFrame() {
        if case .saving(let place) = stage {
            if !evaluate(place.frame) { report(.location("@entry"), at: handler.range) }
            return
        }
        code.load(.double, .r0, .r6, options.registers.offsets[options.registers.stackPointer])
        // The return address is on the stack, where calls put it there.
        if stage == .entry { code.compute(.add, .r0, Int32(options.registers.firstStackArgument)) }
    }

    /// When a program for a return probe runs.
    enum Stage: Equatable {
        /// At the event itself.
        case event
        /// Where the function begins.
        case entry
        /// Where its variables can be read first, behind its beginning.
        case saving(SavingPlace)
    }

    var stage = Stage.event
}
