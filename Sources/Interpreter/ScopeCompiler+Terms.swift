import Diagnostics
import Lowering
import Regexes
import StapLanguage

extension ScopeCompiler {
    /// Code for a term's effects alone.
    func effect(_ term: Term) -> ActionCode {
        switch term.type {
        case .integer:
            let code = integer(term)
            return { machine throws(Stop) in
                _ = try code(machine)
                return .onward
            }
        case .text:
            let code = text(term)
            return { machine throws(Stop) in
                _ = try code(machine)
                return .onward
            }
        }
    }

    /// Code for a term of either type.
    func value(_ term: Term) -> ValueCode {
        switch term.type {
        case .integer:
            let code = integer(term)
            return { machine throws(Stop) in .integer(try code(machine)) }
        case .text:
            let code = text(term)
            return { machine throws(Stop) in .text(try code(machine)) }
        }
    }

    func values(_ terms: [Term]) -> (Machine) throws(Stop) -> [Value] {
        let codes = terms.map { value($0) }
        if codes.count == 1 {
            let first = codes[0]
            return { machine throws(Stop) in [try first(machine)] }
        }
        return { machine throws(Stop) in
            var values: [Value] = []
            values.reserveCapacity(codes.count)
            for code in codes { values.append(try code(machine)) }
            return values
        }
    }

    /// Code for an integer.
    func integer(_ term: Term) -> IntegerCode {
        let range = term.range
        switch term.kind {
        case .number(let number): return { _ throws(Stop) in number }
        case .local(let local):
            let slot = slots[local]
            return { machine throws(Stop) in machine.integers[machine.integerBase + slot] }
        case .global(let global):
            return { machine throws(Stop) in
                try machine.located(range) { () throws(RuntimeError) in
                    try machine.store.scalar(global).integer
                }
            }
        case .element(let global, let keys):
            let keys = values(keys)
            return { machine throws(Stop) in
                let keys = try keys(machine)
                return try machine.located(range) { () throws(RuntimeError) in
                    try machine.store.element(global, keys)?.integer ?? 0
                }
            }
        case .unary(let operation, let operand): return unary(operation, integer(operand))
        case .binary(let operation, let left, let right): return binary(operation, left, right, at: range)
        case .compare(let operation, let left, let right): return compare(operation, text(left), text(right))
        case .matches(let subject, let pattern):
            let subject = text(subject)
            let (automaton, groups) = (
                compiler.patterns[pattern].automaton, compiler.patterns[pattern].groups
            )
            guard let groups else {
                return { machine throws(Stop) in automaton.matches(try subject(machine)) ? 1 : 0 }
            }
            return { machine throws(Stop) in
                let text = try subject(machine)
                let hasMatched = automaton.matches(text)
                machine.lastMatch.note(text, with: groups, hasMatched: hasMatched)
                return hasMatched ? 1 : 0
            }
        case .contains(let global, let keys): return contains(global, keys, at: range)
        case .choice(let condition, let then, let otherwise):
            let (test, first, second) = (integer(condition), integer(then), integer(otherwise))
            return { machine throws(Stop) in try test(machine) != 0 ? try first(machine) : try second(machine)
            }
        case .assign(let place, let value): return assign(place, value, at: range)
        case .update(let operation, let place, let value): return update(operation, place, value, at: range)
        case .increment(let place, let step, let isPrefix): return increment(place, step, isPrefix, at: range)
        case .accumulate(let global, let keys, let added):
            let (keys, added) = (values(keys), integer(added))
            return { machine throws(Stop) in
                let keys = try keys(machine)
                let value = try added(machine)
                try machine.perform(at: range) { () throws(RuntimeError) in
                    try machine.store.accumulate(global, keys, value)
                }
                return value
            }
        case .statistic(let operation, let global, let keys, parameter: _):
            let keys = values(keys)
            return { machine throws(Stop) in
                let keys = try keys(machine)
                return try machine.located(range) { () throws(RuntimeError) in
                    try (try machine.store.statistic(global, keys) ?? Statistic()).value(of: operation)
                }
            }
        case .bucket(let histogram, let global, let keys, let index):
            let counts = bucketCounts(histogram, global, keys, at: range)
            let index = integer(index)
            return { machine throws(Stop) in
                let index = try index(machine)
                let counts = try counts(machine)
                guard index >= 0, index < counts.count else { throw .failed(.histogramIndex, range) }
                return counts[Int(index)]
            }
        case .call(let function, let arguments):
            let call = call(function, arguments, at: range)
            return { machine throws(Stop) in
                try call(machine)
                return machine.resultInteger
            }
        case .intrinsic(let function, let arguments): return integerIntrinsic(function, arguments, at: range)
        case .read(let read):
            let operands = operands(of: read)
            return { machine throws(Stop) in
                let operands = try operands(machine)
                return try machine.located(range) { () throws(RuntimeError) in
                    try machine.context.read(read, operands: operands)
                }
            }
        case .entry(let index):
            return { machine throws(Stop) in
                try machine.located(range) { () throws(RuntimeError) in
                    try machine.context.entry(index).integer
                }
            }
        case .eventArgument(let index):
            return { machine throws(Stop) in
                try machine.located(range) { () throws(RuntimeError) in
                    try machine.context.eventArgument(index)
                }
            }
        case .captured(let index):
            return { machine throws(Stop) in
                try machine.located(range) { () throws(RuntimeError) in
                    try machine.context.captured(index).integer
                }
            }
        case .text, .concatenate, .format, .attempt:
            preconditionFailure("a string where an integer is needed")
        }
    }

    /// Code for a string.
    func text(_ term: Term) -> TextCode {
        let range = term.range
        let longest = limits.longestString
        switch term.kind {
        case .text(let bytes):
            let kept = Array(bytes.prefix(longest))
            return { _ throws(Stop) in kept }
        case .local(let local):
            let slot = slots[local]
            return { machine throws(Stop) in machine.texts[machine.textBase + slot] }
        case .global(let global):
            return { machine throws(Stop) in
                try machine.located(range) { () throws(RuntimeError) in try machine.store.scalar(global).text
                }
            }
        case .element(let global, let keys):
            let keys = values(keys)
            return { machine throws(Stop) in
                let keys = try keys(machine)
                return try machine.located(range) { () throws(RuntimeError) in
                    try machine.store.element(global, keys)?.text ?? []
                }
            }
        case .concatenate(let left, let right):
            let (left, right) = (text(left), text(right))
            return { machine throws(Stop) in
                var joined = try left(machine)
                joined += try right(machine)
                if joined.count > longest { joined.removeLast(joined.count - longest) }
                return joined
            }
        case .choice(let condition, let then, let otherwise):
            let (test, first, second) = (integer(condition), text(then), text(otherwise))
            return { machine throws(Stop) in try test(machine) != 0 ? try first(machine) : try second(machine)
            }
        case .assign(let place, let value):
            let value = text(value)
            return store(place, at: range) { machine, _ throws(Stop) in try value(machine) }
        case .update(_, let place, let value):
            let value = text(value)
            return store(place, at: range) { machine, old throws(Stop) in
                let added = try value(machine)
                return Array((try old() + added).prefix(longest))
            }
        case .call(let function, let arguments):
            let call = call(function, arguments, at: range)
            return { machine throws(Stop) in
                try call(machine)
                return machine.resultText
            }
        case .intrinsic(let function, let arguments): return textIntrinsic(function, arguments, at: range)
        case .format(let format, let arguments): return formatted(format, arguments)
        case .attempt(let body, let otherwise):
            let (body, otherwise) = (text(body), text(otherwise))
            return { machine throws(Stop) in
                let mark = machine.mark
                do throws(Stop) {
                    return try body(machine)
                } catch {
                    guard error.isCaught(by: machine) else { throw error }
                    machine.goBack(to: mark)
                    return try otherwise(machine)
                }
            }
        case .entry(let index):
            return { machine throws(Stop) in
                try machine.located(range) { () throws(RuntimeError) in try machine.context.entry(index).text
                }
            }
        case .captured(let index):
            return { machine throws(Stop) in
                // As it was sent: memory, and addresses of a stack, may hold zeros.
                try machine.located(range) { () throws(RuntimeError) in
                    try machine.context.captured(index).text
                }
            }
        default: preconditionFailure("an integer where a string is needed")
        }
    }

    func operands(of read: MemoryRead) -> (Machine) throws(Stop) -> [Int64] {
        let codes = read.terms.map { integer($0) }
        return { machine throws(Stop) in
            var operands: [Int64] = []
            for code in codes { operands.append(try code(machine)) }
            return operands
        }
    }

    /// The counts of a histogram's buckets; an error where nothing was added.
    func bucketCounts(
        _ histogram: Histogram, _ global: Int, _ keys: [Term], at range: SourceRange
    ) -> (Machine) throws(Stop) -> [Int64] {
        let keys = values(keys)
        let place = program.globals[global].histograms.firstIndex(of: histogram)
        return { machine throws(Stop) in
            let keys = try keys(machine)
            let statistic = try machine.located(range) { () throws(RuntimeError) in
                try machine.store.statistic(global, keys)
            }
            guard let statistic, statistic.count > 0, let place else { throw .failed(.emptyAggregate, range) }
            return statistic.buckets[place]
        }
    }

    private func contains(_ global: Int, _ keys: [Term?], at range: SourceRange) -> IntegerCode {
        let codes = keys.map { $0.map { value($0) } }
        guard codes.contains(where: { $0 == nil }) else {
            let keys = values(keys.map { $0! })
            return { machine throws(Stop) in
                let keys = try keys(machine)
                return try machine.located(range) { () throws(RuntimeError) in
                    try machine.store.contains(global, keys) ? 1 : 0
                }
            }
        }
        let holdsStatistics = holdsStatistics(global)
        return { machine throws(Stop) in
            let pattern = try Self.keys(codes, machine)
            return try machine.located(range) { () throws(RuntimeError) in
                try machine.store.keys(global, holdsStatistics).contains { $0.fits(pattern) } ? 1 : 0
            }
        }
    }

    /// A call; the result is where the machine keeps it.
    private func call(_ number: Int, _ arguments: [Term], at range: SourceRange) -> (Machine) throws(Stop) ->
        Void
    {
        let function = compiler.functions[number]
        let arguments = values(arguments)
        // A function without loops counts when it has been called.
        let statements = function.statements.map { takeUncounted(adding: $0) } ?? 0
        return { machine throws(Stop) in
            let arguments = try arguments(machine)
            guard machine.nesting < machine.nestingLimit else { throw .failed(.nestingExceeded, range) }
            let mark = machine.mark
            machine.nesting += 1
            machine.enter(integers: function.integerCount, texts: function.textCount)
            for (parameter, argument) in zip(function.parameters, arguments) {
                if parameter.isInteger {
                    machine.integers[machine.integerBase + parameter.slot] = argument.integer
                } else {
                    machine.texts[machine.textBase + parameter.slot] = argument.text
                }
            }
            machine.resultInteger = 0
            machine.resultText = []
            let flow = try function.body(machine)
            machine.goBack(to: mark)
            if statements > 0 { try machine.charge(statements, at: range) }
            if flow == .next { throw .failed(.functionsExhausted, range) }
        }
    }
}
