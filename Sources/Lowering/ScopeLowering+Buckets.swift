import Diagnostics
import StapLanguage

/// `foreach` over a histogram's buckets: a loop over their numbers.
extension ScopeLowering {
    func buckets(of shape: Histogram, by index: Int, _ loop: Foreach, at range: SourceRange) -> [Action] {
        func number(_ value: Int64) -> Term { Term(.number(value), .integer, at: range) }
        func set(_ local: Int, to value: Term) -> Action {
            Action(.evaluate(Term(.assign(.local(local), value), .integer, at: range)), at: range)
        }
        func isBelow(_ local: Int, _ bound: Term) -> Term {
            Term(.binary(.less, Term(.local(local), .integer, at: range), bound), .integer, at: range)
        }
        func next(_ local: Int) -> Term {
            Term(.increment(.local(local), by: 1, isPrefix: false), .integer, at: range)
        }
        var before = [set(index, to: number(0))]
        var body = actions(loop.body)
        if let limit = loop.limit {
            // Names that no script can have.
            let (bound, round) = (local("limit@\(range.lower)"), local("round@\(range.lower)"))
            before += [set(bound, to: term(limit)), set(round, to: number(0))]
            let goesOn = Term(
                .binary(.less, next(round), Term(.local(bound), .integer, at: range)), .integer, at: range)
            body =
                [Action(.choose(goesOn, then: [], otherwise: [Action(.exitLoop, at: range)]), at: range)]
                + body
        }
        let condition = isBelow(index, number(Int64(shape.bucketCount)))
        return before + [Action(.loop(condition: condition, step: next(index), body: body), at: range)]
    }
}
