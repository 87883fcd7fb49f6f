import Diagnostics

/// The way into a target's data: stap(1), TYPECASTING, and stapprobes(3stap), CONTEXT VARIABLES.
extension ScriptParser {
    /// A value before its `->`, `[]` and `$`.
    enum Value {
        /// A target variable or cast, which the steps belong to.
        case target(TargetExpression)
        /// Anything else; steps make it a target whose type stap remembers.
        case expression(Expression)
    }

    /// `&`, a value, and the steps behind it.
    mutating func target() throws(Failure) -> Expression {
        let start = current.site
        let isAddress = take("&")
        switch try value() {
        case .target(var target):
            target.steps += try steps(after: target.steps.last)
            target.isAddress = isAddress
            return Expression(.target(target), at: range(from: start))
        case .expression(let expression):
            let steps = try steps(after: nil)
            guard isAddress || !steps.isEmpty else { return expression }
            return Expression(
                .target(TargetExpression(root: .expression(expression), steps: steps, isAddress: isAddress)),
                at: range(from: start))
        }
    }

    private mutating func steps(
        after last: TargetExpression.Step?
    ) throws(Failure) -> [TargetExpression.Step] {
        var steps: [TargetExpression.Step] = []
        var isPrettyPrint = last != nil
        while !isPrettyPrint {
            let start = current.site
            if take("->") {
                guard current.kind == .identifier, current.text.utf8.first != UInt8(ascii: "@") else {
                    throw unexpected(.memberName)
                }
                try chain(current)
                let token = advance()
                let (name, depth) = Self.prettyPrintSuffix(token.text)
                if !name.isEmpty { steps.append(.init(.member(name), at: range(from: start))) }
                if depth > 0 { steps.append(.init(.prettyPrint(depth: depth), at: token.site)) }
                isPrettyPrint = depth > 0
            } else if take("[") {
                try chain(current)
                let index = try expression()
                try expect("]")
                steps.append(.init(.index(index), at: range(from: start)))
            } else if current.kind == .identifier, current.text.utf8.allSatisfy({ $0 == UInt8(ascii: "$") }) {
                let token = advance()
                steps.append(.init(.prettyPrint(depth: token.text.utf8.count), at: token.site))
                isPrettyPrint = true
            } else {
                return steps
            }
        }
        if current.isOperator("->") || current.isOperator("[") {
            throw Failure(error: .stepAfterPrettyPrint(current.text), range: current.site)
        }
        return steps
    }

    /// A name and how many `$` it ends in.
    private static func prettyPrintSuffix(_ text: String) -> (name: String, depth: Int) {
        let depth = text.utf8.reversed().prefix { $0 == UInt8(ascii: "$") }.count
        return (String(text.dropLast(depth)), depth)
    }

    /// `$name`, whose trailing `$` ask for a pretty print.
    mutating func targetVariable() -> TargetExpression {
        let token = advance()
        var (name, depth) = Self.prettyPrintSuffix(token.text)
        if name.isEmpty { (name, depth) = (token.text, 0) }
        var target = TargetExpression(root: .variable(Name(String(name.dropFirst()), at: token.site)))
        if depth > 0 { target.steps = [.init(.prettyPrint(depth: depth), at: token.site)] }
        return target
    }

    /// `@var("name@file", "module")`.
    mutating func atVar() throws(Failure) -> TargetExpression {
        advance()
        try expect("(")
        let name = try string()
        let module = take(",") ? try string() : nil
        try expect(")")
        return TargetExpression(root: .atVar(name, module: module))
    }

    /// `@cast(pointer, "type", "module")`.
    mutating func cast() throws(Failure) -> TargetExpression {
        advance()
        try expect("(")
        let pointer = try expression()
        try expect(",")
        let type = try string()
        let module = take(",") ? try string() : nil
        try expect(")")
        return TargetExpression(root: .cast(pointer, type: type, module: module))
    }
}
