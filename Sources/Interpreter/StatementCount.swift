import Lowering

/// How many statements a piece of a program takes at most, as stap's translator counts them, and how deep its functions
/// call each other.
///
/// Where a handler or function has no loop, the number is held against MAXACTION once, at its start; where it has
/// one, statements are counted as they run.
struct StatementCount {
    private let program: Program
    private var calling: Set<Int> = []

    init(_ program: Program) { self.program = program }

    /// The statements of a body; nil where a loop makes them unbounded.
    static func of(_ body: [Action], in program: Program) -> Int? {
        var counter = StatementCount(program)
        return counter.count(body)
    }

    private mutating func count(_ actions: [Action]) -> Int? {
        var total = 0
        for action in actions {
            guard let number = count(action) else { return nil }
            total += number
        }
        return total
    }

    private mutating func count(_ action: Action) -> Int? {
        switch action.kind {
        case .loop, .foreach: return nil
        case .choose(let condition, let then, let otherwise):
            guard let before = count([condition]), let first = count(then), let second = count(otherwise)
            else { return nil }
            return before + 1 + max(first, second)
        case .attempt(let body, _, let handler):
            guard let first = count(body), let second = count(handler) else { return nil }
            return first + second
        default:
            guard let calls = count(action.kind.terms) else { return nil }
            return calls + 1
        }
    }

    private mutating func count(_ terms: [Term]) -> Int? {
        var total = 0
        for term in terms {
            if case .call(let function, _) = term.kind, calling.insert(function).inserted {
                let body = count(program.functions[function].body)
                calling.remove(function)
                guard let body else { return nil }
                total += body
            }
            guard let inner = count(term.kind.terms) else { return nil }
            total += inner
        }
        return total
    }

    /// MAXNESTING as stap's translator sets it: one more than functions call each other, and ten where they recurse.
    var nestingLimit: Int {
        var recurses = false
        var known: [Int: Int] = [:]
        /// How many calls lie below a function's body.
        func depth(below function: Int, _ stack: Set<Int>) -> Int {
            if let depth = known[function] { return depth }
            var deepest = 0
            for callee in Set(Self.calls(program.functions[function].body)) {
                if stack.contains(callee) { recurses = true }
                let inner = stack.contains(callee) ? 0 : depth(below: callee, stack.union([callee]))
                deepest = max(deepest, inner + 1)
            }
            // Within a cycle it depends on where it was entered.
            if !recurses { known[function] = deepest }
            return deepest
        }
        let deepest = program.functions.indices.map { depth(below: $0, []) }.max() ?? 0
        return deepest + 1 + (recurses ? 10 : 0)
    }

    private static func calls(_ actions: [Action]) -> [Int] {
        actions.flatMap { action in calls(action.kind.terms) + action.kind.bodies.flatMap { calls($0) } }
    }

    private static func calls(_ terms: [Term]) -> [Int] {
        terms.flatMap { term -> [Int] in
            let inner = calls(term.kind.terms)
            if case .call(let function, _) = term.kind { return inner + [function] }
            return inner
        }
    }
}
