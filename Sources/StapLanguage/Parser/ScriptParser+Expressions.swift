import Diagnostics

/// Expressions by how tightly their operators bind; `Precedence` has the order.
extension ScriptParser {
    mutating func expression() throws(Failure) -> Expression {
        try nested { (parser) throws(Failure) in try parser.assignment() }
    }

    private mutating func assignment() throws(Failure) -> Expression {
        let left = try ternary()
        guard current.kind == .operator, let sign = AssignmentOperator(rawValue: current.text) else {
            return left
        }
        try chain(advance())
        let right = try expression()
        return Expression(
            .assignment(sign, to: left, value: right), at: left.range.union(right.range))
    }

    private mutating func ternary() throws(Failure) -> Expression {
        let condition = try binary(from: .or)
        guard take("?") else { return condition }
        let then = try expression()
        try expect(":")
        let otherwise = try nested { (parser) throws(Failure) in try parser.ternary() }
        return Expression(
            .ternary(condition: condition, then: then, otherwise: otherwise),
            at: condition.range.union(otherwise.range))
    }

    private func precedence(of token: Token) -> Precedence? {
        if token.isIdentifier("in") { return .membership }
        if token.isOperator("=~") || token.isOperator("!~") { return .comparison }
        return token.kind == .operator ? BinaryOperator(rawValue: token.text)?.precedence : nil
    }

    /// An expression of operators that bind at least as tightly as `lowest`, by precedence climbing: a rule for
    /// each level would need a dozen stack frames for each parenthesis.
    private mutating func binary(from lowest: Precedence) throws(Failure) -> Expression {
        var left: Expression
        var tightest = Precedence.product
        var isCompared = false
        if lowest <= .membership, current.isOperator("[") {
            left = try bracketed()
            tightest = .bitAnd
        } else {
            left = try unary()
        }
        while let level = precedence(of: current), lowest <= level, level <= tightest {
            if level == .membership {
                advance()
                let array = try collection()
                left = Expression(
                    .membership(indexes: [left], array: array), at: left.range.union(array.range))
                tightest = .bitAnd
            } else if current.isOperator("=~") || current.isOperator("!~") {
                // No further comparison goes with a regular expression, on either side.
                if isCompared { return left }
                let negated = advance().text == "!~"
                let pattern = try string()
                left = Expression(
                    .regexMatch(left, pattern: pattern, negated: negated), at: left.range.union(pattern.range)
                )
                tightest = .membership
            } else if let sign = BinaryOperator(rawValue: current.text) {
                try chain(advance())
                let right = try binary(from: level.tighter)
                left = Expression(.binary(sign, left, right), at: left.range.union(right.range))
                tightest = level
                isCompared = isCompared || level == .comparison
            }
        }
        return left
    }

    /// `[x, *] in array`, or one element in brackets, which stap takes off where no `in` follows.
    private mutating func bracketed() throws(Failure) -> Expression {
        let start = current.site
        try expect("[")
        var indexes: [Expression?] = []
        repeat {
            if current.isOperator("*"), peek().isOperator(",") || peek().isOperator("]") {
                advance()
                indexes.append(nil)
            } else {
                indexes.append(
                    try nested { (parser) throws(Failure) in try parser.binary(from: .comparison) })
            }
        } while take(",")
        guard take("]") else { throw unexpected(.oneOf([.spelling(","), .spelling("]")])) }
        if takeKeyword("in") {
            let array = try collection()
            return Expression(.membership(indexes: indexes, array: array), at: start.union(array.range))
        }
        guard indexes.count == 1, let only = indexes[0] else {
            throw Failure(error: .tupleAsValue, range: range(from: start))
        }
        return only
    }

    private mutating func unary() throws(Failure) -> Expression {
        let start = current.site
        guard current.kind == .operator, let sign = UnaryOperator(rawValue: current.text) else {
            return try increment()
        }
        advance()
        let operand = try nested { (parser) throws(Failure) in try parser.unary() }
        return Expression(.unary(sign, operand), at: start.union(operand.range))
    }

    private mutating func increment() throws(Failure) -> Expression {
        let start = current.site
        if current.kind == .operator, let sign = IncrementOperator(rawValue: current.text) {
            advance()
            let operand = try target()
            return Expression(.increment(sign, isPrefix: true, operand), at: start.union(operand.range))
        }
        let operand = try target()
        guard current.kind == .operator, let sign = IncrementOperator(rawValue: current.text) else {
            return operand
        }
        advance()
        return Expression(.increment(sign, isPrefix: false, operand), at: range(from: start))
    }
}
