import Diagnostics

/// Statements: stap(1), STATEMENTS.
extension ScriptParser {
    /// `{ … }`.
    mutating func block() throws(Failure) -> Statement {
        let start = try expect("{").site
        return try nested { (parser) throws(Failure) in
            var statements: [Statement] = []
            while !parser.take("}") {
                if parser.current.kind == .endOfFile {
                    throw parser.unexpected(.oneOf([.statement, .spelling("}")]))
                }
                statements.append(try parser.statement())
            }
            return Statement(.block(statements), at: parser.range(from: start))
        }
    }

    mutating func statement() throws(Failure) -> Statement {
        if current.isOperator("{") { return try block() }
        let start = current.site
        if take(";") { return Statement(.empty, at: start) }
        chained = 0
        let kind = try nested { (parser) throws(Failure) in try parser.statementKind() }
        let statement = Statement(kind, at: range(from: start))
        // A statement's own semicolon is no empty statement.
        switch kind {
        case .expression, .delete, .return, .break, .continue, .next: _ = take(";")
        default: break
        }
        return statement
    }

    private mutating func statementKind() throws(Failure) -> Statement.Kind {
        guard current.isKeyword else { return .expression(try fullExpression()) }
        switch current.text {
        case "if": return try ifElse()
        case "while":
            advance()
            return .while(condition: try parenthesized(), body: try statement())
        case "for": return try forLoop()
        case "foreach": return .foreach(try foreach())
        case "try": return try tryCatch()
        case "delete":
            advance()
            return .delete(try fullExpression())
        case "return":
            guard isInFunction else {
                throw Failure(error: .returnOutsideFunction, range: current.site)
            }
            advance()
            if current.isOperator(";") || current.isOperator("}") { return .return(nil) }
            return .return(try fullExpression())
        case "break":
            advance()
            return .break
        case "continue":
            advance()
            return .continue
        case "next":
            advance()
            return .next
        default: throw unexpected(.statement)
        }
    }

    /// `if … else if … else …`, branch by branch rather than by recursion, as such chains can be long.
    private mutating func ifElse() throws(Failure) -> Statement.Kind {
        var branches: [(condition: Expression, then: Statement, start: SourceRange)] = []
        var otherwise: Statement?
        repeat {
            if branches.count == Self.longestChain {
                throw Failure(error: .tooDeep(limit: Self.longestChain), range: current.site)
            }
            let start = advance().site
            branches.append((try parenthesized(), try statement(), start))
            guard takeKeyword("else") else { break }
            if !current.isIdentifier("if") { otherwise = try statement() }
        } while otherwise == nil
        for (condition, then, start) in branches.dropFirst().reversed() {
            otherwise = Statement(
                .if(condition: condition, then: then, otherwise: otherwise), at: range(from: start))
        }
        return .if(condition: branches[0].condition, then: branches[0].then, otherwise: otherwise)
    }

    /// An expression that no other contains.
    mutating func fullExpression() throws(Failure) -> Expression {
        chained = 0
        return try expression()
    }

    private mutating func parenthesized() throws(Failure) -> Expression {
        try expect("(")
        let expression = try fullExpression()
        try expect(")")
        return expression
    }

    private mutating func forLoop() throws(Failure) -> Statement.Kind {
        advance()
        try expect("(")
        let initial = current.isOperator(";") ? nil : try fullExpression()
        try expect(";")
        let condition = current.isOperator(";") ? nil : try fullExpression()
        try expect(";")
        let step = current.isOperator(")") ? nil : try fullExpression()
        try expect(")")
        return .for(initial: initial, condition: condition, step: step, body: try statement())
    }

    private mutating func tryCatch() throws(Failure) -> Statement.Kind {
        advance()
        let body = try block()
        guard takeKeyword("catch") else { throw unexpected(.spelling("catch")) }
        var error: Name?
        if take("(") {
            error = try identifier()
            try expect(")")
        }
        return .try(body: body, error: error, handler: try block())
    }

    // MARK: - foreach

    private mutating func foreach() throws(Failure) -> Foreach {
        advance()
        try expect("(")
        var sorting: (Foreach.Sorting, SourceRange)?
        var value: Name?
        // `value = index in array`: what comes first is an index unless `=` follows it.
        if current.kind == .identifier,
            peek().isOperator("=")
                || ((peek().isOperator("+") || peek().isOperator("-")) && peek(2).isOperator("="))
        {
            value = try identifier()
            try direction(of: .value(nil), &sorting)
            try expect("=")
        }
        var indexes: [Name] = []
        if take("[") {
            repeat {
                indexes.append(try identifier())
                try direction(of: .index(indexes.count - 1), &sorting)
            } while take(",")
            guard take("]") else { throw unexpected(.oneOf([.spelling(","), .spelling("]")])) }
        } else {
            indexes = [try identifier()]
            try direction(of: .index(0), &sorting)
        }
        guard takeKeyword("in") else { throw unexpected(.spelling("in")) }
        let collection = try collection()
        let slice = take("[") ? try indexList() : nil
        var aggregate: StatisticOperator?
        if current.kind == .identifier, current.text.utf8.first == UInt8(ascii: "@") {
            guard let found = StatisticOperator(rawValue: String(current.text.dropFirst())) else {
                throw unexpected(.aggregate)
            }
            advance()
            guard current.isOperator("+") || current.isOperator("-") else { throw unexpected(.direction) }
            aggregate = found
        }
        try direction(of: .value(aggregate), &sorting)
        let limit = takeKeyword("limit") ? try fullExpression() : nil
        try expect(")")
        return Foreach(
            indexes: indexes, value: value, collection: collection, slice: slice, sorting: sorting?.0,
            limit: limit, body: try statement())
    }

    /// Takes `+` or `-` as the loop's sort order; there may be one.
    private mutating func direction(
        of key: Foreach.Sorting.Key, _ sorting: inout (Foreach.Sorting, SourceRange)?
    ) throws(Failure) {
        guard current.kind == .operator, let direction = Foreach.Direction(rawValue: current.text) else {
            return
        }
        if let (_, first) = sorting {
            throw Failure(error: .secondSorting(first: first), range: current.site)
        }
        sorting = (Foreach.Sorting(key: key, direction: direction), current.site)
        advance()
    }
}
