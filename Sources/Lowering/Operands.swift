extension Term.Kind {
    /// The terms that it evaluates, in the order in which it does.
    public var terms: [Term] {
        switch self {
        case .number, .text, .local, .global, .entry, .eventArgument, .captured: []
        case .element(_, let keys): keys
        case .unary(_, let operand), .matches(let operand, pattern: _): [operand]
        case .binary(_, let left, let right), .compare(_, let left, let right),
            .concatenate(let left, let right), .attempt(let left, otherwise: let right):
            [left, right]
        case .contains(_, let keys): keys.compactMap { $0 }
        case .choice(let condition, let then, let otherwise): [condition, then, otherwise]
        case .assign(let place, let value), .update(_, let place, let value): place.terms + [value]
        case .increment(let place, by: _, isPrefix: _): place.terms
        case .accumulate(_, let keys, let value): keys + [value]
        case .statistic(_, of: _, let keys, parameter: _): keys
        case .bucket(_, of: _, let keys, let index): keys + [index]
        case .call(_, let arguments), .intrinsic(_, let arguments), .format(_, let arguments): arguments
        case .read(let read): read.terms
        }
    }
}

extension Place {
    /// The terms that say where it is.
    public var terms: [Term] {
        switch self {
        case .local, .global: []
        case .element(_, let keys): keys
        case .memory(let read): read.terms
        }
    }
}

extension MemoryRead {
    /// The pointer that it starts at, then the indexes of its steps.
    public var terms: [Term] {
        var terms: [Term] = []
        if case .pointer(let term) = start { terms.append(term) }
        for case .index(let term, size: _) in steps { terms.append(term) }
        return terms
    }
}

extension Action.Kind {
    /// The terms that it evaluates itself, without those of its bodies.
    public var terms: [Term] {
        switch self {
        case .evaluate(let term): [term]
        case .print(_, let arguments): arguments
        case .printHistogram(_, of: _, let keys): keys
        case .choose(let condition, then: _, otherwise: _): [condition]
        case .loop(let condition, let step, body: _): [condition, step].compactMap { $0 }
        case .foreach(let loop): loop.slice.compactMap { $0 } + [loop.limit].compactMap { $0 }
        case .leave(let value): [value].compactMap { $0 }
        case .remove(_, let keys): keys.compactMap { $0 }
        case .attempt, .clear, .exitLoop, .nextRound, .next: []
        }
    }

    /// The statements inside it.
    public var bodies: [[Action]] {
        switch self {
        case .choose(_, let then, let otherwise): [then, otherwise]
        case .loop(_, _, let body): [body]
        case .foreach(let loop): [loop.body]
        case .attempt(let body, _, let handler): [body, handler]
        default: []
        }
    }
}
