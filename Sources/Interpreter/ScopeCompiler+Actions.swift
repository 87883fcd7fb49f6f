import Diagnostics
import Lowering
import StapLanguage

extension ScopeCompiler {
    func add(_ action: Action, to steps: inout Steps) {
        let range = action.range
        switch action.kind {
        case .evaluate(let term):
            steps.add(effect(term))
            count(1, at: range, isLast: false, in: &steps)
        case .print(let format, let arguments):
            steps.add(print(format, arguments))
            count(1, at: range, isLast: false, in: &steps)
        case .printHistogram(let histogram, let global, let keys):
            steps.add(printHistogram(histogram, global, keys, at: range))
            count(1, at: range, isLast: false, in: &steps)
        case .choose(let condition, let then, let otherwise):
            count(1, at: range, isLast: true, in: &steps)
            let test = integer(condition)
            let first = block(then, endingAt: range)
            let second = block(otherwise, endingAt: range)
            steps.add { machine throws(Stop) in
                try test(machine) != 0 ? try first(machine) : try second(machine)
            }
        case .loop(let condition, let step, let body): add(condition, step, body, at: range, to: &steps)
        case .foreach(let loop): add(loop, at: range, to: &steps)
        case .attempt(let body, let error, let handler): add(body, error, handler, at: range, to: &steps)
        case .leave(let value):
            if let value, let result { steps.add(setResult(value, result)) }
            count(1, at: range, isLast: true, in: &steps)
            steps.add { _ throws(Stop) in .leave }
        case .clear(let global):
            steps.add { machine throws(Stop) in
                try machine.perform(at: range) { () throws(RuntimeError) in try machine.store.clear(global) }
                return .onward
            }
            count(1, at: range, isLast: false, in: &steps)
        case .remove(let global, let keys):
            steps.add(remove(global, keys, at: range))
            count(1, at: range, isLast: false, in: &steps)
        case .exitLoop: addJump(.exitLoop, at: range, to: &steps)
        case .nextRound: addJump(.nextRound, at: range, to: &steps)
        case .next: addJump(.next, at: range, to: &steps)
        }
    }

    private func addJump(_ flow: Flow, at range: SourceRange, to steps: inout Steps) {
        count(1, at: range, isLast: true, in: &steps)
        steps.add { _ throws(Stop) in flow }
    }

    private func setResult(_ value: Term, _ type: ValueType) -> ActionCode {
        switch type {
        case .integer:
            let value = integer(value)
            return { machine throws(Stop) in
                machine.resultInteger = try value(machine)
                return .onward
            }
        case .text:
            let value = text(value)
            return { machine throws(Stop) in
                machine.resultText = machine.kept(try value(machine))
                return .onward
            }
        }
    }

    private func add(
        _ condition: Term?, _ step: Term?, _ body: [Action], at range: SourceRange, to steps: inout Steps
    ) {
        count(1, at: range, isLast: true, in: &steps)
        // The round itself counts for one.
        var opening = Steps()
        count(1, at: range, isLast: false, in: &opening)
        let test = condition.map { integer($0) }
        let round = block(body, endingAt: range, after: opening)
        var closing = Steps()
        if let step {
            closing.add(effect(step))
            count(1, at: range, isLast: false, in: &closing)
        }
        let advance = closing.code
        steps.add { machine throws(Stop) in
            while try test?(machine) ?? 1 != 0 {
                switch try round(machine) {
                case .onward, .nextRound: break
                case .exitLoop: return .onward
                case .leave: return .leave
                case .next: return .next
                }
                _ = try advance(machine)
            }
            return .onward
        }
    }

    private func add(
        _ body: [Action], _ error: Int?, _ handler: [Action], at range: SourceRange, to steps: inout Steps
    ) {
        count(0, at: range, isLast: true, in: &steps)
        let attempt = block(body, endingAt: range)
        let slot = error.map { slots[$0] }
        var opening = Steps()
        count(1, at: range, isLast: true, in: &opening)
        let handling = block(handler, endingAt: range, after: opening)
        steps.add { machine throws(Stop) in
            let mark = machine.mark
            do throws(Stop) {
                return try attempt(machine)
            } catch {
                guard error.isCaught(by: machine), case .failed(let failure, _) = error else { throw error }
                machine.goBack(to: mark)
                if let slot { machine.texts[machine.textBase + slot] = machine.kept(failure.message) }
                return try handling(machine)
            }
        }
    }

    private func remove(_ global: Int, _ keys: [Term?], at range: SourceRange) -> ActionCode {
        let codes = keys.map { $0.map { value($0) } }
        guard codes.contains(where: { $0 == nil }) else {
            return { machine throws(Stop) in
                let keys = try Self.keys(codes, machine).map { $0! }
                try machine.perform(at: range) { () throws(RuntimeError) in
                    try machine.store.remove(global, keys)
                }
                return .onward
            }
        }
        let holdsStatistics = holdsStatistics(global)
        return { machine throws(Stop) in
            let pattern = try Self.keys(codes, machine)
            try machine.perform(at: range) { () throws(RuntimeError) in
                for keys in try machine.store.keys(global, holdsStatistics) where keys.fits(pattern) {
                    try machine.store.remove(global, keys)
                }
            }
            return .onward
        }
    }

    static func keys(_ codes: [ValueCode?], _ machine: Machine) throws(Stop) -> [Value?] {
        var keys: [Value?] = []
        for code in codes { keys.append(try code?(machine)) }
        return keys
    }

    func holdsStatistics(_ global: Int) -> Bool {
        if case .array(keys: _, .statistic) = program.globals[global].shape { true } else { false }
    }

    private func printHistogram(
        _ histogram: Histogram, _ global: Int, _ keys: [Term], at range: SourceRange
    ) -> ActionCode {
        let counts = bucketCounts(histogram, global, keys, at: range)
        return { machine throws(Stop) in
            machine.output += histogram.table(of: try counts(machine))
            return .onward
        }
    }
}

extension GlobalStore {
    /// The keys of all elements, in their order.
    func keys(_ global: Int, _ holdsStatistics: Bool) throws(RuntimeError) -> [[Value]] {
        holdsStatistics ? try statistics(global).map(\.keys) : try elements(global).map(\.keys)
    }
}

extension [Value] {
    /// Whether they are those of a pattern, in which nil is any.
    func fits(_ pattern: [Value?]) -> Bool {
        zip(self, pattern).allSatisfy { key, wanted in wanted == nil || wanted == key }
    }
}
