extension Program {
    /// The global variables that the script gives values and nobody reads, by index: stap prints them at the end.
    ///
    /// As in stap's `varuse_collecting_visitor`, `x = y` reads nothing wherever it stands, `x++`, `x += y` and
    /// `x <<< y` read nothing as statements, and `delete` reads.
    var unreadGlobals: [Int] {
        var walk = ReadWalk()
        for body in handlers.map(\.body) + functions.map(\.body) { walk.visit(body) }
        for handler in handlers {
            for term in handler.entries + (handler.condition.map { [$0] } ?? []) { walk.visit(term) }
        }
        return globals.indices.filter { walk.written.contains($0) && !walk.read.contains($0) }
    }
}

/// Goes through statements for what they read and write.
private struct ReadWalk {
    var read: Set<Int> = []
    var written: Set<Int> = []

    mutating func visit(_ actions: [Action]) {
        for action in actions {
            switch action.kind {
            case .evaluate(let term): perform(term)
            case .loop(let condition, let step, let body):
                if let condition { visit(condition) }
                if let step { perform(step) }
                visit(body)
            default:
                switch action.kind {
                case .clear(let index), .remove(let index, _), .printHistogram(_, of: let index, _):
                    read.insert(index)
                case .foreach(let loop): read.insert(loop.array)
                default: break
                }
                for term in action.kind.terms { visit(term) }
                for body in action.kind.bodies { visit(body) }
            }
        }
    }

    /// A term whose value nobody wants.
    private mutating func perform(_ term: Term) {
        switch term.kind {
        case .update(_, let place, let value):
            write(place)
            visit(value)
        case .increment(let place, by: _, isPrefix: _): write(place)
        default: visit(term)
        }
    }

    mutating func visit(_ term: Term) {
        switch term.kind {
        case .assign(let place, let value):
            write(place)
            return visit(value)
        case .accumulate(let index, let keys, let value):
            written.insert(index)
            for term in keys + [value] { visit(term) }
            return
        case .global(let index), .element(let index, _), .contains(let index, _),
            .statistic(_, of: let index, _, _), .bucket(_, of: let index, _, _):
            read.insert(index)
        case .update(_, let place, _), .increment(let place, _, _):
            switch place {
            case .global(let index), .element(let index, _): read.insert(index)
            case .local, .memory: break
            }
        default: break
        }
        for inner in term.kind.terms { visit(inner) }
    }

    private mutating func write(_ place: Place) {
        if case .global(let index) = place { written.insert(index) }
        if case .element(let index, _) = place { written.insert(index) }
        for term in place.terms { visit(term) }
    }
}
