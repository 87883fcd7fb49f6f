import Diagnostics
import Lowering
import StapLanguage

extension ScopeCompiler {
    func add(_ loop: ForeachLoop, at range: SourceRange, to steps: inout Steps) {
        let limit = loop.limit.map { integer($0) }
        let slice = loop.slice.map { $0.map { value($0) } }
        count(1, at: range, isLast: true, in: &steps)
        var opening = Steps()
        count(1, at: range, isLast: false, in: &opening)
        let round = block(loop.body, endingAt: range, after: opening)
        let keySetters = loop.keys.map { setLocal($0) }
        let valueSetter = loop.value.map { setLocal($0) }
        let list = elements(loop)
        steps.add { machine throws(Stop) in
            let limit = try limit?(machine)
            let pattern = try Self.keys(slice, machine)
            let elements = try machine.located(range) { () throws(RuntimeError) in try list(machine, limit) }
            var visited: Int64 = 0
            for element in elements {
                // stap counts elements that the slice passes over too.
                if let limit, visited >= limit { break }
                visited += 1
                if !pattern.isEmpty, !element.keys.fits(pattern) { continue }
                for (setter, key) in zip(keySetters, element.keys) { setter(machine, key) }
                if let value = element.value { valueSetter?(machine, value) }
                switch try round(machine) {
                case .onward, .nextRound: break
                case .exitLoop: return .onward
                case .leave: return .leave
                case .next: return .next
                }
            }
            return .onward
        }
    }

    private func setLocal(_ local: Int) -> (Machine, Value) -> Void {
        let slot = slots[local]
        switch locals[local].type {
        case .integer:
            return { machine, value in machine.integers[machine.integerBase + slot] = value.integer }
        case .text: return { machine, value in machine.texts[machine.textBase + slot] = value.text }
        }
    }

    private typealias Elements = [(keys: [Value], value: Value?)]

    /// The elements in the order in which the loop visits them.
    private func elements(
        _ loop: ForeachLoop
    ) -> (Machine, Int64?) throws(RuntimeError) -> Elements {
        let array = loop.array
        guard holdsStatistics(array) else {
            return { machine, limit throws(RuntimeError) in
                var elements: Elements = try machine.store.elements(array).map { ($0.keys, $0.value) }
                guard let sorting = loop.sorting else { return elements }
                let sorter = ArraySorter(limit: limit, direction: sorting.direction)
                switch sorting.key {
                case .index(let index): sorter.sort(&elements) { $0.keys[index] }
                case .value: sorter.sort(&elements) { $0.value! }
                }
                try machine.store.reorder(array, elements.map(\.keys))
                return elements
            }
        }
        return { machine, limit throws(RuntimeError) in
            var elements = try machine.store.statistics(array)
            if let sorting = loop.sorting {
                let sorter = ArraySorter(limit: limit, direction: sorting.direction)
                switch sorting.key {
                case .index(let index): sorter.sort(&elements) { $0.keys[index] }
                case .value(let operation):
                    var keyed: [(keys: [Value], value: Value)] = []
                    for (keys, statistic) in elements {
                        keyed.append((keys, .integer(try statistic.value(of: operation ?? .count))))
                    }
                    sorter.sort(&keyed) { $0.value }
                    return keyed.map { ($0.keys, nil) }
                }
            }
            return elements.map { ($0.keys, nil) }
        }
    }
}
