import Diagnostics
import StapLanguage

/// Turns a handler's or function's statements into nodes whose names are known: stap's symbol resolution.
struct BodyBuilder {
    /// What the handler's place decides.
    struct Place {
        /// Whether a `@defined` holds; nil where that is not known.
        var isDefined: (Expression) -> Bool?
        /// Whether constants are folded before names are looked up, as stap does in probes of programs.
        var foldsFirst: Bool
        /// Whether the read of a target expression is an effect.
        var hasEffects: (TargetExpression, SourceRange) -> Bool
        /// Whether `$value` is a string, as in a `procfs` probe.
        var hasTextValue = false
    }

    /// Where locals are.
    enum Owner {
        case probe(ScriptProbe)
        case function(ScriptFunction)
        case condition
    }

    let names: ScriptNames
    let place: Place
    let owner: Owner
    let isTapset: Bool
    var isInLoop = false

    private var insideLoop: BodyBuilder {
        var builder = self
        builder.isInLoop = true
        return builder
    }

    // MARK: - Statements

    func step(_ statement: Statement) -> ScriptStep {
        ScriptStep(stepKind(statement), at: statement.range)
    }

    private func stepKind(_ statement: Statement) -> ScriptStep.Kind {
        switch statement.kind {
        case .empty: return .none
        case .expression(let expression): return .expression(node(expression))
        case .block(let statements): return .block(statements.map(step))
        case .if(let condition, let then, let otherwise):
            if let value = earlyTruth(condition) {
                let taken = value ? then : otherwise
                return taken.map(stepKind) ?? .none
            }
            return .if(node(condition), then: step(then), otherwise: otherwise.map(step))
        case .while(let condition, let body):
            return .loop(
                initial: nil, condition: node(condition), step: nil, body: insideLoop.step(body))
        case .for(let initial, let condition, let next, let body):
            return .loop(
                initial: initial.map(node), condition: condition.map(node), step: next.map(node),
                body: insideLoop.step(body))
        case .foreach(let loop): return foreach(loop)
        case .try(let body, let error, let handler):
            let body = step(body)
            let variable = error.map { name in
                ScriptNode(
                    .symbol(symbol(name, arity: 0) ?? ScriptVariable(name.text, at: name.range)),
                    at: name.range)
            }
            return .try(body: body, error: variable, handler: step(handler))
        case .return(let value): return .return(value.map(node))
        case .delete(let operand): return .delete(deleted(operand))
        case .break, .continue:
            if !isInLoop { names.report(.outsideLoop(statement.range.text), at: statement.range) }
            return .loopJump
        case .next: return .next
        }
    }

    private func deleted(_ operand: Expression) -> ScriptNode {
        switch operand.kind {
        case .variable(let name):
            guard let variable = find(name.text) else {
                names.report(.undeclaredArray(name.text, known: arrayNames), at: name.range)
                return ScriptNode(.broken, at: operand.range)
            }
            return ScriptNode(.symbol(variable), at: operand.range)
        case .element(let array, let indexes): return element(array, indexes, operand, allowsWildcard: true)
        default:
            names.report(.deleted, at: operand.range)
            return ScriptNode(.broken, at: operand.range)
        }
    }

    private func foreach(_ loop: Foreach) -> ScriptStep.Kind {
        let indexes = loop.indexes.map { name in
            ScriptNode(.symbol(scalar(name)), at: name.range)
        }
        let slice = (loop.slice ?? []).map { $0.map(node) }
        var head = ScriptLoop(
            indexes: indexes, value: nil, array: nil, arrayRange: loop.collection.range, histogram: nil,
            slice: slice, sortsByAggregate: false, limit: nil)
        if case .value(.some)? = loop.sorting?.key { head.sortsByAggregate = true }
        if case .variable(let name) = loop.collection.kind {
            head.array = array(name, arity: loop.indexes.count)
            if !slice.isEmpty, slice.count != loop.indexes.count {
                names.report(
                    .arity(name.text, slice.count, first: loop.indexes.count, at: nil), at: name.range)
            }
        } else {
            head.histogram = node(loop.collection)
        }
        if let value = loop.value { head.value = ScriptNode(.symbol(scalar(value)), at: value.range) }
        head.limit = loop.limit.map(node)
        return .foreach(head, body: insideLoop.step(loop.body))
    }

    // MARK: - Names

    private func find(_ name: String) -> ScriptVariable? {
        switch owner {
        case .probe(let probe): if let local = probe.locals[name] { return local }
        case .function(let function):
            if let local = function.locals[name] { return local }
            if let parameter = function.parameters.first(where: { $0.name == name }) { return parameter }
        case .condition: break
        }
        return names.global(name, inTapset: isTapset)
    }

    /// A variable used with so many indexes; nil where there is none and none may be made.
    private func symbol(_ name: Name, arity: Int) -> ScriptVariable? {
        if let found = find(name.text) {
            if arity == 0, found.isSized {
                names.report(.sizedScalar(name.text, at: found.range), at: name.range)
                return nil
            }
            if !found.setArity(arity, at: name.range), let known = found.arity {
                names.report(
                    .arity(name.text, arity, first: known, at: found.arityRange), at: name.range)
                return nil
            }
            return found
        }
        guard arity == 0 else { return nil }
        let local = ScriptVariable(name.text, at: name.range)
        local.setArity(0, at: name.range)
        switch owner {
        case .probe(let probe):
            probe.locals[name.text] = local
            probe.localOrder.append(local)
        case .function(let function):
            function.locals[name.text] = local
            function.localOrder.append(local)
        case .condition:
            names.report(.conditionVariable(name.text), at: name.range)
            return nil
        }
        return local
    }

    private func scalar(_ name: Name) -> ScriptVariable {
        symbol(name, arity: 0) ?? ScriptVariable(name.text, at: name.range)
    }

    private func array(_ name: Name, arity: Int) -> ScriptVariable? {
        if find(name.text) == nil {
            names.report(.undeclaredArray(name.text, known: arrayNames), at: name.range)
            return nil
        }
        return symbol(name, arity: arity)
    }

    private var arrayNames: [String] { Array(names.globals.keys) }

    // MARK: - Expressions

    func node(_ expression: Expression) -> ScriptNode {
        let range = expression.range
        switch expression.kind {
        case .number(let value): return ScriptNode(.number(value), type: .long, at: range)
        case .string(let literal): return ScriptNode(.string(literal.bytes), type: .string, at: range)
        case .variable(let name):
            guard let variable = symbol(name, arity: 0) else { return ScriptNode(.broken, at: range) }
            return ScriptNode(.symbol(variable), at: range)
        case .element(let array, let indexes):
            return element(array, indexes, expression, allowsWildcard: false)
        case .call(let name, let arguments): return call(name, arguments, at: range)
        case .print(let call): return print(call, at: range)
        case .target(let target): return self.target(target, at: range)
        case .statistic(_, let operand, _): return ScriptNode(.statistic, [node(operand)], at: range)
        case .histogram(let operand, let shape):
            return ScriptNode(.histogram(shape), [node(operand)], at: range)
        case .defined(let inner):
            guard let value = place.isDefined(inner) else {
                return ScriptNode(.typed(.long, hasEffects: false), at: range)
            }
            return ScriptNode(.number(value ? 1 : 0), type: .long, at: range)
        case .entry(let inner):
            let inner = node(inner)
            if case .target(let type, _) = inner.kind {
                return ScriptNode(.typed(type, hasEffects: false), at: range)
            }
            return inner
        case .probeWrite(let operand):
            if case .target = operand.kind { names.report(.probeWriteOfTarget, at: range) }
            return ScriptNode(.typed(.long, hasEffects: false), at: range)
        case .constant: return ScriptNode(.code(.long, hasEffects: false), at: range)
        case .perf, .register:
            return ScriptNode(.typed(.long, hasEffects: false), at: range)
        case .dereference(_, _, let address):
            return ScriptNode(.typed(.long, hasEffects: false), [node(address)], at: range)
        case .embeddedC(let code):
            let type: ValueType = code.isTagged("string") ? .string : .long
            return ScriptNode(.code(type, hasEffects: !code.isTagged("pure")), at: range)
        case .unary(let sign, let operand): return ScriptNode(.unary(sign), [node(operand)], at: range)
        case .increment(_, _, let operand):
            return ScriptNode(.increment, [node(operand)], at: range)
        case .binary(let sign, let left, let right): return binary(sign, left, right, at: range)
        case .regexMatch(let operand, let pattern, _):
            return ScriptNode(.regexMatch(pattern), [node(operand)], at: range)
        case .membership(let indexes, let array):
            let nodes = indexes.map { $0.map(node) }
            guard case .variable(let name) = array.kind else {
                return ScriptNode(.typed(.long, hasEffects: false), nodes + [node(array)], at: range)
            }
            guard let variable = self.array(name, arity: indexes.count) else {
                return ScriptNode(.broken, nodes, at: range)
            }
            return ScriptNode(.membership(variable), nodes, at: range)
        case .ternary(let condition, let then, let otherwise):
            if let value = earlyTruth(condition) { return node(value ? then : otherwise) }
            return ScriptNode(.ternary, [node(condition), node(then), node(otherwise)], at: range)
        case .assignment(let sign, let left, let right):
            return assignment(sign, left, right, at: range)
        }
    }

    private func binary(
        _ sign: BinaryOperator, _ left: Expression, _ right: Expression, at range: SourceRange
    ) -> ScriptNode {
        switch sign {
        case .and, .or:
            // What decides alone leaves the other side out.
            if let value = earlyTruth(left), value == (sign == .or) {
                return ScriptNode(.number(value ? 1 : 0), type: .long, at: range)
            }
            return ScriptNode(.logical(sign), [node(left), node(right)], at: range)
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
            return ScriptNode(.comparison(sign), [node(left), node(right)], at: range)
        case .concatenate: return ScriptNode(.concatenation, [node(left), node(right)], at: range)
        default: return ScriptNode(.arithmetic(sign), [node(left), node(right)], at: range)
        }
    }

    private func assignment(
        _ sign: AssignmentOperator, _ left: Expression, _ right: Expression, at range: SourceRange
    ) -> ScriptNode {
        switch left.kind {
        case .variable, .element, .target: break
        case .binary(.concatenate, _, _):
            names.report(.notAssignable(meansMember: true), at: left.range)
            return ScriptNode(.broken, [node(left), node(right)], at: range)
        default:
            names.report(.notAssignable(meansMember: false), at: left.range)
            return ScriptNode(.broken, [node(left), node(right)], at: range)
        }
        return ScriptNode(.assignment(sign), [node(left), node(right)], at: range)
    }

    private func element(
        _ base: Expression, _ indexes: [Expression?], _ whole: Expression, allowsWildcard: Bool
    ) -> ScriptNode {
        if !allowsWildcard, indexes.contains(where: { $0 == nil }) {
            names.report(.wildcard, at: whole.range)
        }
        let nodes = indexes.map { $0.map(node) }
        guard case .variable(let name) = base.kind else {
            if nodes.count != 1 { names.report(.histogramIndexes, at: whole.range) }
            return ScriptNode(.bucket, nodes + [node(base)], at: whole.range)
        }
        guard let variable = array(name, arity: indexes.count) else {
            return ScriptNode(.broken, nodes, at: whole.range)
        }
        return ScriptNode(.element(variable), nodes, at: whole.range)
    }

    private func call(_ name: Name, _ arguments: [Expression], at range: SourceRange) -> ScriptNode {
        if case .condition = owner {
            names.report(.conditionFunction(name.text), at: name.range)
            return ScriptNode(.broken, at: range)
        }
        let nodes = arguments.map(node)
        guard
            let functions = names.functions(
                named: name, arguments: arguments.count, caller: name.range.source, inTapset: isTapset)
        else { return ScriptNode(.broken, nodes, at: range) }
        for function in functions where names.meet(function) {
            guard case .block(let body) = function.declaration.body else { continue }
            let builder = BodyBuilder(
                names: names, place: place, owner: .function(function), isTapset: function.isTapset)
            function.body = builder.step(body)
        }
        return ScriptNode(.call(functions), nodes, at: range)
    }

    private func print(_ call: PrintCall, at range: SourceRange) -> ScriptNode {
        let isFormatted = call.name.text.hasSuffix("printf")
        let kind = ScriptPrint(
            name: call.name,
            conversions: isFormatted ? call.format.map { FormatConversion.all(in: $0) } : nil,
            isOutput: !call.name.text.hasPrefix("s"))
        return ScriptNode(.print(kind), call.arguments.map(node), at: range)
    }

    private func target(_ target: TargetExpression, at range: SourceRange) -> ScriptNode {
        let children = target.children.map { Optional(node($0)) }
        var type = ValueType.long
        if case .prettyPrint? = target.steps.last?.kind { type = .string }
        if case .variable(let name) = target.root,
            name.text.hasPrefix("$") || place.hasTextValue && name.text == "value"
        {
            type = .string
        }
        let hasEffects = place.hasEffects(target, range)
        return ScriptNode(.target(type, hasEffects: hasEffects), children, at: range)
    }

    /// Whether a condition is decided before names are looked up.
    private func earlyTruth(_ condition: Expression) -> Bool? {
        switch condition.kind {
        case .number(let number): return place.foldsFirst ? number != 0 : nil
        // Globals and casts are looked up later, when types have been compared already.
        case .defined(let inner): return inner.isTargetVariable ? place.isDefined(inner) : nil
        case .unary(.not, let inner): return earlyTruth(inner).map { !$0 }
        case .binary(.and, let left, let right):
            let (first, second) = (earlyTruth(left), earlyTruth(right))
            if first == false || second == false { return false }
            return first == true && second == true ? true : nil
        case .binary(.or, let left, let right):
            let (first, second) = (earlyTruth(left), earlyTruth(right))
            if first == true || second == true { return true }
            return first == false && second == false ? false : nil
        default: return nil
        }
    }
}

extension Expression {
    /// Whether it is `$name` and what is reached from it.
    fileprivate var isTargetVariable: Bool {
        guard case .target(let target) = kind, case .variable = target.root else { return false }
        return true
    }
}
