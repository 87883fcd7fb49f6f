import DebugInfo
import Diagnostics
import StapLanguage

/// Checks a handler at one probed address: every target expression that may be evaluated there.
struct HandlerCheck {
    /// What is known of the place that the handler runs at.
    enum Mode {
        /// An address of a program.
        case site(ProbeSite, in: Binary, isReturn: Bool)
        /// A place with variables of its own, such as a static mark.
        case values(ContextValues)
        /// A place without target variables, such as a timer; the component's name.
        case noVariables(String)
        /// An event with variables of its own, such as a tracepoint.
        case event(EventVariables)
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
    /// The script's functions that hold target expressions, which stap resolves where they are called.
    let functions: [String: [FunctionDeclaration]]
    /// The types that script variables took from target expressions; nil where they took several.
    var variableTypes: [String: DWARFType?] = [:]
    private var visited: Set<String> = []
    private(set) var findings: [Finding] = []

    init(mode: Mode, store: BinaryStore, functions: [String: [FunctionDeclaration]]) {
        self.mode = mode
        self.store = store
        self.functions = functions
    }

    /// Takes note of a problem.
    mutating func report(_ problem: ResolverProblem, at range: SourceRange) {
        findings.append(Finding(problem: problem, range: range))
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
        case .defined: break
        case .entry(let inner):
            switch mode {
            case .site(_, _, isReturn: false), .noVariables: report(.entryOutsideReturn, at: expression.range)
            case .event(let event) where !event.isReturn: report(.entryOutsideReturn, at: expression.range)
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
        case .assignment(.assign, let left, let right):
            check(left)
            assign(right, to: left)
        case .call(let name, let arguments):
            for argument in arguments { check(argument) }
            checkFunction(name.text)
        case .variable(let name): checkFunction(name.text)
        default: for child in expression.children { check(child) }
        }
    }

    /// Remembers the type that a script variable takes from a target expression, as stap does.
    private mutating func assign(_ value: Expression, to place: Expression) {
        guard case .target(let target) = value.kind, case .variable(let name) = place.kind else {
            return check(value)
        }
        let type = resolve(target, at: value.range)
        if let known = variableTypes[name.text] {
            if known?.unqualified?.id != type?.unqualified?.id { variableTypes[name.text] = .some(nil) }
        } else {
            variableTypes[name.text] = .some(type)
        }
    }

    /// Checks the functions of a name, once, as if they stood here.
    private mutating func checkFunction(_ name: String) {
        guard let called = functions[name], visited.insert(name).inserted else { return }
        let outer = variableTypes
        for function in called {
            variableTypes = [:]
            if case .block(let body) = function.body { check(body) }
        }
        variableTypes = outer
    }

    /// Whether a condition is known before the script runs, because `@defined` or a literal decides it.
    private func truth(of condition: Expression) -> Bool? {
        switch condition.kind {
        case .number(let number): return number != 0
        case .defined(let inner):
            if case .unknown = mode { return nil }
            var trial = self
            trial.findings = []
            trial.check(inner)
            return trial.findings.isEmpty
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
