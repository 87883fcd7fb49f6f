import BPF
import DebugInfo
import Diagnostics
import Lowering

/// Compiles a script's probes to BPF programs, one after the other.
final class ProgramCompiler {
    private let program: Program
    private let options: CompilerOptions
    private let maps: RuntimeMaps
    private let store: StoreLayout
    private let layouts: RuntimeLayouts
    /// The handlers that the process runs, by index: those that were told, and those that have proved not to fit.
    private(set) var deferred: Set<Int>
    /// What keeps handlers out of the kernel, by index, where this compiler has found that.
    private(set) var obstacles: [Int: Diagnostic.Note] = [:]
    /// Whether a handler has not fitted that did for an earlier probe.
    private(set) var hasChangedItsMind = false
    private var inKernel: Set<Int> = []
    /// What the programs send, by number.
    let sites = RecordSites()
    /// What the programs read: the contents of ``RuntimeMaps/constants``.
    let constants = ConstantTable()

    /// Prepares the compilation of a script.
    ///
    /// - Parameters:
    ///   - program: The script.
    ///   - options: What it is compiled for.
    ///   - store: Where its variables lie.
    ///   - layouts: Where all else lies.
    ///   - deferred: The handlers that the process runs, as far as they are known.
    init(
        _ program: Program, _ options: CompilerOptions, store: StoreLayout, layouts: RuntimeLayouts,
        deferred: Set<Int>
    ) {
        self.program = program
        self.options = options
        self.maps = .numbered(store.tables.keys)
        self.store = store
        self.layouts = layouts
        self.deferred = deferred
    }

    /// A probe's programs.
    struct Compiled {
        var programs: CompiledScript.Programs
        /// Bytes of scratch that they need.
        var scratchSize: Int
        /// Whether other probes of the same handler need programs of their own; where not, each has to be attached with
        /// its number for a cookie.
        var isForOneProbe: Bool
    }

    /// The programs of a probe; a handler that does not fit into the kernel is left to the process.
    ///
    /// - Parameters:
    ///   - number: Its index in the program.
    ///   - moment: The tracepoint that they are for, of an event of processes.
    /// - Returns: The programs.
    /// - Throws: What the handler asks for that cannot be done, each at its place.
    func compile(_ number: Int, at moment: ProcessMoment? = nil) throws(DiagnosticsError) -> Compiled {
        let probe = program.probes[number]
        if case .kernelFunction = probe.event, !options.hasKernelProbes() {
            throw DiagnosticsError([CompileProblem.noKernelProbes.diagnostic(at: probe.range)])
        }
        let (main, code) = handler(number, moment)
        var problems = main.problems
        if case .process(let event, _) = probe.event, event.isBeginning {
            let running = compiler(number, moment)
            running.refuseForRunning()
            problems += running.problems
        }
        var entryCode: Assembler?
        var savingCode: Assembler?
        var size = main.scratch.size
        var isForOneProbe = main.isForOneProbe
        func compile(at stage: HandlerCompiler.Stage) -> Assembler {
            let compiler = compiler(number, moment)
            compiler.stage = stage
            let code = compiler.compileStage()
            problems += compiler.problems
            size = max(size, compiler.scratch.size)
            isForOneProbe = isForOneProbe || compiler.isForOneProbe
            return code
        }
        if main.keepsReturns || !main.handler.entries.isEmpty && probe.saving == nil {
            entryCode = compile(at: .entry)
        }
        if let saving = probe.saving { savingCode = compile(at: .saving(saving)) }
        guard problems.isEmpty else {
            throw DiagnosticsError(problems.map { $0.problem.diagnostic(at: $0.range) })
        }
        do {
            let programs = CompiledScript.Programs(
                probe: number, handler: try code.assemble(), entry: try entryCode?.assemble(),
                saving: try savingCode?.assemble())
            return Compiled(programs: programs, scratchSize: size, isForOneProbe: isForOneProbe)
        } catch {
            throw DiagnosticsError([CompileProblem.tooLarge.diagnostic(at: main.handler.range)])
        }
    }

    /// The code of a probe's handler, with the problems that are left.
    private func handler(_ number: Int, _ moment: ProcessMoment?) -> (HandlerCompiler, Assembler) {
        let handler = program.probes[number].handler
        let mark = sites.all.count
        if !deferred.contains(handler) {
            let main = compiler(number, moment)
            let code = main.compile()
            if main.problems.isEmpty {
                inKernel.insert(handler)
                return (main, code)
            }
            sites.removeAll(from: mark)
            deferred.insert(handler)
            obstacles[handler] = main.problems.first.map { .init($0.problem.words, at: $0.range) }
            hasChangedItsMind = hasChangedItsMind || inKernel.contains(handler)
        }
        let main = compiler(number, moment)
        let code = main.compileDeferred()
        if !main.problems.isEmpty {
            // What keeps the handler out of the kernel says more than that the process cannot take it either.
            let trial = compiler(number, moment)
            _ = trial.compile()
            sites.removeAll(from: mark)
            if !trial.problems.isEmpty { return (trial, code) }
        }
        return (main, code)
    }

    private func compiler(_ number: Int, _ moment: ProcessMoment?) -> HandlerCompiler {
        HandlerCompiler(
            program, probe: number, at: moment, options: options, layouts: layouts, maps: maps,
            store: store, sites: sites, constants: constants, recordCapacity: options.recordBytes)
    }
}
