import Diagnostics

/// How statements are written: every expression ends in `;`, every branch stands as it was.
extension ScriptPrinter {
    mutating func statement(_ statement: Statement) {
        switch statement.kind {
        case .empty: write(";")
        case .expression(let expression):
            self.expression(expression)
            write(";")
        case .block(let statements): block(statements)
        case .if(let condition, let then, let otherwise): `if`(condition, then, otherwise)
        case .while(let condition, let body):
            write("while (")
            expression(condition)
            write(") ")
            self.statement(body)
        case .for(let initial, let condition, let step, let body):
            write("for (")
            if let initial { expression(initial) }
            write("; ")
            if let condition { expression(condition) }
            write("; ")
            if let step { expression(step) }
            write(") ")
            self.statement(body)
        case .foreach(let loop): foreach(loop)
        case .try(let body, let error, let handler):
            write("try ")
            self.statement(body)
            write(" catch ")
            if let error { write("(\(error.text)) ") }
            self.statement(handler)
        case .return(let value):
            write("return")
            if let value {
                write(" ")
                expression(value)
            }
            write(";")
        case .delete(let expression):
            write("delete ")
            self.expression(expression)
            write(";")
        case .break: write("break;")
        case .continue: write("continue;")
        case .next: write("next;")
        }
    }

    private mutating func block(_ statements: [Statement]) {
        write("{")
        indentation += 1
        for statement in statements {
            newLine()
            self.statement(statement)
        }
        indentation -= 1
        if !statements.isEmpty { newLine() }
        write("}")
    }

    private mutating func `if`(_ condition: Expression, _ then: Statement, _ otherwise: Statement?) {
        write("if (")
        expression(condition)
        write(") ")
        statement(then)
        if let otherwise {
            // An inner `if` without `else` cannot stand before this one: the parser would have given it
            // this `else`.
            write(" else ")
            statement(otherwise)
        }
    }

    private mutating func foreach(_ loop: Foreach) {
        write("foreach (")
        if let value = loop.value { write("\(value.text) = ") }
        let isList = loop.indexes.count > 1
        if isList { write("[") }
        for (index, name) in loop.indexes.enumerated() {
            write((index > 0 ? ", " : "") + name.text)
            if let sorting = loop.sorting, sorting.key == .index(index) { write(sorting.direction.rawValue) }
        }
        if isList { write("]") }
        write(" in ")
        collection(loop.collection)
        if let slice = loop.slice {
            write("[")
            indexes(slice)
            write("]")
        }
        if let sorting = loop.sorting, case .value(let aggregate) = sorting.key {
            if let aggregate { write(" @\(aggregate.rawValue)") }
            write(sorting.direction.rawValue)
        }
        if let limit = loop.limit {
            write(" limit ")
            expression(limit)
        }
        write(") ")
        statement(loop.body)
    }
}
