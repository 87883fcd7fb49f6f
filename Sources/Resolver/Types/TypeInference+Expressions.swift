import Diagnostics
import StapLanguage

/// The rules for each kind of expression: what it takes, what it is, and what it says of the variables in it.
extension TypeInference {
    /// An operand that must have a type.
    mutating func argument(
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
    mutating func visit(
        _ node: ScriptNode, _ expected: ValueType?, _ problem: @escaping (ValueType) -> TypeProblem
    ) {
        let outer = phrasing
        phrasing = (Self.key(node.range), problem)
        visit(node, expected)
        phrasing = outer
    }

    mutating func visit(_ node: ScriptNode, _ expected: ValueType?) {
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

    static func key(_ range: SourceRange) -> Int { range.lower &* 1_000_003 &+ range.upper }

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

    mutating func visit(
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
            let takes = conversions.reduce(0) { $0 + $1.arguments.count }
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
                for (number, wanted) in conversion.arguments.map(ValueType.init).enumerated() {
                    let text = number + 1 == conversion.arguments.count ? conversion.text : "*"
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
