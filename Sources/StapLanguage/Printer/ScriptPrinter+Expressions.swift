import Diagnostics

/// How expressions are written: every operand that is not a value by itself stands in parentheses, so that no
/// precedence is needed to read them back.
extension ScriptPrinter {
    mutating func expression(_ expression: Expression) {
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
        case .statistic, .histogram, .defined, .entry, .probeWrite, .constant, .perf, .dereference, .register:
            atOperator(expression)
        case .embeddedC(let code): embeddedC(code)
        case .unary(let sign, let operand):
            write(sign.rawValue)
            self.operand(operand)
        case .increment(let sign, let isPrefix, let operand):
            if isPrefix { write(sign.rawValue) }
            self.operand(operand)
            if !isPrefix { write(sign.rawValue) }
        case .binary(let sign, let left, let right): infix(left, sign.rawValue, right)
        case .assignment(let sign, let left, let right): infix(left, sign.rawValue, right)
        case .regexMatch(let operand, let pattern, let negated):
            self.operand(operand)
            write(negated ? " !~ " : " =~ ")
            string(pattern)
        case .membership(let indexes, let array):
            write("[")
            list(indexes) { printer, index in
                if let index { printer.operand(index) } else { printer.write("*") }
            }
            write("] in ")
            collection(array)
        case .ternary(let condition, let then, let otherwise):
            operand(condition)
            write(" ? ")
            operand(then)
            write(" : ")
            operand(otherwise)
        }
    }

    private mutating func infix(_ left: Expression, _ sign: String, _ right: Expression) {
        operand(left)
        write(" \(sign) ")
        operand(right)
    }

    /// Indexes; nil is `*`.
    mutating func indexes(_ indexes: [Expression?]) {
        list(indexes) { printer, index in
            if let index { printer.expression(index) } else { printer.write("*") }
        }
    }

    /// An array's name or a histogram, which take no parentheses.
    mutating func collection(_ collection: Expression) { expression(collection) }

    /// An expression where only a value may stand.
    private mutating func operand(_ expression: Expression) {
        let isValue =
            switch expression.kind {
            case .unary, .increment, .binary, .assignment, .regexMatch, .membership, .ternary: false
            case .target(let target): !target.isAddress
            default: true
            }
        if !isValue { write("(") }
        self.expression(expression)
        if !isValue { write(")") }
    }

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
            if case .call = expression.kind { self.expression(expression) } else { parenthesized(expression) }
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
