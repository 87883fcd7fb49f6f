extension Program {
    /// The global variables that a handler uses, itself or through functions.
    public func globals(usedBy handler: Handler) -> Set<Int> {
        var walk = UseWalk(program: self)
        walk.visit(handler.body)
        if let condition = handler.condition { walk.visit(condition) }
        for entry in handler.entries { walk.visit(entry) }
        return walk.globals
    }

    /// The built-in functions that statements use, themselves or through functions.
    public func intrinsics(usedBy actions: [Action]) -> Set<Intrinsic> {
        var walk = UseWalk(program: self)
        walk.visit(actions)
        return walk.intrinsics
    }

    /// The functions that statements call, themselves or through others.
    public func functions(calledBy actions: [Action]) -> Set<Int> {
        var walk = UseWalk(program: self)
        walk.visit(actions)
        return walk.functions
    }
}

/// Goes through statements and the functions that they call.
private struct UseWalk {
    let program: Program
    var globals: Set<Int> = []
    var functions: Set<Int> = []
    var intrinsics: Set<Intrinsic> = []

    mutating func visit(_ actions: [Action]) {
        for action in actions {
            switch action.kind {
            case .clear(let index), .remove(let index, _), .printHistogram(_, of: let index, _):
                globals.insert(index)
            case .foreach(let loop): globals.insert(loop.array)
            default: break
            }
            for term in action.kind.terms { visit(term) }
            for body in action.kind.bodies { visit(body) }
        }
    }

    mutating func visit(_ term: Term) {
        switch term.kind {
        case .global(let index), .element(let index, _), .contains(let index, _),
            .accumulate(let index, _, _), .statistic(_, of: let index, _, _), .bucket(_, of: let index, _, _):
            globals.insert(index)
        case .assign(let place, _), .update(_, let place, _), .increment(let place, _, _):
            switch place {
            case .global(let index), .element(let index, _): globals.insert(index)
            case .local, .memory: break
            }
        case .call(let index, _):
            if functions.insert(index).inserted { visit(program.functions[index].body) }
        case .intrinsic(let intrinsic, _): intrinsics.insert(intrinsic)
        default: break
        }
        for inner in term.kind.terms { visit(inner) }
    }
}
