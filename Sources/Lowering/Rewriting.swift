extension Term {
    /// The term with terms in it replaced.
    ///
    /// Each by what `replace` gives, or where that is nil by itself with its own terms
    /// replaced. Terms come in the order of their evaluation.
    public func rewritten(_ replace: (Term) -> Term?) -> Term {
        if let replacement = replace(self) { return replacement }
        func inner(_ term: Term) -> Term { term.rewritten(replace) }
        func inner(_ terms: [Term]) -> [Term] { terms.map { $0.rewritten(replace) } }
        let kind: Kind =
            switch self.kind {
            case .number, .text, .local, .global, .entry, .eventArgument, .captured: self.kind
            case .element(let array, let keys): .element(array, inner(keys))
            case .unary(let sign, let operand): .unary(sign, inner(operand))
            case .binary(let sign, let left, let right): .binary(sign, inner(left), inner(right))
            case .compare(let sign, let left, let right): .compare(sign, inner(left), inner(right))
            case .concatenate(let left, let right): .concatenate(inner(left), inner(right))
            case .matches(let operand, let pattern): .matches(inner(operand), pattern: pattern)
            case .contains(let array, let keys): .contains(array, keys.map { $0.map(inner) })
            case .choice(let condition, let then, let otherwise):
                .choice(inner(condition), then: inner(then), otherwise: inner(otherwise))
            case .assign(let place, let value): .assign(place.rewritten(replace), inner(value))
            case .update(let sign, let place, let value):
                .update(sign, place.rewritten(replace), inner(value))
            case .increment(let place, let amount, let isPrefix):
                .increment(place.rewritten(replace), by: amount, isPrefix: isPrefix)
            case .accumulate(let array, let keys, let value): .accumulate(array, inner(keys), inner(value))
            case .statistic(let sign, let array, let keys, let parameter):
                .statistic(sign, of: array, inner(keys), parameter: parameter)
            case .bucket(let shape, let array, let keys, let index):
                .bucket(shape, of: array, inner(keys), index: inner(index))
            case .call(let function, let arguments): .call(function, inner(arguments))
            case .intrinsic(let intrinsic, let arguments): .intrinsic(intrinsic, inner(arguments))
            case .read(let read): .read(read.rewritten(replace))
            case .format(let format, let arguments): .format(format, inner(arguments))
            case .attempt(let term, let otherwise): .attempt(inner(term), otherwise: inner(otherwise))
            }
        return Term(kind, type, at: range)
    }
}

extension Place {
    func rewritten(_ replace: (Term) -> Term?) -> Place {
        switch self {
        case .local, .global: self
        case .element(let array, let keys): .element(array, keys.map { $0.rewritten(replace) })
        case .memory(let read): .memory(read.rewritten(replace))
        }
    }
}

extension MemoryRead {
    func rewritten(_ replace: (Term) -> Term?) -> MemoryRead {
        var read = self
        if case .pointer(let term) = start { read.start = .pointer(term.rewritten(replace)) }
        read.steps = steps.map { step in
            guard case .index(let index, let size) = step else { return step }
            return .index(index.rewritten(replace), size: size)
        }
        return read
    }
}

extension Action {
    /// The statement with terms in it replaced, as ``Term/rewritten(_:)`` does.
    public func rewritten(_ replace: (Term) -> Term?) -> Action {
        func inner(_ term: Term) -> Term { term.rewritten(replace) }
        func inner(_ actions: [Action]) -> [Action] { actions.map { $0.rewritten(replace) } }
        let kind: Kind
        switch self.kind {
        case .evaluate(let term): kind = .evaluate(inner(term))
        case .print(let format, let arguments): kind = .print(format, arguments.map(inner))
        case .printHistogram(let shape, let array, let keys):
            kind = .printHistogram(shape, of: array, keys.map(inner))
        case .choose(let condition, let then, let otherwise):
            kind = .choose(inner(condition), then: inner(then), otherwise: inner(otherwise))
        case .loop(let condition, let step, let body):
            kind = .loop(condition: condition.map(inner), step: step.map(inner), body: inner(body))
        case .foreach(var loop):
            loop.slice = loop.slice.map { $0.map(inner) }
            loop.limit = loop.limit.map(inner)
            loop.body = inner(loop.body)
            kind = .foreach(loop)
        case .attempt(let body, let error, let handler):
            kind = .attempt(body: inner(body), error: error, handler: inner(handler))
        case .leave(let value): kind = .leave(value.map(inner))
        case .remove(let array, let keys): kind = .remove(array, keys.map { $0.map(inner) })
        case .clear, .exitLoop, .nextRound, .next: kind = self.kind
        }
        return Action(kind, at: range)
    }
}
