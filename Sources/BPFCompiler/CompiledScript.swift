public import BPF
import DebugInfo
public import Diagnostics
public import Lowering

/// A script whose probes are compiled to BPF, for no maps yet: what it can be loaded from again and again.
public struct CompiledScript: Sendable {
    /// The programs of one or more probes.
    public struct Programs: Sendable {
        /// The probe that they were compiled for.
        public var probe: Int
        /// What runs at the probe.
        public var handler: ProgramCode
        /// What runs at the function's entry, for a return probe that needs values of there.
        public var entry: ProgramCode?
        /// What runs at ``ProbeBinding/saving``, where that is.
        public var saving: ProgramCode?
    }

    /// The script.
    public let program: Program
    /// What it was compiled for.
    public let options: CompilerOptions
    /// Where its variables lie.
    public let store: StoreLayout
    /// Where all else lies.
    public let layouts: RuntimeLayouts
    /// Which handlers and variables are the process's.
    public private(set) var placement = Placement()
    /// What keeps handlers out of the kernel, by index.
    private var obstacles: [Int: Diagnostic.Note] = [:]
    /// The programs.
    public private(set) var programs: [Programs] = []
    /// The probes that run in the kernel, with the place of their programs; one of processes' events is there for each
    /// tracepoint that tells them.
    public private(set) var probes: [(number: Int, programs: Int, moment: ProcessMoment?)] = []
    /// What the programs send, by number.
    public private(set) var sites: [RecordSite] = []
    /// What the programs read.
    public private(set) var constants: [UInt8] = []
    /// Bytes of scratch that every handler finds room in.
    public private(set) var scratchSize = 4096

    /// Compiles a script.
    ///
    /// - Throws: What it asks for that a BPF program cannot do, each at its place.
    public init(_ program: Program, _ options: CompilerOptions) throws(DiagnosticsError) {
        self.program = program
        self.options = options
        store = StoreLayout(
            program, maximumStringLength: options.maximumStringLength, maximumEntries: options.maximumEntries)
        layouts = RuntimeLayouts(program, options)
        // Who shares a variable with a handler that does not fit into the kernel is left to the process with it:
        // then all is compiled once more.
        while try !compile() {}
    }

    /// Compiles all probes; whether all handlers were placed where they belong.
    private mutating func compile() throws(DiagnosticsError) -> Bool {
        let compiler = ProgramCompiler(
            program, options, store: store, layouts: layouts, deferred: placement.deferred)
        var problems: [Diagnostic] = []
        var shared: [ProgramKey: Int] = [:]
        (programs, probes, scratchSize) = ([], [], 4096)
        for number in program.probes.indices where program.probes[number].event.isInKernel {
            let key = ProgramKey(program.probes[number])
            if let known = shared[key] {
                probes.append((number, known, nil))
                continue
            }
            let moments = program.probes[number].event.moments
            for moment in moments.isEmpty ? [nil] : moments.map(Optional.some) {
                do throws(DiagnosticsError) {
                    let compiled = try compiler.compile(number, at: moment)
                    probes.append((number, programs.count, moment))
                    if !compiled.isForOneProbe { shared[key] = programs.count }
                    programs.append(compiled.programs)
                    scratchSize = max(scratchSize, (compiled.scratchSize + 7) / 8 * 8)
                } catch {
                    problems += error.diagnostics
                }
            }
        }
        obstacles.merge(compiler.obstacles) { first, _ in first }
        let found = Placement(program, deferred: compiler.deferred)
        defer { placement = found }
        guard found.deferred == compiler.deferred, !compiler.hasChangedItsMind else { return false }
        guard problems.isEmpty else { throw DiagnosticsError(problems.uniqued()) }
        sites = compiler.sites.all
        constants = compiler.constants.contents
        return true
    }
}

extension CompiledScript {
    /// A note at each handler that the process runs, with what keeps it out of the kernel; in the script's order.
    public var notesOnDeferral: [Diagnostic] {
        placement.deferred.sorted().map { number in
            let handler = program.handlers[number]
            var note = Diagnostic(
                .note, "the built-in engine sends this handler's events to its process, which runs it",
                at: handler.range)
            if let obstacle = obstacles[number] {
                note.notes = [obstacle]
            } else {
                let shared = program.globals(usedBy: handler).intersection(placement.processGlobals).min()
                note.notes =
                    shared.map { [.init("it shares '\(program.globals[$0].name)' with another one")] } ?? []
            }
            return note
        }
    }
}

/// What probes must have in common to share programs.
private struct ProgramKey: Hashable {
    var handler: Int
    var isReturn: Bool
    /// What the event's context is decides what a handler is compiled to.
    var hasRegisters: Bool
    /// How a call is told where its values are saved.
    var frame: Location?

    init(_ probe: ProbeBinding) {
        handler = probe.handler
        isReturn = probe.event.isReturn
        hasRegisters = probe.event.hasRegisters
        frame = probe.saving?.frame
    }
}

extension [Diagnostic] {
    /// The diagnostics without those that say the same at the same place, as shared handlers make them.
    fileprivate func uniqued() -> [Diagnostic] {
        var known: Set<String> = []
        return filter { known.insert("\($0.range?.lower ?? -1) \($0.message)").inserted }
    }
}
