import Diagnostics

/// How expressions are written: with no more parentheses than their operators need, so that what nests just
/// deeply enough to be parsed can be parsed again.
extension ScriptPrinter {
    mutating func expression(_ expression: Expression) { operand(expression, .assignment) }

    /// An expression where an operator as tight as `lowest` is due; looser ones stand in parentheses.
    private mutating func operand(_ expression: Expression, _ lowest: Precedence) {
        if Precedence(of: expression) < lowest { return parenthesized(expression) }
        switch expression.kind {
        case .unary(let sign, let operand):
            write(sign.rawValue)
            // Two signs side by side would be read as one operator.
            if case .unary = operand.kind { write(" ") }
            if case .increment(_, true, _) = operand.kind { write(" ") }
            self.operand(operand, .unary)
        case .increment(let sign, let isPrefix, let operand):
            if isPrefix { write(sign.rawValue) }
            self.operand(operand, .target)
            if !isPrefix { write(sign.rawValue) }
        case .binary(let sign, let left, let right): binary(sign, left, right)
        case .assignment(let sign, let left, let right):
            operand(left, .ternary)
            write(" \(sign.rawValue) ")
            operand(right, .assignment)
        case .regexMatch(let operand, let pattern, let negated):
            self.operand(operand, .concatenation)
            write(negated ? " !~ " : " =~ ")
            string(pattern)
        case .membership(let indexes, let array): membership(indexes, array)
        case .ternary(let condition, let then, let otherwise):
            operand(condition, .or)
            write(" ? ")
            operand(then, .assignment)
            write(" : ")
            operand(otherwise, .ternary)
        default: value(expression)
        }
    }

    private mutating func value(_ expression: Expression) {
        switch expression.kind {
        case .number(let value): number(value)
        case .string(let literal): string(literal)
        case .variable(let name): write(name.text)
        case .element(let array, let indexes):
            collection(array)
            write("[")
            self.indexes(indexes)
            write("]")
        case .call(let name, let arguments):
            write("\(name.text)(")
            list(arguments) { $0.expression($1) }
            write(")")
        case .print(let call): print(call)
        case .target(let target): self.target(target)
        case .embeddedC(let code): embeddedC(code)
        default: atOperator(expression)
        }
    }

    private mutating func binary(_ sign: BinaryOperator, _ left: Expression, _ right: Expression) {
        if case .regexMatch = left.kind, sign.precedence == .comparison {
            // No comparison goes with a regular expression that stands bare.
            parenthesized(left)
        } else {
            operand(left, sign.precedence)
        }
        write(" \(sign.rawValue) ")
        operand(right, sign.precedence.tighter)
    }

    private mutating func membership(_ indexes: [Expression?], _ array: Expression) {
        if indexes.count == 1, let only = indexes[0] {
            operand(only, .comparison)
        } else {
            write("[")
            list(indexes) { printer, index in
                if let index { printer.operand(index, .comparison) } else { printer.write("*") }
            }
            write("]")
        }
        write(" in ")
        collection(array)
    }

    /// Indexes; nil is `*`.
    mutating func indexes(_ indexes: [Expression?]) {
        list(indexes) { printer, index in
            if let index { printer.expression(index) } else { printer.write("*") }
        }
    }

    /// An array's name or a histogram, which take no parentheses.
    mutating func collection(_ collection: Expression) { expression(collection) }

    /// A number that is negative only because it wrapped around is written so that it wraps again: `-5` would
    /// be read as the minus sign of 5.
    private mutating func number(_ value: Int64) {
        write(value < 0 ? "0x" + String(UInt64(bitPattern: value), radix: 16) : String(value))
    }

    private mutating func print(_ call: PrintCall) {
        write("\(call.name.text)(")
        if let format = call.format {
            string(format)
            if !call.arguments.isEmpty { write(", ") }
        }
        list(call.arguments) { $0.expression($1) }
        write(")")
    }

    private mutating func target(_ target: TargetExpression) {
        if target.isAddress { write("&") }
        switch target.root {
        case .variable(let name): write("$" + name.text)
        case .atVar(let name, let module):
            write("@var(")
            string(name)
            if let module {
                write(", ")
                string(module)
            }
            write(")")
        case .cast(let pointer, let type, let module):
            write("@cast(")
            expression(pointer)
            write(", ")
            string(type)
            if let module {
                write(", ")
                string(module)
            }
            write(")")
        case .expression(let expression):
            // An array's name in front of `[` would take it as its own index.
            if case .variable = expression.kind, case .index = target.steps.first?.kind {
                parenthesized(expression)
            } else {
                operand(expression, .value)
            }
        }
        for step in target.steps {
            switch step.kind {
            case .member(let name): write("->\(name)")
            case .index(let index):
                write("[")
                expression(index)
                write("]")
            case .prettyPrint(let depth): write(" " + String(repeating: "$", count: depth))
            }
        }
    }

    private mutating func parenthesized(_ expression: Expression) {
        write("(")
        self.expression(expression)
        write(")")
    }

    private mutating func atOperator(_ expression: Expression) {
        switch expression.kind {
        case .statistic(let statistic, let operand, let parameter):
            write("@\(statistic.rawValue)(")
            self.expression(operand)
            if let parameter { write(", \(parameter)") }
        case .histogram(let operand, let shape):
            write(shape == .logarithmic ? "@hist_log(" : "@hist_linear(")
            self.expression(operand)
            if case .linear(let start, let stop, let interval) = shape {
                write(", \(start), \(stop), \(interval)")
            }
        case .defined(let operand):
            write("@defined(")
            self.expression(operand)
        case .entry(let operand):
            write("@entry(")
            self.expression(operand)
        case .probeWrite(let operand):
            write("@probewrite(")
            self.expression(operand)
        case .constant(let name):
            write("@const(")
            string(name)
        case .perf(let name):
            write("@perf(")
            string(name)
        case .dereference(let space, let size, let address):
            write("@\(space.rawValue)deref(\(size), ")
            self.expression(address)
        case .register(let space, let number): write("@\(space.rawValue)register(\(number)")
        default: break
        }
        write(")")
    }
}
