import Diagnostics
import Resolver
import StapLanguage

/// Lowers one handler at its place, or a function as that handler calls it.
final class ScopeLowering {
    let builder: ProgramBuilder
    let types: ScopeTypes
    let site: ProgramBuilder.Site
    private let definitions: [ResolvedHandler.Definition]
    /// The functions that read something at this place.
    var functionIndexes: [String: Int] = [:]
    private var locals: [LocalVariable] = []
    private var localIndexes: [String: Int] = [:]
    private var entries: [Term] = []
    /// Whether what is lowered is evaluated where the function begins, for its return probe.
    private var isAtEntry = false
    /// The handler that this is a function of.
    private var outer: ScopeLowering?

    init(
        _ builder: ProgramBuilder, types: ScopeTypes, site: ProgramBuilder.Site,
        definitions: [ResolvedHandler.Definition], outer: ScopeLowering? = nil
    ) {
        self.builder = builder
        self.types = types
        self.site = site
        self.definitions = definitions
        self.outer = outer
    }

    // MARK: - Wholes

    func handler(_ bodies: [Statement], condition: Expression?, at range: SourceRange) -> Handler {
        var handler = Handler(range: range)
        handler.condition = condition.map { term($0) }
        handler.body = bodies.flatMap { actions($0) }
        handler.locals = locals
        handler.entries = entries
        return handler
    }

    /// The scope of a function that this handler calls.
    func inFunction(_ types: ScopeTypes) -> ScopeLowering {
        ScopeLowering(builder, types: types, site: site, definitions: definitions, outer: outer ?? self)
    }

    func function(_ declaration: FunctionDeclaration, _ body: Statement) -> Function {
        for parameter in types.parameters { _ = local(parameter) }
        let body = actions(body)
        return Function(
            name: declaration.name.text, parameterCount: types.parameters.count, locals: locals,
            result: types.result, body: body, range: declaration.range)
    }

    // MARK: - Names

    /// The place of a local variable, which its first use makes.
    func local(_ name: String) -> Int {
        if let known = localIndexes[name] { return known }
        localIndexes[name] = locals.count
        locals.append(LocalVariable(name: name, type: types.locals[name] ?? .integer))
        return locals.count - 1
    }

    func localType(_ index: Int) -> ValueType { locals[index].type }

    /// The index of a global variable, unless a parameter hides it.
    func global(_ name: String) -> Int? {
        types.parameters.contains(name) ? nil : builder.globalIndexes[name]
    }

    /// Whether a function's variables are to be saved at its entry for what is lowered.
    var savesVariables: Bool { site.isReturn && !isAtEntry }

    /// A value as it was where the function began.
    func saved(at range: SourceRange, _ operand: () -> Term) -> Term {
        isAtEntry = true
        let operand = operand()
        isAtEntry = false
        return Term(.entry(entry(operand)), operand.type, at: range)
    }

    /// The index of an `@entry` operand, the handler's own.
    private func entry(_ operand: Term) -> Int {
        if let outer { return outer.entry(operand) }
        entries.append(operand)
        return entries.count - 1
    }

    /// How a target expression is read here.
    func load(at range: SourceRange) -> TypedLoad? { site.loads.first { $0.range == range } }

    /// Whether a `@defined` holds.
    private func isDefined(_ inner: Expression) -> Bool? {
        definitions.first { $0.range == inner.range }?.isDefined
    }

    /// Whether a condition is known before the script runs: the resolver passed over what it rules out.
    func truth(_ condition: Expression) -> Bool? {
        switch condition.kind {
        case .number(let number): return number != 0
        case .defined(let inner): return isDefined(inner)
        case .unary(.not, let inner): return truth(inner).map { !$0 }
        case .binary(.and, let left, let right):
            let (first, second) = (truth(left), truth(right))
            if first == false || second == false { return false }
            return first == true && second == true ? true : nil
        case .binary(.or, let left, let right):
            let (first, second) = (truth(left), truth(right))
            if first == true || second == true { return true }
            return first == false && second == false ? false : nil
        default: return nil
        }
    }

    // MARK: - Statements

    func actions(_ statement: Statement) -> [Action] {
        let range = statement.range
        switch statement.kind {
        case .empty: return []
        case .block(let statements): return statements.flatMap { actions($0) }
        case .expression(let expression): return [effect(expression, at: range)]
        case .if(let condition, let then, let otherwise):
            switch truth(condition) {
            case true?: return actions(then)
            case false?: return otherwise.map { actions($0) } ?? []
            case nil:
                let kind = Action.Kind.choose(
                    term(condition), then: actions(then), otherwise: otherwise.map { actions($0) } ?? [])
                return [Action(kind, at: range)]
            }
        case .while(let condition, let body):
            return [Action(.loop(condition: term(condition), step: nil, body: actions(body)), at: range)]
        case .for(let initial, let condition, let step, let body):
            let first = initial.map { [effect($0, at: $0.range)] } ?? []
            let kind = Action.Kind.loop(
                condition: condition.map { term($0) }, step: step.map { term($0) }, body: actions(body))
            return first + [Action(kind, at: range)]
        case .foreach(let loop): return foreach(loop, at: range)
        case .try(let body, let error, let handler):
            let kind = Action.Kind.attempt(
                body: actions(body), error: error.map { local($0.text) }, handler: actions(handler))
            return [Action(kind, at: range)]
        case .return(let value): return [Action(.leave(value.map { term($0) }), at: range)]
        case .delete(let operand): return delete(operand, at: range)
        case .break: return [Action(.exitLoop, at: range)]
        case .continue: return [Action(.nextRound, at: range)]
        case .next: return [Action(.next, at: range)]
        }
    }

    private func effect(_ expression: Expression, at range: SourceRange) -> Action {
        guard case .print(let call) = expression.kind, call.isOutput else {
            return Action(.evaluate(term(expression)), at: range)
        }
        if call.arguments.count == 1, case .histogram(let operand, let shape) = call.arguments[0].kind,
            let (index, keys) = statistic(operand)
        {
            return Action(.printHistogram(shape, of: index, keys), at: range)
        }
        let arguments = call.arguments.map { term($0) }
        return Action(.print(call.printFormat(arguments.map(\.type)), arguments), at: range)
    }

    private func foreach(_ loop: Foreach, at range: SourceRange) -> [Action] {
        if case .histogram(_, let shape) = loop.collection.kind, let name = loop.indexes.first {
            return buckets(of: shape, by: local(name.text), loop, at: range)
        }
        guard case .variable(let name) = loop.collection.kind, let array = global(name.text) else {
            builder.report(.unresolvedTarget(loop.collection.range.text), at: loop.collection.range)
            return []
        }
        let limit = loop.limit.map { term($0) }
        let slice = (loop.slice ?? []).map { $0.map { term($0) } }
        let keys = loop.indexes.map { local($0.text) }
        let value = loop.value.map { local($0.text) }
        return [
            Action(
                .foreach(
                    ForeachLoop(
                        array: array, keys: keys, value: value, slice: slice, sorting: loop.sorting,
                        limit: limit, body: actions(loop.body))), at: range)
        ]
    }

    private func delete(_ operand: Expression, at range: SourceRange) -> [Action] {
        switch operand.kind {
        case .variable(let name):
            guard let index = global(name.text) else {
                let variable = local(name.text)
                let zero = Term.zero(localType(variable), at: range)
                return [
                    Action(.evaluate(.init(.assign(.local(variable), zero), zero.type, at: range)), at: range)
                ]
            }
            return [Action(.clear(index), at: range)]
        case .element(let base, let indexes):
            guard case .variable(let name) = base.kind, let array = global(name.text) else { return [] }
            return [Action(.remove(array, indexes.map { $0.map { term($0) } }), at: range)]
        default: return []
        }
    }

    /// The statistic that an extractor reads.
    func statistic(_ operand: Expression) -> (Int, [Term])? {
        switch operand.kind {
        case .variable(let name): return global(name.text).map { ($0, []) }
        case .element(let base, let indexes):
            guard case .variable(let name) = base.kind, let array = global(name.text) else { return nil }
            return (array, indexes.compactMap { $0.map { term($0) } })
        default: return nil
        }
    }
}

extension Term {
    /// What a variable starts as.
    static func zero(_ type: ValueType, at range: SourceRange) -> Term {
        Term(type == .text ? .text([]) : .number(0), type, at: range)
    }
}
