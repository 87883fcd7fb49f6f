import Diagnostics
import Lowering
import StapLanguage

extension ScopeCompiler {
    func assign(_ place: Place, _ value: Term, at range: SourceRange) -> IntegerCode {
        let value = integer(value)
        return change(place, at: range) { machine, _ throws(Stop) in
            let new = try value(machine)
            return (new, result: new)
        }
    }

    func update(_ operation: BinaryOperator, _ place: Place, _ value: Term, at range: SourceRange)
        -> IntegerCode
    {
        let sign = value.operatorRange(in: range)
        let value = integer(value)
        return change(place, at: range) { machine, old throws(Stop) in
            let operand = try value(machine)
            let new = try Self.apply(operation, try old(), operand, at: sign)
            return (new, result: new)
        }
    }

    func increment(_ place: Place, _ step: Int64, _ isPrefix: Bool, at range: SourceRange) -> IntegerCode {
        if case .local(let local) = place {
            let slot = slots[local]
            return { machine throws(Stop) in
                let old = machine.integers[machine.integerBase + slot]
                machine.integers[machine.integerBase + slot] = old &+ step
                return isPrefix ? old &+ step : old
            }
        }
        return change(place, at: range) { machine, old throws(Stop) in
            let old = try old()
            return (old &+ step, result: isPrefix ? old &+ step : old)
        }
    }

    private typealias Change =
        (Machine, () throws(Stop) -> Int64) throws(Stop) -> (new: Int64, result: Int64)

    /// Gives an integer's place a new value.
    ///
    /// The keys come first, then the value, then what was there.
    private func change(
        _ place: Place, at range: SourceRange, _ change: @escaping Change
    ) -> IntegerCode {
        switch place {
        case .local(let local):
            let slot = slots[local]
            return { machine throws(Stop) in
                let (new, result) = try change(machine) { () throws(Stop) in
                    machine.integers[machine.integerBase + slot]
                }
                machine.integers[machine.integerBase + slot] = new
                return result
            }
        case .global(let global):
            return { machine throws(Stop) in
                let (new, result) = try change(machine) { () throws(Stop) in
                    try machine.located(range) { () throws(RuntimeError) in
                        try machine.store.scalar(global).integer
                    }
                }
                try machine.perform(at: range) { () throws(RuntimeError) in
                    try machine.store.setScalar(global, .integer(new))
                }
                return result
            }
        case .element(let global, let keys):
            let keys = values(keys)
            return { machine throws(Stop) in
                let keys = try keys(machine)
                let (new, result) = try change(machine) { () throws(Stop) in
                    try machine.located(range) { () throws(RuntimeError) in
                        try machine.store.element(global, keys)?.integer ?? 0
                    }
                }
                try machine.perform(at: range) { () throws(RuntimeError) in
                    try machine.store.setElement(global, keys, .integer(new))
                }
                return result
            }
        case .memory(let read):
            let operands = operands(of: read)
            return { machine throws(Stop) in
                let operands = try operands(machine)
                let (new, result) = try change(machine) { () throws(Stop) in
                    try machine.located(range) { () throws(RuntimeError) in
                        try machine.context.read(read, operands: operands)
                    }
                }
                try machine.perform(at: range) { () throws(RuntimeError) in
                    try machine.context.write(new, to: read, operands: operands)
                }
                return result
            }
        }
    }

    /// Gives a string's place a new value, which is the result.
    func store(
        _ place: Place, at range: SourceRange,
        _ change: @escaping (Machine, () throws(Stop) -> [UInt8]) throws(Stop) -> [UInt8]
    ) -> TextCode {
        switch place {
        case .local(let local):
            let slot = slots[local]
            return { machine throws(Stop) in
                let new = try change(machine) { () throws(Stop) in machine.texts[machine.textBase + slot] }
                machine.texts[machine.textBase + slot] = new
                return new
            }
        case .global(let global):
            return { machine throws(Stop) in
                let new = try change(machine) { () throws(Stop) in
                    try machine.located(range) { () throws(RuntimeError) in
                        try machine.store.scalar(global).text
                    }
                }
                try machine.perform(at: range) { () throws(RuntimeError) in
                    try machine.store.setScalar(global, .text(new))
                }
                return new
            }
        case .element(let global, let keys):
            let keys = values(keys)
            return { machine throws(Stop) in
                let keys = try keys(machine)
                let new = try change(machine) { () throws(Stop) in
                    try machine.located(range) { () throws(RuntimeError) in
                        try machine.store.element(global, keys)?.text ?? []
                    }
                }
                try machine.perform(at: range) { () throws(RuntimeError) in
                    try machine.store.setElement(global, keys, .text(new))
                }
                return new
            }
        case .memory: preconditionFailure("memory of the traced program holds no string")
        }
    }
}
