public import Diagnostics
public import Lowering
import Regexes
import StapLanguage

/// Runs a program's handlers in our process, with the meaning that SystemTap 4.8 gives them.
///
/// Handlers become trees of closures once. One interpreter runs one handler at a time; what `printf` prints goes to
/// ``output``, which its owner empties.
public final class Interpreter {
    /// How a handler ended.
    public struct Outcome: Sendable, Equatable {
        /// The error that ended it, which nothing caught.
        public struct Failure: Sendable, Equatable {
            /// What went wrong.
            public var error: RuntimeError
            /// At which expression or statement.
            public var range: SourceRange
        }

        /// The error, if any.
        public var failure: Failure?
        /// The texts of `warn(…)`, in their order.
        public var warnings: [[UInt8]] = []
        /// Whether the session is to end: `exit()` or `abort()`.
        public var wantsExit = false
    }

    /// What runs a handler, which decides how many statements it may take.
    public enum Pace: Sendable {
        /// A probe: MAXACTION.
        case atomic
        /// Begin, end and error handlers: MAXACTION_INTERRUPTIBLE.
        case interruptible
    }

    private let machine: Machine
    private let handlers: [HandlerCode]

    /// Prepares a program.
    ///
    /// The store has its global variables; the seed is what the numbers of `randint` follow from. A diagnostic is
    /// thrown for each regular expression that is too large.
    public init(
        _ program: Program, store: any GlobalStore, limits: RuntimeLimits = RuntimeLimits(),
        randomSeed: UInt64 = 0
    ) throws(DiagnosticsError) {
        let compiler = ProgramCompiler(program, limits, try Self.patterns(program))
        handlers = compiler.compile()
        machine = Machine(
            store: store, limits: limits,
            nestingLimit: limits.nesting ?? StatementCount(program).nestingLimit,
            context: UnknownEvent(), randomSeed: randomSeed)
    }

    private static func patterns(_ program: Program) throws(DiagnosticsError) -> [Pattern] {
        let notesGroups = [.matched, .matchedStr, .ngroups].contains { program.calls($0) }
        var problems: [Diagnostic] = []
        var patterns: [Pattern] = []
        for pattern in program.patterns {
            do {
                patterns.append(
                    Pattern(
                        automaton: try RegexAutomaton(parsing: pattern.bytes),
                        groups: notesGroups ? try RegexGroups(parsing: pattern.bytes) : nil))
            } catch {
                problems.append(.error(error.words, at: pattern.range))
            }
        }
        guard problems.isEmpty else { throw DiagnosticsError(problems) }
        return patterns
    }

    /// What handlers have printed and nobody has taken.
    public var output: [UInt8] { machine.output }

    /// Lets somebody read what was printed, and forgets it; the memory is kept for what comes.
    public func drain(_ body: ([UInt8]) throws -> Void) rethrows {
        try body(machine.output)
        machine.output.removeAll(keepingCapacity: true)
    }

    /// Runs a handler, an index into ``Program/handlers``, for an event.
    public func run(handler: Int, for event: any EventContext, pace: Pace = .atomic) -> Outcome {
        machine.context = event
        machine.warnings.removeAll()
        machine.wantsExit = false
        machine.nesting = 0
        let limits = machine.limits
        machine.actionsLeft =
            switch pace {
            case .atomic: limits.actions
            case .interruptible: limits.interruptibleActions ?? limits.actions * 10
            }
        let start = machine.mark
        var outcome = Outcome()
        do throws(Stop) {
            try handlers[handler].run(machine)
        } catch {
            switch error {
            case .failed(let error, let range): outcome.failure = Outcome.Failure(error: error, range: range)
            case .aborted: break
            }
        }
        machine.goBack(to: start)
        outcome.warnings = machine.warnings
        outcome.wantsExit = machine.wantsExit
        return outcome
    }
}
