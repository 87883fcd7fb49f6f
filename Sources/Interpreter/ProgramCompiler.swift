import Diagnostics
import Lowering
import Regexes

typealias IntegerCode = (Machine) throws(Stop) -> Int64
typealias TextCode = (Machine) throws(Stop) -> [UInt8]
typealias ValueCode = (Machine) throws(Stop) -> Value
typealias ActionCode = (Machine) throws(Stop) -> Flow

/// Where a statement leaves off.
enum Flow {
    /// At the next statement.
    case onward
    case exitLoop
    case nextRound
    case leave
    case next
}

/// A regular expression, made ready.
struct Pattern {
    let automaton: RegexAutomaton
    /// Tells where its groups match, in a script that asks for that.
    let groups: RegexGroups?
}

/// A handler that can be run.
struct HandlerCode {
    let integerCount: Int
    let textCount: Int
    let condition: IntegerCode?
    let body: ActionCode

    func run(_ machine: Machine) throws(Stop) {
        machine.enter(integers: integerCount, texts: textCount)
        if let condition, try condition(machine) == 0 { return }
        _ = try body(machine)
    }
}

/// A function that can be called.
///
/// Its body comes later than its first callers'.
final class FunctionCode {
    let parameters: [(isInteger: Bool, slot: Int)]
    let integerCount: Int
    let textCount: Int
    /// The statements that a call counts for, where its body counts none itself.
    let statements: Int?
    var body: ActionCode = { _ throws(Stop) in .onward }

    init(_ function: Function, statements: Int?) {
        let slots = LocalSlots(function.locals)
        parameters = (0..<function.parameterCount).map {
            (function.locals[$0].type == .integer, slots.slots[$0])
        }
        integerCount = slots.integerCount
        textCount = slots.textCount
        self.statements = statements
    }
}

/// Where the locals of a scope are: each type is numbered for itself.
struct LocalSlots {
    private(set) var slots: [Int] = []
    private(set) var integerCount = 0
    private(set) var textCount = 0

    init(_ locals: [LocalVariable]) {
        for local in locals {
            switch local.type {
            case .integer:
                slots.append(integerCount)
                integerCount += 1
            case .text:
                slots.append(textCount)
                textCount += 1
            }
        }
    }
}

/// Makes closures of a program's handlers and functions.
final class ProgramCompiler {
    let program: Program
    let limits: RuntimeLimits
    let patterns: [Pattern]
    private(set) var functions: [FunctionCode] = []

    init(_ program: Program, _ limits: RuntimeLimits, _ patterns: [Pattern]) {
        self.program = program
        self.limits = limits
        self.patterns = patterns
        functions = program.functions.map {
            FunctionCode($0, statements: StatementCount.of($0.body, in: program))
        }
    }

    func compile() -> [HandlerCode] {
        for (index, function) in program.functions.enumerated() {
            let scope = ScopeCompiler(
                self, function.locals, result: function.result, statements: functions[index].statements)
            functions[index].body = scope.body(function.body, at: function.range)
        }
        return program.handlers.map { handler in
            let slots = LocalSlots(handler.locals)
            let scope = ScopeCompiler(
                self, handler.locals, result: nil, statements: StatementCount.of(handler.body, in: program))
            let condition = handler.condition.map { scope.integer($0) }
            return HandlerCode(
                integerCount: slots.integerCount, textCount: slots.textCount, condition: condition,
                body: scope.body(handler.body, at: handler.range))
        }
    }
}

/// Makes closures of one handler's or function's statements.
final class ScopeCompiler {
    let compiler: ProgramCompiler
    let locals: [LocalVariable]
    let slots: [Int]
    let result: ValueType?
    /// How many statements there are at most; nil where they are counted as they run.
    private let statements: Int?
    /// Statements that are not counted yet: stap counts them together where the control flow parts.
    private var uncounted = 0

    init(_ compiler: ProgramCompiler, _ locals: [LocalVariable], result: ValueType?, statements: Int?) {
        self.compiler = compiler
        self.locals = locals
        self.result = result
        self.statements = statements
        slots = LocalSlots(locals).slots
    }

    var program: Program { compiler.program }
    var limits: RuntimeLimits { compiler.limits }

    /// A whole body.
    func body(_ actions: [Action], at range: SourceRange) -> ActionCode {
        uncounted = 0
        let code = block(actions, endingAt: range)
        guard let statements else { return code }
        return { machine throws(Stop) in
            if machine.actionsLeft < statements { throw .failed(.actionsExceeded, range) }
            return try code(machine)
        }
    }

    /// What is to be counted now, with some more; 0 where nothing is.
    func takeUncounted(adding more: Int = 0) -> Int {
        guard statements == nil else { return 0 }
        defer { uncounted = 0 }
        return uncounted + more
    }

    /// Counts statements: at once, or together with what follows.
    func count(_ number: Int, at range: SourceRange, isLast: Bool, in steps: inout Steps) {
        guard statements == nil else { return }
        uncounted += number
        guard isLast && uncounted > 0 || uncounted >= 10 else { return }
        let total = takeUncounted()
        steps.add { machine throws(Stop) in
            try machine.charge(total, at: range)
            return .onward
        }
    }

    /// Statements in a row, all counted at the end.
    func block(_ actions: [Action], endingAt range: SourceRange, after opening: Steps = Steps()) -> ActionCode
    {
        var steps = opening
        for action in actions { add(action, to: &steps) }
        count(0, at: actions.last?.range ?? range, isLast: true, in: &steps)
        return steps.code
    }
}
