import DebugInfo
import Diagnostics
import StapLanguage

/// Checks a handler at one probed address: every target expression that may be evaluated there.
struct HandlerCheck {
    /// What is known of the place that the handler runs at.
    enum Mode {
        /// An address of a program.
        case site(ProbeSite, in: Binary, isReturn: Bool)
        /// A place with variables of its own, such as a static mark or a tracepoint.
        case variables(PointVariables)
        /// A place without target variables, such as a timer; the component's name.
        case noVariables(String)
        /// A place that was not looked into.
        case unknown
    }

    /// A problem and where it is.
    struct Finding {
        var problem: ResolverProblem
        var range: SourceRange
    }

    let mode: Mode
    let store: BinaryStore
    /// The kernel, where it is known.
    let kernel: KernelStore?
    /// The script's functions that hold target expressions, which stap resolves where they are called.
    let functions: [String: [FunctionDeclaration]]
    /// What script variables point to, by the target expressions that were assigned to them.
    var variableTypes: [String: PointerType] = [:]
    /// The same of the script's global variables, which all probes share.
    let globalTypes: GlobalPointerTypes
    /// Whether this is the first look, which only gathers what variables point to.
    private(set) var isCollecting = false
    private var visited: Set<String> = []
    private(set) var findings: [Finding] = []
    /// What could be held against nothing.
    private(set) var unchecked: [UncheckedPoint] = []
    /// How each target expression is read, in the order of the script.
    private(set) var loads: [TypedLoad] = []
    /// What `@defined` was, by its operand.
    private(set) var definitions: [ResolvedHandler.Definition] = []

    init(
        mode: Mode, store: BinaryStore, kernel: KernelStore?, functions: [String: [FunctionDeclaration]],
        globalTypes: GlobalPointerTypes
    ) {
        self.globalTypes = globalTypes
        variableTypes = globalTypes.types
        self.mode = mode
        self.store = store
        self.kernel = kernel
        self.functions = functions
    }

    /// Takes note of how a target expression is read; one that is met again is the same.
    mutating func take(_ load: TypedLoad) {
        if !isCollecting, loads.last != load { loads.append(load) }
    }

    /// Takes note of an expression that could be held against nothing.
    mutating func pass(over range: SourceRange, _ reason: UncheckedPoint.Reason) {
        if !isCollecting { unchecked.append(.init(range: range, text: range.text, reason: reason)) }
    }

    /// Takes note of a problem.
    mutating func report(_ problem: ResolverProblem, at range: SourceRange) {
        findings.append(Finding(problem: problem, range: range))
    }

    /// Checks all that runs at the place.
    mutating func check(_ bodies: [Statement]) {
        // A variable's type counts wherever it is assigned, also behind its use.
        if bodies.contains(where: \.dereferencesScriptValues) {
            for _ in 0..<2 {
                var first = self
                first.isCollecting = true
                for body in bodies { first.check(body) }
                variableTypes = first.variableTypes
            }
        }
        for body in bodies { check(body) }
    }

    /// Checks a statement and all inside that may run.
    mutating func check(_ statement: Statement) {
        if case .if(let condition, let then, let otherwise) = statement.kind {
            check(condition)
            switch truth(of: condition) {
            case true?: check(then)
            case false?: if let otherwise { check(otherwise) }
            case nil:
                check(then)
                if let otherwise { check(otherwise) }
            }
            return
        }
        let children = statement.children
        for expression in children.expressions { check(expression) }
        for inner in children.statements { check(inner) }
    }

    /// Checks an expression and all inside that may be evaluated.
    mutating func check(_ expression: Expression) {
        switch expression.kind {
        case .target(let target): _ = resolve(target, at: expression.range)
        case .defined(let inner): define(inner)
        case .entry(let inner):
            switch mode {
            case .site(_, _, isReturn: false), .noVariables: report(.entryOutsideReturn, at: expression.range)
            case .variables(let variables) where !variables.isReturn:
                report(.entryOutsideReturn, at: expression.range)
            default: break
            }
            check(inner)
        case .ternary(let condition, let then, let otherwise):
            check(condition)
            let value = truth(of: condition)
            if value != false { check(then) }
            if value != true { check(otherwise) }
        case .binary(.and, let left, let right):
            check(left)
            if truth(of: left) != false { check(right) }
        case .binary(.or, let left, let right):
            check(left)
            if truth(of: left) != true { check(right) }
        case .assignment(let sign, let left, let right):
            check(left)
            checkWrite(to: left, isPlain: sign == .assign)
            if sign == .assign { assign(right, to: left) } else { check(right) }
        case .increment(_, _, let place):
            check(place)
            checkWrite(to: place, isPlain: false)
        case .call(let name, let arguments):
            for argument in arguments { check(argument) }
            checkFunction(name.text)
        case .variable(let name): checkFunction(name.text)
        default: for child in expression.children { check(child) }
        }
    }

    /// Takes note of what a `@defined` is here.
    private mutating func define(_ inner: Expression) {
        guard !isCollecting, let isDefined = isDefined(inner),
            !definitions.contains(where: { $0.range == inner.range })
        else { return }
        definitions.append(.init(range: inner.range, isDefined: isDefined))
    }

    /// What of the traced program may be written to, once guru mode allows it: values, by `=` alone.
    private mutating func checkWrite(to place: Expression, isPlain: Bool) {
        guard case .target(let target) = place.kind else { return }
        if !isPlain { report(.writeOperator(place.range.text), at: place.range) }
        let load = loads.last { $0.range == place.range }
        var isPlace = !target.isText && !target.isAddress
        if load?.value == .address { isPlace = false }
        if case .constant? = load?.start { isPlace = false }
        if case .variables(let variables) = mode, case .variable(let name) = target.root,
            case .number? = variables[name.text]
        {
            isPlace = false
        }
        if !isPlace { report(.notWritable(place.range.text), at: place.range) }
    }

    /// Remembers the type that a script variable takes from a target expression, as stap does.
    private mutating func assign(_ value: Expression, to place: Expression) {
        guard case .variable(let name) = place.kind else { return check(value) }
        guard let type = pointerType(of: value) else { return }
        let merged = variableTypes[name.text].map { $0.merged(with: type) } ?? type
        variableTypes[name.text] = merged
        globalTypes.note(name.text, merged)
    }

    /// Checks an expression; what it points to, where stap remembers that, or nil.
    mutating func pointerType(of value: Expression) -> PointerType? {
        switch value.kind {
        case .target(let target):
            if case .unknown = mode { return .opaque }
            return resolve(target, at: value.range).map { .pointee($0) } ?? .conflicting
        case .variable(let name):
            check(value)
            return variableTypes[name.text]
        case .call, .entry:
            check(value)
            return .opaque
        case .ternary(let condition, let then, let otherwise):
            check(condition)
            if let value = truth(of: condition) { return pointerType(of: value ? then : otherwise) }
            // Both are checked, whatever the first one points to.
            let arms = [pointerType(of: then), pointerType(of: otherwise)]
            guard let first = arms[0], let second = arms[1] else { return nil }
            return first.merged(with: second)
        default:
            check(value)
            return nil
        }
    }

    /// Checks the functions of a name, once, as if they stood here.
    private mutating func checkFunction(_ name: String) {
        guard let called = functions[name], visited.insert(name).inserted else { return }
        let outer = variableTypes
        for function in called {
            variableTypes = globalTypes.types
            if case .block(let body) = function.body { check(body) }
        }
        variableTypes = outer
    }

    /// Whether everything in the operand of a `@defined` can be had here; nil where that is not known.
    func isDefined(_ inner: Expression) -> Bool? {
        if case .unknown = mode { return nil }
        var trial = self
        trial.findings = []
        trial.check(inner)
        return trial.findings.isEmpty
    }

    /// Whether the read of a target expression counts as an effect with stap: one that begins at an address which the
    /// program's file fixes, and that of a `float`, which a function of the tapset widens that is not declared pure.
    func hasEffects(_ target: TargetExpression, at range: SourceRange) -> Bool {
        var trial = self
        trial.loads = []
        _ = trial.resolve(target, at: range)
        if trial.loads.last?.value == .float { return true }
        switch trial.loads.last?.start {
        case .fixed?: return true
        case .location(let location)?: return location.fixedAddress != nil
        default: return false
        }
    }

    /// Whether a condition is known before the script runs, because `@defined` or a literal decides it.
    private func truth(of condition: Expression) -> Bool? {
        switch condition.kind {
        case .number(let number): return number != 0
        case .defined(let inner): return isDefined(inner)
        case .unary(.not, let inner): return truth(of: inner).map { !$0 }
        case .binary(.and, let left, let right):
            let (first, second) = (truth(of: left), truth(of: right))
            if first == false || second == false { return false }
            return first == true && second == true ? true : nil
        case .binary(.or, let left, let right):
            let (first, second) = (truth(of: left), truth(of: right))
            if first == true || second == true { return true }
            return first == false && second == false ? false : nil
        default: return nil
        }
    }
}
