import Diagnostics
import StapLanguage

/// Infers the type of every expression and variable to a fixpoint, by the rules of stap's own inference.
///
/// A node or variable keeps the first type that it takes; a later one that differs is a problem at its place.
struct TypeInference {
    private let probes: [ScriptProbe]
    private let functions: [ScriptFunction]
    private let names: ScriptNames
    private var newlyResolved = 0
    private var stillUnresolved = 0
    /// Whether what has no type, or a wrong one, is told now.
    private var isLast = false
    private var current: ScriptFunction?
    private var told: Set<Int> = []
    private var untyped: Set<ObjectIdentifier> = []
    /// The locals that are read or written, those that count.
    private var used: Set<ObjectIdentifier> = []

    /// How a mismatch at a place is to be told, where its surroundings know better.
    private var phrasing: (key: Int, problem: (ValueType) -> TypeProblem)?

    private static let mostRounds = 200

    init(_ probes: [ScriptProbe], _ names: ScriptNames) {
        self.probes = probes
        self.names = names
        // A body's own evidence comes before that of its callers.
        functions = names.functions.filter(\.isTapset) + names.functions.filter { !$0.isTapset }
    }

    /// Infers what can be inferred, and tells what contradicts itself.
    mutating func inferEarly() {
        isLast = false
        converge()
    }

    /// Infers in what is left of the script, and tells what has no type.
    mutating func inferFinally(_ use: VariableUse) {
        used = use.read.union(use.written)
        isLast = false
        converge()
        guard stillUnresolved > 0, names.findings.isEmpty else { return }
        isLast = true
        pass()
    }

    private mutating func converge() {
        for _ in 0..<Self.mostRounds {
            pass()
            if newlyResolved == 0 { return }
        }
    }

    private mutating func pass() {
        newlyResolved = 0
        stillUnresolved = 0
        for function in functions {
            current = function
            if let body = function.body { visit(body) }
            for local in function.localOrder { check(local: local) }
        }
        current = nil
        for probe in probes {
            if let body = probe.body { visit(body) }
            for local in probe.localOrder { check(local: local) }
            for condition in probe.conditions { visit(condition, .long) }
        }
        for global in names.globalOrder where used.contains(ObjectIdentifier(global)) {
            if global.type == nil { unresolved(global, at: global.range) }
            if global.wraps, global.arity == 0 {
                stillUnresolved += 1
                tell(.wrappedScalar(global.name), at: global.range, whenLast: true)
            }
        }
    }

    private mutating func check(local: ScriptVariable) {
        guard used.contains(ObjectIdentifier(local)) else { return }
        if local.type == nil { unresolved(local, at: local.range) }
        if local.type == .stats {
            stillUnresolved += 1
            tell(.localStatistic(local.name), at: local.range, whenLast: true)
        }
    }

    // MARK: - Problems

    private mutating func tell(_ problem: TypeProblem, at range: SourceRange, whenLast: Bool = false) {
        if whenLast, !isLast { return }
        guard told.insert(Self.key(range)).inserted else { return }
        names.report(problem, at: range)
    }

    private mutating func unresolved(_ variable: ScriptVariable, at range: SourceRange) {
        stillUnresolved += 1
        guard isLast, untyped.insert(ObjectIdentifier(variable)).inserted else { return }
        var known = Set(names.globals.keys)
        for probe in probes where probe.locals[variable.name] === variable {
            known.formUnion(probe.locals.keys)
        }
        for function in functions where function.locals[variable.name] === variable {
            known.formUnion(function.locals.keys)
            known.formUnion(function.parameters.map(\.name))
        }
        tell(
            .neverAssigned(variable.name, isGlobal: variable.isGlobal, known: known.sorted()),
            at: variable.range,
            whenLast: true)
    }

    /// A node that still has no type: only a call's is told here, as a variable's is told with the variable.
    private mutating func unresolved(_ node: ScriptNode) {
        stillUnresolved += 1
        if case .call(let functions) = node.kind, let function = functions.first {
            tell(.noResult(function.declaration.name.text), at: node.range, whenLast: true)
        }
    }

    private mutating func mismatch(_ node: ScriptNode, expected: ValueType, found: ValueType) {
        stillUnresolved += 1
        if let phrasing, phrasing.key == Self.key(node.range) {
            tell(phrasing.problem(found), at: node.range)
        } else {
            tell(.mismatch(found: found, expected: expected), at: node.range)
        }
    }

    /// A value whose kind may not stand here at all.
    private mutating func invalid(_ node: ScriptNode, _ type: ValueType) {
        stillUnresolved += 1
        if type == .stats {
            tell(.statisticAsValue(node.range.text), at: node.range, whenLast: true)
        }
    }

    private mutating func set(_ node: ScriptNode, _ type: ValueType) {
        guard node.type == nil else { return }
        node.type = type
        newlyResolved += 1
    }

    // MARK: - Statements

    private mutating func visit(_ step: ScriptStep) {
        switch step.kind {
        case .none, .loopJump, .next: break
        case .expression(let value): visit(value, nil)
        case .block(let steps): for step in steps { visit(step) }
        case .if(let condition, let then, let otherwise):
            visit(condition, .long)
            if let then { visit(then) }
            if let otherwise { visit(otherwise) }
        case .loop(let initial, let condition, let next, let body):
            if let initial { visit(initial, nil) }
            if let condition { visit(condition, .long) }
            if let next { visit(next, nil) }
            if let body { visit(body) }
        case .foreach(let loop, let body):
            visit(loop)
            if let body { visit(body) }
        case .try(let body, let error, let handler):
            if let body { visit(body) }
            if let error { visit(error, .string) }
            if let handler { visit(handler) }
        case .return(let value): visitReturn(value, at: step.range)
        case .delete(let operand): visit(operand, nil)
        }
    }

    private mutating func visitReturn(_ value: ScriptNode?, at range: SourceRange) {
        guard let function = current, let value else { return }
        visit(value, function.result)
        guard let type = value.type else { return }
        if type == .stats { return invalid(value, type) }
        if let result = function.result {
            guard result != type else { return }
            stillUnresolved += 1
            tell(
                .conflict(
                    .result(of: function.declaration.name.text), found: type, known: result,
                    at: function.resultRange), at: value.range)
        } else {
            function.result = type
            function.resultRange = value.range
            newlyResolved += 1
        }
    }

    private mutating func visit(_ loop: ScriptLoop) {
        var wanted: ValueType?
        if let histogram = loop.histogram {
            for index in loop.indexes { visit(index, .long) }
            visit(histogram, nil)
            wanted = .long
        } else if let array = loop.array {
            visitIndexes(loop.indexes, of: array)
            if !loop.slice.isEmpty { visitIndexes(loop.slice, of: array) }
            if array.type == nil { stillUnresolved += 1 }
            wanted = array.type
        }
        if let value = loop.value {
            if wanted == .stats {
                invalid(value, .stats)
            } else if let wanted {
                argument(value, wanted) { .mismatch(found: $0, expected: wanted) }
            } else {
                visit(value, nil)
            }
        }
        if loop.sortsByAggregate, let wanted, wanted != .stats, let array = loop.array {
            stillUnresolved += 1
            tell(.sortedByAggregate(array.name), at: loop.arrayRange, whenLast: true)
        }
        if let limit = loop.limit { visit(limit, .long) }
    }

    private mutating func visitIndexes(_ indexes: [ScriptNode?], of array: ScriptVariable) {
        for (number, index) in indexes.enumerated() where number < array.indexTypes.count {
            guard let index else { continue }
            let known = array.indexTypes[number]
            visit(index, known) { found in
                .conflict(
                    .index(number, of: array.name), found: found, known: known ?? found,
                    at: array.indexRanges[number])
            }
            guard let type = index.type else {
                unresolved(index)
                continue
            }
            if type == .stats {
                invalid(index, type)
            } else if let known = array.indexTypes[number] {
                if known != type {
                    stillUnresolved += 1
                    tell(
                        .conflict(
                            .index(number, of: array.name), found: type, known: known,
                            at: array.indexRanges[number]), at: index.range)
                }
            } else {
                array.indexTypes[number] = type
                array.indexRanges[number] = index.range
                newlyResolved += 1
            }
        }
    }

    // MARK: - Expressions

    /// An operand that must have a type.
    private mutating func argument(
        _ node: ScriptNode, _ wanted: ValueType, _ problem: @escaping (ValueType) -> TypeProblem
    ) {
        visit(node, wanted, problem)
        guard let type = node.type else {
            if case .broken = node.kind { return }
            node.type = wanted
            newlyResolved += 1
            return
        }
        if type != wanted {
            stillUnresolved += 1
            tell(problem(type), at: node.range)
        }
    }

    /// Visits an operand of which its surroundings say best what is wrong.
    private mutating func visit(
        _ node: ScriptNode, _ expected: ValueType?, _ problem: @escaping (ValueType) -> TypeProblem
    ) {
        let outer = phrasing
        phrasing = (Self.key(node.range), problem)
        visit(node, expected)
        phrasing = outer
    }

    private mutating func visit(_ node: ScriptNode, _ expected: ValueType?) {
        switch node.kind {
        case .number, .string:
            if let expected, let type = node.type, type != expected {
                mismatch(node, expected: expected, found: type)
            }
        case .symbol(let variable): link(node, variable, expected)
        case .element(let variable):
            link(node, variable, expected)
            visitIndexes(node.children, of: variable)
        case .bucket:
            if let index = node.children.first ?? nil { visit(index, .long) }
            if let histogram = node.children.last ?? nil { visit(histogram, nil) }
            give(node, .long, expected)
        case .histogram, .statistic:
            for operand in node.operands { visit(operand, .stats) }
            give(node, .long, expected)
        case .call(let functions): visitCall(node, functions, expected)
        case .print(let call): visitPrint(node, call, expected)
        case .typed(let type, _), .target(let type, _):
            for child in node.operands { visit(child, .long) }
            give(node, type, expected)
        case .code(let type, _): set(node, type)
        case .unary, .increment:
            for operand in node.operands { visit(operand, .long) }
            give(node, .long, expected)
        case .arithmetic, .logical:
            visitNumbers(node)
            sides(node, node.operands[0], node.operands[1])
            give(node, .long, expected)
        case .comparison: visitComparison(node, expected)
        case .concatenation, .regexMatch:
            for operand in node.operands { visit(operand, .string) }
            if case .concatenation = node.kind {
                give(node, .string, expected)
            } else {
                give(node, .long, expected)
            }
        case .membership(let array):
            if array.type == nil { stillUnresolved += 1 }
            visitIndexes(node.children, of: array)
            give(node, .long, expected)
        case .ternary: visitTernary(node, expected)
        case .assignment(let sign): visitAssignment(node, sign, expected)
        case .broken: for child in node.operands { visit(child, nil) }
        }
    }

    /// Gives a node the one type that it can have.
    private mutating func give(_ node: ScriptNode, _ type: ValueType, _ expected: ValueType?) {
        set(node, type)
        if let expected, expected != type { mismatch(node, expected: expected, found: type) }
    }

    /// A use of a variable: types flow both ways.
    private mutating func link(_ node: ScriptNode, _ variable: ScriptVariable, _ expected: ValueType?) {
        if node.type == nil, let type = variable.type ?? expected { set(node, type) }
        if variable.type == nil, let type = node.type {
            variable.type = type
            variable.typeRange = node.range
            newlyResolved += 1
        }
        guard let type = variable.type else {
            stillUnresolved += 1
            return
        }
        if let own = node.type, own != type { return conflict(node, variable, own) }
        if let expected, expected != type { conflict(node, variable, expected) }
    }

    private mutating func conflict(_ node: ScriptNode, _ variable: ScriptVariable, _ found: ValueType) {
        stillUnresolved += 1
        guard let known = variable.type else { return }
        var subject = TypeProblem.Subject.variable(node.range.text)
        if case .symbol = node.kind { subject = .variable(variable.name) }
        if known == .stats { return tell(.statisticAsValue(node.range.text), at: node.range) }
        // Where the tapset's use came second, the script's first one is what does not fit.
        if names.isTapset(node.range), let place = variable.typeRange, !names.isTapset(place) {
            return tell(.conflict(subject, found: known, known: found, at: nil), at: place)
        }
        tell(.conflict(subject, found: found, known: known, at: variable.typeRange), at: node.range)
    }

    private mutating func visitNumbers(_ node: ScriptNode) {
        for operand in node.operands { visit(operand, .long) }
    }

    private mutating func visitComparison(_ node: ScriptNode, _ expected: ValueType?) {
        let (left, right) = (node.operands[0], node.operands[1])
        visit(left, right.type)
        visit(right, left.type)
        sides(node, left, right)
        give(node, .long, expected)
    }

    private mutating func sides(_ node: ScriptNode, _ left: ScriptNode, _ right: ScriptNode) {
        guard let first = left.type, let second = right.type, first != second else { return }
        stillUnresolved += 1
        // Told already at the side that is wrong, where one is.
        for side in [left, right] where told.contains(Self.key(side.range)) { return }
        tell(.sides(first, second), at: node.range)
    }

    private static func key(_ range: SourceRange) -> Int { range.lower &* 1_000_003 &+ range.upper }

    private mutating func visitTernary(_ node: ScriptNode, _ expected: ValueType?) {
        visit(node.operands[0], .long)
        let wanted = expected ?? node.type
        visit(node.operands[1], wanted)
        visit(node.operands[2], wanted)
        if node.type == nil, let type = wanted ?? node.operands[1].type ?? node.operands[2].type {
            set(node, type)
        }
    }

    private mutating func visitAssignment(
        _ node: ScriptNode, _ sign: AssignmentOperator, _ expected: ValueType?
    ) {
        let (left, right) = (node.operands[0], node.operands[1])
        switch sign {
        case .accumulate:
            visit(left, .stats)
            visit(right, .long)
            give(node, .long, expected)
        case .concatenate:
            visit(left, .string)
            visit(right, .string)
            give(node, .string, expected)
        case .assign:
            if left.type == .stats { return invalid(left, .stats) }
            if right.type == .stats { return invalid(right, .stats) }
            let wanted = expected ?? node.type
            visit(left, wanted ?? right.type)
            visit(right, wanted ?? left.type)
            if let type = wanted ?? left.type { set(node, type) }
            sides(node, left, right)
        default:
            if left.type == .stats { return invalid(left, .stats) }
            visitNumbers(node)
            give(node, .long, expected)
        }
    }

    private mutating func visitCall(
        _ node: ScriptNode, _ functions: [ScriptFunction], _ expected: ValueType?
    ) {
        for function in functions {
            if node.type == nil, let type = function.result ?? expected { set(node, type) }
            if function.result == nil, let type = node.type, function.code == nil || expected != nil {
                // C code returns what it declares and nothing else.
                if function.code == nil {
                    function.result = type
                    function.resultRange = node.range
                    newlyResolved += 1
                }
            }
            if let result = function.result {
                if let own = node.type, own != result || expected != nil && expected != result {
                    stillUnresolved += 1
                    let wanted = expected ?? own
                    tell(
                        result == wanted
                            ? .mismatch(found: own, expected: wanted)
                            : .mismatch(found: result, expected: wanted), at: node.range)
                }
            }
            for (argument, parameter) in zip(node.operands, function.parameters) {
                visit(argument, parameter, of: function)
            }
        }
    }

    private mutating func visit(
        _ argument: ScriptNode, _ parameter: ScriptVariable, of function: ScriptFunction
    ) {
        visit(argument, parameter.type) { found in
            .conflict(
                .parameter(parameter.name, of: function.declaration.name.text), found: found,
                known: parameter.type ?? found, at: parameter.typeRange)
        }
        guard let type = argument.type else { return unresolved(argument) }
        if type == .stats { return invalid(argument, type) }
        if let known = parameter.type {
            guard known != type else { return }
            stillUnresolved += 1
            tell(
                .conflict(
                    .parameter(parameter.name, of: function.declaration.name.text), found: type, known: known,
                    at: parameter.typeRange), at: argument.range)
        } else {
            parameter.type = type
            parameter.typeRange = argument.range
            newlyResolved += 1
        }
    }

    private mutating func visitPrint(_ node: ScriptNode, _ call: ScriptPrint, _ expected: ValueType?) {
        if let conversions = call.conversions {
            let takes = conversions.reduce(0) { $0 + $1.wanted.count }
            guard takes == node.operands.count else {
                stillUnresolved += 1
                tell(
                    .formatArguments(call.name.text, given: node.operands.count, takes: takes), at: node.range
                )
                for operand in node.operands { visit(operand, nil) }
                return give(node, call.isOutput ? .long : .string, expected)
            }
            var operands = node.operands[...]
            for conversion in conversions {
                for (number, wanted) in conversion.wanted.enumerated() {
                    let text = number + 1 == conversion.wanted.count ? conversion.text : "*"
                    if let operand = operands.popFirst() {
                        argument(operand, wanted) { .formatType(text, found: $0, expected: wanted) }
                    }
                }
            }
        } else {
            for operand in node.operands {
                visit(operand, nil)
                if operand.type == nil { unresolved(operand) }
            }
        }
        give(node, call.isOutput ? .long : .string, expected)
    }
}
