import StapLanguage

/// Finds the types of a script's variables and functions, from what is done with them, to a fixpoint.
///
/// The resolver has checked that nothing contradicts itself, so the first evidence is taken.
struct TypePropagation {
    private(set) var globals: [String: GlobalTypes] = [:]
    private(set) var functions: [String: ScopeTypes] = [:]
    private let declarations: [String: FunctionDeclaration]
    private var hasChanged = false

    init(_ tree: ScriptTree, _ declarations: [String: FunctionDeclaration]) {
        self.declarations = declarations
        for global in tree.globals {
            var types = GlobalTypes()
            switch global.initialValue {
            case .number?: types.value = .integer
            case .string?: types.value = .text
            case nil: break
            }
            globals[global.name.text] = types
        }
        for (key, function) in declarations {
            functions[key] = ScopeTypes(parameters: function.parameters, result: function.resultType)
        }
    }

    /// What functions are known by: functions of one name may differ in the number of their parameters.
    static func key(_ name: String, _ count: Int) -> String { "\(name)/\(count)" }

    /// Goes over all handlers and the functions until nothing new is learnt.
    mutating func run(_ handlers: [(bodies: [Statement], condition: Expression?, scope: ScopeTypes)]) {
        repeat {
            hasChanged = false
            for (key, function) in declarations {
                guard case .block(let body) = function.body, let scope = functions[key] else { continue }
                visit(body, scope)
            }
            for handler in handlers {
                if let condition = handler.condition { visit(condition, .integer, handler.scope) }
                for body in handler.bodies { visit(body, handler.scope) }
            }
        } while hasChanged
    }

    // MARK: - Statements

    private mutating func visit(_ statement: Statement, _ scope: ScopeTypes) {
        switch statement.kind {
        case .return(let value):
            guard let value else { break }
            let type = visit(value, scope.result, scope)
            if scope.result == nil, let type {
                scope.result = type
                hasChanged = true
            }
            return
        case .foreach(let loop): visit(loop, scope)
        case .try(_, let error?, _): set(error.text, .text, scope)
        case .delete(let operand):
            if case .variable = operand.kind { return }
            visit(operand, nil, scope)
            return
        default: break
        }
        let children = statement.children
        if case .foreach = statement.kind {
            for inner in children.statements { visit(inner, scope) }
            return
        }
        for expression in children.expressions { visit(expression, nil, scope) }
        for inner in children.statements { visit(inner, scope) }
    }

    private mutating func visit(_ loop: Foreach, _ scope: ScopeTypes) {
        if let limit = loop.limit { visit(limit, .integer, scope) }
        guard case .variable(let array) = loop.collection.kind else {
            visit(loop.collection, nil, scope)
            for index in loop.indexes { set(index.text, .integer, scope) }
            return
        }
        if let slice = loop.slice { visit(slice, keysOf: array.text, scope) }
        let names = loop.indexes.map(\.text)
        setKeys(array.text, names.map { locals($0, scope) })
        for (number, name) in names.enumerated() {
            if let type = globals[array.text]?.keys?[number] { set(name, type, scope) }
        }
        if let value = loop.value?.text {
            if let type = globals[array.text]?.value { set(value, type, scope) }
            if let type = locals(value, scope) { setValue(array.text, type) }
        }
    }

    // MARK: - Names

    private func locals(_ name: String, _ scope: ScopeTypes) -> ValueType? {
        if let global = globals[name], scope.locals[name] == nil, !scope.parameters.contains(name) {
            return global.value
        }
        return scope.locals[name]
    }

    private mutating func set(_ name: String, _ type: ValueType, _ scope: ScopeTypes) {
        if globals[name] != nil, !scope.parameters.contains(name) { return setValue(name, type) }
        guard scope.locals[name] == nil else { return }
        scope.locals[name] = type
        hasChanged = true
    }

    private mutating func setValue(_ name: String, _ type: ValueType) {
        guard globals[name] != nil, globals[name]?.value == nil, globals[name]?.isStatistic == false else {
            return
        }
        globals[name]?.value = type
        hasChanged = true
    }

    private mutating func setKeys(_ name: String, _ types: [ValueType?]) {
        guard globals[name] != nil, !types.isEmpty else { return }
        if globals[name]?.keys == nil {
            globals[name]?.keys = types.map { _ in nil }
            hasChanged = true
        }
        for (number, type) in types.enumerated() {
            guard let type, globals[name]?.keys?.indices.contains(number) == true,
                globals[name]?.keys?[number] == nil
            else { continue }
            globals[name]?.keys?[number] = type
            hasChanged = true
        }
    }

    private mutating func visit(_ indexes: [Expression?], keysOf name: String, _ scope: ScopeTypes) {
        let known = globals[name]?.keys
        let types = indexes.enumerated().map { number, index in
            let wanted = known.flatMap { $0.indices.contains(number) ? $0[number] : nil }
            return index.flatMap { visit($0, wanted, scope) }
        }
        setKeys(name, types)
    }

    private mutating func markStatistic(_ operand: Expression, _ scope: ScopeTypes, _ shape: Histogram? = nil)
    {
        guard let name = operand.arrayName else { return }
        if case .element(_, let indexes) = operand.kind { visit(indexes, keysOf: name, scope) }
        guard let known = globals[name] else { return }
        if !known.isStatistic {
            globals[name]?.isStatistic = true
            hasChanged = true
        }
        if let shape, !known.histograms.contains(shape) { globals[name]?.histograms.append(shape) }
    }

    // MARK: - Expressions

    /// Learns from an expression that has to be of a type, where that is known.
    @discardableResult
    private mutating func visit(
        _ expression: Expression, _ wanted: ValueType?, _ scope: ScopeTypes
    ) -> ValueType? {
        switch expression.kind {
        case .number, .constant, .perf, .register, .embeddedC, .defined: return .integer
        case .string: return .text
        case .variable(let name):
            if let known = locals(name.text, scope) { return known }
            if let wanted { set(name.text, wanted, scope) }
            return wanted
        case .element(let base, let indexes):
            guard case .variable(let name) = base.kind else {
                for child in expression.children { visit(child, .integer, scope) }
                return .integer
            }
            visit(indexes, keysOf: name.text, scope)
            if let wanted { setValue(name.text, wanted) }
            return globals[name.text]?.value
        case .call(let name, let arguments): return call(name.text, arguments, wanted, scope)
        case .print(let call): return visit(call, scope)
        case .target(let target):
            for child in target.children { visit(child, .integer, scope) }
            return target.isText ? .text : .integer
        case .statistic(let sign, let operand, let parameter):
            markStatistic(operand, scope)
            if sign == .variance, let name = operand.arrayName {
                let shift = max(globals[name]?.varianceShift ?? 0, parameter ?? 0)
                globals[name]?.varianceShift = shift
            }
            return .integer
        case .histogram(let operand, let shape):
            markStatistic(operand, scope, shape)
            return nil
        case .entry(let inner): return visit(inner, wanted, scope)
        case .probeWrite, .dereference, .unary, .increment:
            for child in expression.children { visit(child, .integer, scope) }
            return .integer
        case .binary(let sign, let left, let right): return binary(sign, left, right, scope)
        case .regexMatch(let operand, _, _):
            visit(operand, .text, scope)
            return .integer
        case .membership(let indexes, let array):
            if case .variable(let name) = array.kind { visit(indexes, keysOf: name.text, scope) }
            return .integer
        case .ternary(let condition, let then, let otherwise):
            visit(condition, .integer, scope)
            return unify(then, otherwise, wanted, scope)
        case .assignment(let sign, let left, let right):
            switch sign {
            case .accumulate:
                visit(right, .integer, scope)
                markStatistic(left, scope)
                return .integer
            case .concatenate: return unify(left, right, .text, scope)
            case .assign: return unify(left, right, wanted, scope)
            default: return unify(left, right, .integer, scope)
            }
        }
    }

    private mutating func unify(
        _ left: Expression, _ right: Expression, _ wanted: ValueType?, _ scope: ScopeTypes
    ) -> ValueType? {
        let first = visit(left, wanted, scope)
        let second = visit(right, wanted ?? first, scope)
        if first == nil, let second { visit(left, second, scope) }
        return first ?? second
    }

    private mutating func binary(
        _ sign: BinaryOperator, _ left: Expression, _ right: Expression, _ scope: ScopeTypes
    ) -> ValueType? {
        switch sign {
        case .concatenate: return unify(left, right, .text, scope)
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
            _ = unify(left, right, nil, scope)
        default: _ = unify(left, right, .integer, scope)
        }
        return .integer
    }

    private mutating func call(
        _ name: String, _ arguments: [Expression], _ wanted: ValueType?, _ scope: ScopeTypes
    ) -> ValueType? {
        if let called = functions[Self.key(name, arguments.count)] {
            for (argument, parameter) in zip(arguments, called.parameters) {
                let type = visit(argument, called.locals[parameter], scope)
                if called.locals[parameter] == nil, let type {
                    called.locals[parameter] = type
                    hasChanged = true
                }
            }
            if called.result == nil, let wanted {
                called.result = wanted
                hasChanged = true
            }
            return called.result
        }
        let signature = Intrinsic.named(name)?.signature
        for (number, argument) in arguments.enumerated() {
            let known = signature.flatMap {
                $0.parameters.indices.contains(number) ? $0.parameters[number] : nil
            }
            visit(argument, known, scope)
        }
        return signature.map { $0.result ?? .integer }
    }

    private mutating func visit(_ call: PrintCall, _ scope: ScopeTypes) -> ValueType? {
        let wanted = call.formatTypes
        for (number, argument) in call.arguments.enumerated() {
            visit(argument, wanted.flatMap { $0.indices.contains(number) ? $0[number] : nil }, scope)
        }
        return call.isOutput ? nil : .text
    }
}

extension Expression {
    /// The variable of a statistic or of an array's element.
    fileprivate var arrayName: String? {
        switch kind {
        case .variable(let name): name.text
        case .element(let base, _): if case .variable(let name) = base.kind { name.text } else { nil }
        default: nil
        }
    }
}
