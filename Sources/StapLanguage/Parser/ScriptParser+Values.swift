import Diagnostics

/// Literals, variables, calls and the operators that begin with `@`.
extension ScriptParser {
    /// The operators that begin with `@`, for suggestions.
    static let atOperators = [
        "@defined", "@entry", "@var", "@cast", "@probewrite", "@const", "@perf", "@kderef", "@uderef",
        "@kregister", "@uregister", "@count", "@sum", "@min", "@max", "@avg", "@variance", "@hist_log",
        "@hist_linear",
    ]

    mutating func value() throws(Failure) -> Value {
        let start = current.site
        switch current.kind {
        case .string:
            return .expression(Expression(.string(try string()), at: range(from: start)))
        case .number:
            return .expression(Expression(.number(try number()), at: range(from: start)))
        case .embeddedC:
            return .expression(Expression(.embeddedC(try embeddedC()), at: start))
        case .operator where current.isOperator("-") && peek().isNumber:
            return .expression(Expression(.number(try number()), at: range(from: start)))
        case .operator where take("("):
            let inner = try expression()
            try expect(")")
            return .expression(Expression(inner.kind, at: range(from: start)))
        case .identifier where current.text.utf8.first == UInt8(ascii: "@"): return try atOperator()
        case .identifier where current.text.utf8.first == UInt8(ascii: "$"): return .target(targetVariable())
        case .identifier where !current.isKeyword: return .expression(try named())
        default: throw unexpected(.expression)
        }
    }

    /// A variable, an array's element or a call.
    private mutating func named() throws(Failure) -> Expression {
        if PrintFunction(current.text) != nil { return try printCall() }
        let name = try identifier()
        if take("(") {
            var arguments: [Expression] = []
            if !take(")") {
                repeat { arguments.append(try expression()) } while take(",")
                guard take(")") else { throw unexpected(.oneOf([.spelling(","), .spelling(")")])) }
            }
            return Expression(.call(name: name, arguments: arguments), at: range(from: name.range))
        }
        let variable = Expression(.variable(name), at: name.range)
        guard take("[") else { return variable }
        let indexes = try indexList()
        return Expression(.element(of: variable, indexes: indexes), at: range(from: name.range))
    }

    /// Indexes and the bracket behind them; nil is `*`.
    mutating func indexList() throws(Failure) -> [Expression?] {
        var indexes: [Expression?] = []
        repeat {
            if current.isOperator("*"), peek().isOperator(",") || peek().isOperator("]") {
                advance()
                indexes.append(nil)
            } else {
                indexes.append(try expression())
            }
        } while take(",")
        guard take("]") else { throw unexpected(.oneOf([.spelling(","), .spelling("]")])) }
        return indexes
    }

    /// What `in` may be followed by: an array's name or a histogram.
    mutating func collection() throws(Failure) -> Expression {
        if isHistogram { return try histogram() }
        let token = current
        // stap takes any name here, one with a sigil too; that there is no such array is for later passes.
        guard token.kind == .identifier, !token.isKeyword else { throw unexpected(.arrayName) }
        advance()
        return Expression(.variable(Name(token.text, at: token.site)), at: token.site)
    }

    // MARK: - Operators with @

    private var isHistogram: Bool {
        current.isIdentifier("@hist_log") || current.isIdentifier("@hist_linear")
    }

    private mutating func atOperator() throws(Failure) -> Value {
        let start = current
        let name = String(start.text.dropFirst())
        switch name {
        case "var": return .target(try atVar())
        case "cast": return .target(try cast())
        case "defined": return .expression(Expression(.defined(try operand()), at: range(from: start.site)))
        case "entry": return .expression(Expression(.entry(try operand()), at: range(from: start.site)))
        case "probewrite":
            advance()
            try expect("(")
            let place = current
            let variable: Expression.Kind
            if place.kind == .identifier, place.text.utf8.first == UInt8(ascii: "$") {
                variable = .target(targetVariable())
            } else {
                variable = .variable(try identifier())
            }
            try expect(")")
            return .expression(
                Expression(.probeWrite(Expression(variable, at: place.site)), at: range(from: start.site)))
        case "const":
            try requireGuru()
            return .expression(Expression(.constant(try literalOperand()), at: range(from: start.site)))
        case "perf":
            return .expression(Expression(.perf(try literalOperand()), at: range(from: start.site)))
        case "kderef", "uderef":
            if name == "kderef" { try requireGuru() }
            advance()
            try expect("(")
            let size = try number()
            try expect(",")
            let address = try expression()
            try expect(")")
            return .expression(
                Expression(
                    .dereference(name == "kderef" ? .kernel : .user, size: size, address: address),
                    at: range(from: start.site)))
        case "kregister", "uregister":
            if name == "kregister" { try requireGuru() }
            advance()
            try expect("(")
            let register = try number()
            try expect(")")
            return .expression(
                Expression(
                    .register(name == "kregister" ? .kernel : .user, number: register),
                    at: range(from: start.site)))
        case "hist_log", "hist_linear":
            let histogram = try histogram()
            guard take("[") else {
                throw Failure(error: .histogramAsValue(start.text), range: histogram.range)
            }
            let indexes = try indexList()
            return .expression(
                Expression(.element(of: histogram, indexes: indexes), at: range(from: start.site)))
        default:
            if let statistic = StatisticOperator(rawValue: name) {
                return .expression(try extractor(statistic))
            }
            throw Failure(
                error: .unknownOperator(
                    start.text, known: Self.atOperators + options.macros.macros.keys.map { "@\($0)" }),
                range: start.site)
        }
    }

    private func requireGuru() throws(Failure) {
        if !isPrivileged(current) {
            throw Failure(error: .needsGuru("'\(current.text)'"), range: current.site)
        }
    }

    /// The one operand in an operator's parentheses.
    private mutating func operand() throws(Failure) -> Expression {
        advance()
        try expect("(")
        let operand = try expression()
        try expect(")")
        return operand
    }

    private mutating func literalOperand() throws(Failure) -> StringLiteral {
        advance()
        try expect("(")
        let literal = try string()
        try expect(")")
        return literal
    }

    private mutating func extractor(_ statistic: StatisticOperator) throws(Failure) -> Expression {
        let start = advance()
        try expect("(")
        let operand = try expression()
        var parameter: Int64?
        let limit = statistic == .variance ? 2 : 1
        if current.isOperator(",") {
            guard statistic == .variance else {
                throw Failure(
                    error: .tooManyExtractorParameters(start.text, limit: limit), range: current.site)
            }
            advance()
            parameter = try number()
            if current.isOperator(",") {
                throw Failure(
                    error: .tooManyExtractorParameters(start.text, limit: limit), range: current.site)
            }
        }
        try expect(")")
        return Expression(
            .statistic(statistic, of: operand, parameter: parameter), at: range(from: start.site))
    }

    /// `@hist_log(v)` or `@hist_linear(v, start, stop, interval)`.
    private mutating func histogram() throws(Failure) -> Expression {
        let token = advance()
        try expect("(")
        let operand = try expression()
        var shape = Histogram.logarithmic
        if token.text == "@hist_linear" {
            try expect(",")
            let start = try number()
            try expect(",")
            let stop = try number()
            try expect(",")
            shape = .linear(start: start, stop: stop, interval: try number())
        }
        try expect(")")
        return Expression(.histogram(of: operand, shape: shape), at: range(from: token.site))
    }

    // MARK: - Printing

    private mutating func printCall() throws(Failure) -> Expression {
        let token = advance()
        guard let function = PrintFunction(token.text) else { throw unexpected(.expression) }
        try expect("(")
        var call = PrintCall(name: Name(token.text, at: token.site), arguments: [])
        if function.takesHistogram, isHistogram {
            let histogram = try histogram()
            if take("[") {
                let bucket = try expression()
                try expect("]")
                call.arguments = [
                    Expression(.element(of: histogram, indexes: [bucket]), at: range(from: histogram.range))
                ]
                while take(",") { call.arguments.append(try expression()) }
            } else {
                call.arguments = [histogram]
            }
            try expect(")")
            return Expression(.print(call), at: range(from: token.site))
        }
        if function.firstIsLiteral {
            call.format = function == .formatted ? try format() : try string()
            for _ in 0..<function.fewestArguments {
                try expect(",")
                call.arguments.append(try expression())
            }
            while take(",") { call.arguments.append(try expression()) }
        } else if !(current.isOperator(")") && function == .line) {
            repeat { call.arguments.append(try expression()) } while take(",")
        }
        guard take(")") else { throw unexpected(.oneOf([.spelling(","), .spelling(")")])) }
        return Expression(.print(call), at: range(from: token.site))
    }
}

extension ScriptParser {
    /// The format of a `printf`.
    ///
    /// A `%` that was written as an escape is plain text to stap, which in a value without escapes is `%%`.
    private mutating func format() throws(Failure) -> StringLiteral {
        let first = index
        var literal = try string()
        var scanned = literal.bytes
        var offset = 0
        var percents: [Int] = []
        for token in tokens[first..<index] {
            guard case .string(let part) = token.kind else { continue }
            for escaped in token.escapedOffsets {
                if part[escaped] == UInt8(ascii: "%") { percents.append(offset + escaped) }
                scanned[offset + escaped] = UInt8(ascii: "\\")
            }
            offset += part.count
        }
        if let (error, place) = FormatCheck.firstError(in: StringLiteral(scanned, at: literal.range)) {
            report(Failure(error: error, range: place))
        }
        for percent in percents.reversed() { literal.bytes.insert(UInt8(ascii: "%"), at: percent) }
        return literal
    }
}

/// The kinds of printing functions: stap(1), PRINTING.
enum PrintFunction {
    /// `print`.
    case plain
    /// `println`.
    case line
    /// `printd` and `printdln`.
    case delimited
    /// `printf`.
    case formatted
    /// `print_char`.
    case character

    init?(_ name: String) {
        switch name.hasPrefix("s") ? String(name.dropFirst()) : name {
        case "print": self = .plain
        case "println": self = .line
        case "printd", "printdln": self = .delimited
        case "printf": self = .formatted
        case "print_char": self = .character
        default: return nil
        }
    }

    var takesHistogram: Bool { self == .plain || self == .line }
    var firstIsLiteral: Bool { self == .delimited || self == .formatted }
    var fewestArguments: Int { self == .delimited ? 2 : 0 }
}
