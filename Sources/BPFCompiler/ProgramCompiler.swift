public import BPF
public import Diagnostics
public import Lowering

/// Compiles a script's probes to BPF programs, one for each probe.
public struct ProgramCompiler {
    private let program: Program
    private let options: CompilerOptions
    private let maps: RuntimeMaps
    private let store: StoreLayout
    /// Which handlers the process runs.
    public let placement: Placement
    /// What the programs send, by number.
    public let sites = RecordSites()
    /// What the programs read: the contents of ``RuntimeMaps/constants``.
    public let constants = ConstantTable()

    /// Prepares the compilation of a script.
    ///
    /// - Parameters:
    ///   - program: The script.
    ///   - options: What it is compiled for.
    ///   - maps: What its programs name.
    ///   - store: Where its variables lie.
    ///   - placement: Where its handlers run, as an earlier compilation found it; nil is to find it.
    public init(
        _ program: Program, _ options: CompilerOptions, maps: RuntimeMaps, store: StoreLayout,
        placement: Placement? = nil
    ) {
        self.program = program
        self.options = options
        self.maps = maps
        self.store = store
        self.placement = placement ?? Self.placement(program, options, maps: maps, store: store)
    }

    /// Places a script's handlers: those that a trial finds fit go into the kernel.
    static func placement(
        _ program: Program, _ options: CompilerOptions, maps: RuntimeMaps, store: StoreLayout
    ) -> Placement {
        var known: [Int: Bool] = [:]
        return Placement(program) { number in
            let handler = program.probes[number].handler
            if let known = known[handler] { return known }
            let trial = HandlerCompiler(
                program, probe: number, at: program.probes[number].event.moments.first, options: options,
                maps: maps, store: store, sites: RecordSites(),
                constants: ConstantTable(),
                recordCapacity: options.recordBytes)
            _ = trial.compile()
            known[handler] = trial.problems.isEmpty
            return trial.problems.isEmpty
        }
    }

    /// A probe's programs.
    public struct Compiled: Sendable {
        /// What runs at the probe.
        public var handler: ProgramCode
        /// What runs at the function's entry, for a return probe.
        public var entry: ProgramCode?
        /// Bytes of scratch that they need.
        public var scratchSize: Int
        /// Whether other probes of the same handler need programs of their own; where not, each has to be attached with
        /// its number for a cookie.
        public var isForOneProbe: Bool
    }

    /// The programs of a probe.
    ///
    /// - Parameters:
    ///   - number: Its index in the program.
    ///   - moment: The tracepoint that they are for, of an event of processes.
    /// - Returns: The programs.
    /// - Throws: What the handler asks for that a BPF program cannot do, each at its place.
    public func compile(
        _ number: Int, at moment: ProcessMoment? = nil
    ) throws(DiagnosticsError) -> Compiled {
        let main = compiler(number, moment)
        let isDeferred = placement.deferred.contains(program.probes[number].handler)
        let code = isDeferred ? main.compileDeferred() : main.compile()
        var problems = main.problems
        if isDeferred, !problems.isEmpty {
            // What keeps the handler out of the kernel says more than that the process cannot take it either.
            let trial = compiler(number, moment)
            _ = trial.compile()
            if !trial.problems.isEmpty { problems = trial.problems }
        }
        if case .process(let event, _) = program.probes[number].event, event.isBeginning {
            let running = compiler(number, moment)
            running.refuseForRunning()
            problems += running.problems
        }
        var entryCode: Assembler?
        var size = main.scratch.size
        var isForOneProbe = main.isForOneProbe
        if !main.handler.entries.isEmpty || main.keepsReturns {
            let entry = compiler(number, moment)
            entry.isEntry = true
            entryCode = entry.compileEntry()
            problems += entry.problems
            size = max(size, entry.scratch.size)
            isForOneProbe = isForOneProbe || entry.isForOneProbe
        }
        guard problems.isEmpty else {
            throw DiagnosticsError(problems.map { $0.problem.diagnostic(at: $0.range) })
        }
        do {
            return Compiled(
                handler: try code.assemble(), entry: try entryCode?.assemble(), scratchSize: size,
                isForOneProbe: isForOneProbe)
        } catch {
            throw DiagnosticsError([CompileProblem.tooLarge.diagnostic(at: main.handler.range)])
        }
    }

    private func compiler(_ number: Int, _ moment: ProcessMoment?) -> HandlerCompiler {
        HandlerCompiler(
            program, probe: number, at: moment, options: options, maps: maps, store: store, sites: sites,
            constants: constants, recordCapacity: options.recordBytes)
    }
}
