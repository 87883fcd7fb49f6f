public import BPF
public import Diagnostics
public import Lowering

/// Compiles a script's probes to BPF programs, one for each probe.
public struct ProgramCompiler {
    private let program: Program
    private let options: CompilerOptions
    private let maps: RuntimeMaps
    private let store: StoreLayout
    /// What the programs send, by number.
    public let sites = RecordSites()
    /// What the programs read: the contents of ``RuntimeMaps/constants``.
    public let constants = ConstantTable()

    /// Prepares the compilation of a script.
    public init(_ program: Program, _ options: CompilerOptions, maps: RuntimeMaps, store: StoreLayout) {
        self.program = program
        self.options = options
        self.maps = maps
        self.store = store
    }

    /// A probe's programs.
    public struct Compiled: Sendable {
        /// What runs at the probe.
        public var handler: ProgramCode
        /// What runs at the function's entry, for a return probe that needs values of there.
        public var entry: ProgramCode?
        /// Bytes of scratch that they need.
        public var scratchSize: Int
    }

    /// The programs of a probe.
    ///
    /// - Parameter number: Its index in the program.
    /// - Throws: What the handler asks for that a BPF program cannot do, each at its place.
    public func compile(_ number: Int) throws(DiagnosticsError) -> Compiled {
        let main = compiler(number)
        let code = main.compile()
        var problems = main.problems
        var entryCode: Assembler?
        var size = main.scratch.size
        if !main.handler.entries.isEmpty {
            let entry = compiler(number)
            entry.isEntry = true
            entryCode = entry.compileEntry()
            problems += entry.problems
            size = max(size, entry.scratch.size)
        }
        guard problems.isEmpty else {
            throw DiagnosticsError(problems.map { $0.problem.diagnostic(at: $0.range) })
        }
        do {
            return Compiled(
                handler: try code.assemble(), entry: try entryCode?.assemble(), scratchSize: size)
        } catch {
            throw DiagnosticsError([CompileProblem.tooLarge.diagnostic(at: main.handler.range)])
        }
    }

    private func compiler(_ number: Int) -> HandlerCompiler {
        HandlerCompiler(
            program, probe: number, options: options, maps: maps, store: store, sites: sites,
            constants: constants, recordCapacity: options.recordBytes)
    }
}
