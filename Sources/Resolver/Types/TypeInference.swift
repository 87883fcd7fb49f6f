import Diagnostics
import StapLanguage

/// Infers the type of every expression and variable to a fixpoint, by the rules of stap's own inference.
///
/// A node or variable keeps the first type that it takes; a later one that differs is a problem at its place.
struct TypeInference {
    private let probes: [ScriptProbe]
    private let functions: [ScriptFunction]
    let names: ScriptNames
    var newlyResolved = 0
    var stillUnresolved = 0
    /// Whether what has no type, or a wrong one, is told now.
    private var isLast = false
    private var current: ScriptFunction?
    var told: Set<Int> = []
    private var untyped: Set<ObjectIdentifier> = []
    /// The locals that are read or written, those that count.
    private var used: Set<ObjectIdentifier> = []

    /// How a mismatch at a place is to be told, where its surroundings know better.
    var phrasing: (key: Int, problem: (ValueType) -> TypeProblem)?

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
        // What an unknown function would have decided is not told as missing.
        guard stillUnresolved > 0, names.findings.isEmpty, !names.lacksFunctions else { return }
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

    mutating func tell(_ problem: TypeProblem, at range: SourceRange, whenLast: Bool = false) {
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
    mutating func unresolved(_ node: ScriptNode) {
        stillUnresolved += 1
        if case .call(let functions) = node.kind, let function = functions.first {
            tell(.noResult(function.declaration.name.text), at: node.range, whenLast: true)
        }
    }

    mutating func mismatch(_ node: ScriptNode, expected: ValueType, found: ValueType) {
        stillUnresolved += 1
        if let phrasing, phrasing.key == Self.key(node.range) {
            tell(phrasing.problem(found), at: node.range)
        } else {
            tell(.mismatch(found: found, expected: expected), at: node.range)
        }
    }

    /// A value whose kind may not stand here at all.
    mutating func invalid(_ node: ScriptNode, _ type: ValueType) {
        stillUnresolved += 1
        if type == .stats {
            tell(.statisticAsValue(node.range.text), at: node.range, whenLast: true)
        }
    }

    mutating func set(_ node: ScriptNode, _ type: ValueType) {
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

    mutating func visitIndexes(_ indexes: [ScriptNode?], of array: ScriptVariable) {
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
}
