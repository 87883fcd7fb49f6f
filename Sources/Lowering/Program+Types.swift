import Diagnostics

extension Program {
    /// The terms that are not of the type that they are used as.
    ///
    /// The resolver does not look at what stap drops, such as what is assigned to a variable that nobody reads, so that this may
    /// hold anything; what compiles or interprets a program relies on its types.
    var illTyped: [Term] {
        var walk = TypeWalk(program: self)
        for handler in handlers {
            walk.locals = handler.locals.map(\.type)
            if let condition = handler.condition { walk.require(condition, .integer) }
            for entry in handler.entries { walk.visit(entry) }
            walk.visit(handler.body)
        }
        for function in functions {
            walk.locals = function.locals.map(\.type)
            walk.result = function.result
            walk.visit(function.body)
        }
        return walk.found
    }
}

private struct TypeWalk {
    let program: Program
    var locals: [ValueType] = []
    var result: ValueType?
    var found: [Term] = []

    mutating func visit(_ actions: [Action]) {
        for action in actions {
            switch action.kind {
            case .print(let format, let arguments):
                for (term, type) in zip(arguments, format.argumentTypes) { require(term, type) }
            case .choose(let condition, _, _): require(condition, .integer)
            case .loop(let condition, let step, _):
                if let condition { require(condition, .integer) }
                if let step { visit(step) }
            case .foreach(let loop):
                if let limit = loop.limit { require(limit, .integer) }
                require(loop.slice, keysOf: loop.array)
            case .leave(let value?): if let result { require(value, result) } else { visit(value) }
            case .remove(let array, let keys): require(keys, keysOf: array)
            case .printHistogram(_, of: let array, let keys): require(keys, keysOf: array)
            case .evaluate(let term): visit(term)
            case .attempt, .leave, .clear, .exitLoop, .nextRound, .next: break
            }
            for body in action.kind.bodies { visit(body) }
        }
    }

    /// Takes note of a term that is of another type, and looks at what is in it.
    mutating func require(_ term: Term, _ type: ValueType) {
        if term.type != type { found.append(term) } else { visit(term) }
    }

    private mutating func require(_ keys: [Term?], keysOf array: Int) {
        guard case .array(let types, _) = program.globals[array].shape else { return }
        for (key, type) in zip(keys, types) { if let key { require(key, type) } }
    }

    mutating func visit(_ term: Term) {
        switch term.kind {
        case .number, .text, .local, .global, .entry, .eventArgument, .captured: break
        case .element(let array, let keys): require(keys, keysOf: array)
        case .unary(_, let operand): require(operand, .integer)
        case .binary(_, let left, let right): for operand in [left, right] { require(operand, .integer) }
        case .compare(_, let left, let right), .concatenate(let left, let right):
            for operand in [left, right] { require(operand, .text) }
        case .matches(let operand, _): require(operand, .text)
        case .contains(let array, let keys): require(keys, keysOf: array)
        case .choice(let condition, let then, let otherwise):
            require(condition, .integer)
            for value in [then, otherwise] { require(value, term.type) }
        case .assign(let place, let value), .update(_, let place, let value):
            visit(place)
            if let type = type(of: place) { require(value, type) } else { visit(value) }
        case .increment(let place, _, _):
            visit(place)
            if type(of: place) == .text { found.append(term) }
        case .accumulate(let array, let keys, let value):
            require(keys, keysOf: array)
            require(value, .integer)
        case .statistic(_, of: let array, let keys, _): require(keys, keysOf: array)
        case .bucket(_, of: let array, let keys, let index):
            require(keys, keysOf: array)
            require(index, .integer)
        case .call(let function, let arguments):
            for (argument, local) in zip(arguments, program.functions[function].locals) {
                require(argument, local.type)
            }
        case .intrinsic(let intrinsic, let arguments):
            for (argument, type) in zip(arguments, intrinsic.signature.parameters) { require(argument, type) }
        case .read(let read): for part in read.terms { require(part, .integer) }
        case .format(let format, let arguments):
            for (argument, type) in zip(arguments, format.argumentTypes) { require(argument, type) }
        case .attempt(let value, let otherwise): for part in [value, otherwise] { require(part, term.type) }
        }
    }

    private mutating func visit(_ place: Place) {
        switch place {
        case .local, .global: break
        case .element(let array, let keys): require(keys, keysOf: array)
        case .memory(let read): for part in read.terms { require(part, .integer) }
        }
    }

    private func type(of place: Place) -> ValueType? {
        switch place {
        case .local(let index): return locals.indices.contains(index) ? locals[index] : nil
        case .global(let index):
            if case .scalar(let type) = program.globals[index].shape { return type }
        case .element(let index, _):
            if case .array(_, .value(let type)) = program.globals[index].shape { return type }
        case .memory: return .integer
        }
        return nil
    }
}
