extension Expression {
    /// The expressions directly inside, in the order of the source.
    public var children: [Expression] {
        switch kind {
        case .number, .string, .variable, .constant, .perf, .register, .embeddedC: []
        case .element(let array, let indexes): [array] + indexes.compactMap { $0 }
        case .call(_, let arguments): arguments
        case .print(let call): call.arguments
        case .target(let target): target.children
        case .statistic(_, let operand, _), .histogram(let operand, _), .defined(let operand),
            .entry(let operand), .probeWrite(let operand), .dereference(_, _, let operand),
            .unary(_, let operand), .increment(_, _, let operand), .regexMatch(let operand, _, _):
            [operand]
        case .binary(_, let left, let right), .assignment(_, let left, let right): [left, right]
        case .membership(let indexes, let array): indexes.compactMap { $0 } + [array]
        case .ternary(let condition, let then, let otherwise): [condition, then, otherwise]
        }
    }

    /// Visits this expression and all inside it, outer before inner; `visit` says whether to go inside.
    public func walk(_ visit: (Expression) -> Bool) {
        guard visit(self) else { return }
        for child in children { child.walk(visit) }
    }
}

extension TargetExpression {
    /// The expressions directly inside, in the order of the source.
    public var children: [Expression] {
        var found: [Expression] = []
        switch root {
        case .variable, .atVar: break
        case .cast(let pointer, _, _): found.append(pointer)
        case .expression(let expression): found.append(expression)
        }
        for step in steps { if case .index(let index) = step.kind { found.append(index) } }
        return found
    }
}

extension Statement {
    /// The expressions and statements directly inside, in the order of the source.
    public var children: (expressions: [Expression], statements: [Statement]) {
        switch kind {
        case .empty, .break, .continue, .next: ([], [])
        case .expression(let expression), .delete(let expression): ([expression], [])
        case .return(let value): (value.map { [$0] } ?? [], [])
        case .block(let statements): ([], statements)
        case .if(let condition, let then, let otherwise):
            ([condition], [then] + (otherwise.map { [$0] } ?? []))
        case .while(let condition, let body): ([condition], [body])
        case .for(let initial, let condition, let step, let body):
            ([initial, condition, step].compactMap { $0 }, [body])
        case .foreach(let loop):
            (
                [loop.collection] + (loop.slice ?? []).compactMap { $0 } + (loop.limit.map { [$0] } ?? []),
                [loop.body]
            )
        case .try(let body, _, let handler): ([], [body, handler])
        }
    }

    /// Visits this statement and all inside it, outer before inner; `visit` says whether to go inside.
    public func walkStatements(_ visit: (Statement) -> Bool) {
        guard visit(self) else { return }
        for child in children.statements { child.walkStatements(visit) }
    }

    /// Visits every expression inside, outer before inner; `visit` says whether to go inside.
    public func walkExpressions(_ visit: (Expression) -> Bool) {
        walkStatements { statement in
            for expression in statement.children.expressions { expression.walk(visit) }
            return true
        }
    }
}

extension ScriptTree {
    /// Visits every expression of every probe, alias and function; `visit` says whether to go inside.
    public func walkExpressions(_ visit: (Expression) -> Bool) {
        for item in items {
            switch item {
            case .probe(let probe):
                for point in probe.points { point.condition?.walk(visit) }
                probe.body.walkExpressions(visit)
            case .alias(let alias):
                for point in alias.points { point.condition?.walk(visit) }
                alias.body.walkExpressions(visit)
                alias.epilogue?.walkExpressions(visit)
            case .function(let function):
                if case .block(let body) = function.body { body.walkExpressions(visit) }
            case .global, .embeddedC: break
            }
        }
    }
}
