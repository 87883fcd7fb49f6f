import DebugInfo
import Diagnostics
import StapLanguage

/// The arguments of static marks, as stap reads them: tapsets.cxx, `sdt_uprobe_var_expanding_visitor`.
extension ScopeLowering {
    func argument(_ argument: MarkArgument, of binary: String, at range: SourceRange) -> Term {
        func integer(_ kind: Term.Kind) -> Term { Term(kind, .integer, at: range) }
        func number(_ value: Int64) -> Term { integer(.number(value)) }
        func register(_ register: MarkArgument.Register, size: Int = 8, isSigned: Bool = false) -> Term {
            integer(
                .read(
                    MemoryRead(
                        start: .location(.register(register.number)), steps: [],
                        value: .integer(size: size, isSigned: isSigned), text: range.text)))
        }
        /// What is at an address; 0 where nothing is, as `user_int32` and its kin have it.
        func memory(at pointer: Term) -> Term {
            integer(.intrinsic(.ofMemory(size: argument.size, isSigned: argument.isSigned), [pointer]))
        }
        switch argument.operand {
        case .constant(let value): return number(value)
        case .register(let part):
            guard part.shift > 0 else {
                return register(part, size: argument.size, isSigned: argument.isSigned)
            }
            // The second byte, with its sign where it has one: up to the top and down again.
            let whole = integer(.binary(.shiftLeft, register(part), number(Int64(56 - part.shift))))
            let byte = integer(.binary(.shiftRight, whole, number(56)))
            return argument.isSigned ? byte : integer(.binary(.bitAnd, byte, number(0xFF)))
        case .memory(let base, let index, let scale, let displacement):
            var pointer = register(base)
            if let index {
                let distance = integer(.binary(.multiply, register(index), number(Int64(scale))))
                pointer = integer(.binary(.add, pointer, distance))
            }
            return memory(at: integer(.binary(.add, pointer, number(displacement))))
        case .address(let address):
            let place = MemoryRead(
                start: .fixed(address: address, path: binary), steps: [], value: .address, text: range.text)
            return memory(at: integer(.read(place)))
        case .unsupported: return refuse(.unresolvedTarget(range.text), at: range)
        }
    }
}

extension Intrinsic {
    /// The function that reads an integer of the traced program's memory.
    fileprivate static func ofMemory(size: Int, isSigned: Bool) -> Intrinsic {
        switch (size, isSigned) {
        case (1, true): .userInt8
        case (1, false): .userUInt8
        case (2, true): .userInt16
        case (2, false): .userUInt16
        case (4, true): .userInt32
        case (4, false): .userUInt32
        default: .userInt64
        }
    }
}
