import Diagnostics

/// Expressions from the loosest operator to the tightest: stap(1), EXPRESSIONS, and by trial where it is
/// silent.
///
/// From loose to tight: assignment (from the right), `?:`, `||`, `&&`, `|`, `^`, `&`, `in`, comparisons and
/// regular expressions, `.`, shifts, `+ -`, `* / %`, prefix signs, `++ --`, `-> []` and `&`.
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
        let condition = try binary(level: 0)
        guard take("?") else { return condition }
        let then = try expression()
        try expect(":")
        let otherwise = try nested { (parser) throws(Failure) in try parser.ternary() }
        return Expression(
            .ternary(condition: condition, then: then, otherwise: otherwise),
            at: condition.range.union(otherwise.range))
    }

    /// The operators of each level, loosest first; `in` and comparisons have rules of their own.
    private enum Level {
        case binary(Set<String>)
        case membership
        case comparison
    }

    private static let levels: [Level] = [
        .binary(["||"]), .binary(["&&"]), .binary(["|"]), .binary(["^"]), .binary(["&"]), .membership,
        .comparison, .binary(["."]), .binary(["<<", ">>", ">>>"]), .binary(["+", "-"]),
        .binary(["*", "/", "%"]),
    ]
    private static let comparisonLevel = 6

    private mutating func binary(level: Int) throws(Failure) -> Expression {
        guard level < Self.levels.count else { return try unary() }
        switch Self.levels[level] {
        case .membership: return try membership(level)
        case .comparison:
            let left = try binary(level: level + 1)
            if current.isOperator("=~") || current.isOperator("!~") {
                let negated = advance().text == "!~"
                let pattern = try string()
                return Expression(
                    .regexMatch(left, pattern: pattern, negated: negated), at: left.range.union(pattern.range)
                )
            }
            return try chainOf(["<", ">", "<=", ">=", "==", "!="], from: left, level)
        case .binary(let signs):
            let left = try binary(level: level + 1)
            return try chainOf(signs, from: left, level)
        }
    }

    private mutating func chainOf(
        _ signs: Set<String>, from first: Expression, _ level: Int
    ) throws(Failure) -> Expression {
        var left = first
        while current.kind == .operator, signs.contains(current.text),
            let sign = BinaryOperator(rawValue: current.text)
        {
            try chain(advance())
            let right = try binary(level: level + 1)
            left = Expression(.binary(sign, left, right), at: left.range.union(right.range))
        }
        return left
    }

    /// `x in array`, `[x, *] in array`, or what has no `in`.
    private mutating func membership(_ level: Int) throws(Failure) -> Expression {
        let start = current.site
        var indexes: [Expression?] = []
        if take("[") {
            repeat {
                if current.isOperator("*"), peek().isOperator(",") || peek().isOperator("]") {
                    advance()
                    indexes.append(nil)
                } else {
                    indexes.append(
                        try nested { (parser) throws(Failure) in
                            try parser.binary(level: Self.comparisonLevel)
                        })
                }
            } while take(",")
            guard take("]") else { throw unexpected(.oneOf([.spelling(","), .spelling("]")])) }
        } else {
            indexes = [try binary(level: level + 1)]
        }
        if takeKeyword("in") {
            let array = try collection()
            return Expression(
                .membership(indexes: indexes, array: array), at: start.union(array.range))
        }
        // stap takes the brackets off a single element that no 'in' follows.
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
