import Diagnostics
import Lowering
import StapLanguage

extension ScopeCompiler {
    func unary(_ operation: UnaryOperator, _ operand: @escaping IntegerCode) -> IntegerCode {
        switch operation {
        case .minus: { machine throws(Stop) in 0 &- (try operand(machine)) }
        case .plus: operand
        case .not: { machine throws(Stop) in try operand(machine) == 0 ? 1 : 0 }
        case .complement: { machine throws(Stop) in ~(try operand(machine)) }
        }
    }

    func binary(_ operation: BinaryOperator, _ left: Term, _ right: Term, at range: SourceRange)
        -> IntegerCode
    {
        let sign = right.operatorRange(in: range)
        let (left, right) = (integer(left), integer(right))
        switch operation {
        case .or:
            return { machine throws(Stop) in try left(machine) != 0 ? 1 : try right(machine) != 0 ? 1 : 0 }
        case .and:
            return { machine throws(Stop) in try left(machine) == 0 ? 0 : try right(machine) != 0 ? 1 : 0 }
        case .add: return { machine throws(Stop) in try left(machine) &+ (try right(machine)) }
        case .subtract: return { machine throws(Stop) in try left(machine) &- (try right(machine)) }
        case .multiply: return { machine throws(Stop) in try left(machine) &* (try right(machine)) }
        case .equal: return { machine throws(Stop) in try left(machine) == (try right(machine)) ? 1 : 0 }
        case .notEqual: return { machine throws(Stop) in try left(machine) != (try right(machine)) ? 1 : 0 }
        case .less: return { machine throws(Stop) in try left(machine) < (try right(machine)) ? 1 : 0 }
        case .lessOrEqual:
            return { machine throws(Stop) in try left(machine) <= (try right(machine)) ? 1 : 0 }
        case .greater: return { machine throws(Stop) in try left(machine) > (try right(machine)) ? 1 : 0 }
        case .greaterOrEqual:
            return { machine throws(Stop) in try left(machine) >= (try right(machine)) ? 1 : 0 }
        case .bitAnd: return { machine throws(Stop) in try left(machine) & (try right(machine)) }
        case .bitOr: return { machine throws(Stop) in try left(machine) | (try right(machine)) }
        case .bitXor: return { machine throws(Stop) in try left(machine) ^ (try right(machine)) }
        case .shiftLeft, .shiftRight, .shiftRightLogical, .divide, .remainder:
            return { machine throws(Stop) in
                let first = try left(machine)
                return try Self.apply(operation, first, try right(machine), at: sign)
            }
        case .concatenate: preconditionFailure("strings are concatenated by a term of their own")
        }
    }

    /// An operation on two integers: wrapping; of a shift the low six bits count, as on x86.
    static func apply(
        _ operation: BinaryOperator, _ left: Int64, _ right: Int64, at range: SourceRange
    ) throws(Stop) -> Int64 {
        switch operation {
        case .add: return left &+ right
        case .subtract: return left &- right
        case .multiply: return left &* right
        case .bitAnd: return left & right
        case .bitOr: return left | right
        case .bitXor: return left ^ right
        case .shiftLeft: return left &<< right
        case .shiftRight: return left &>> right
        case .shiftRightLogical:
            return Int64(bitPattern: UInt64(bitPattern: left) &>> UInt64(bitPattern: right))
        case .divide:
            guard right != 0 else { throw .failed(.divisionByZero, range) }
            return left.dividedAsStap(by: right)
        case .remainder:
            guard right != 0 else { throw .failed(.divisionByZero, range) }
            return right == -1 ? 0 : left % right
        case .or, .and, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .concatenate:
            preconditionFailure("'\(operation.rawValue)=' is no assignment")
        }
    }

    /// A comparison of strings, byte by byte.
    func compare(
        _ operation: BinaryOperator, _ left: @escaping TextCode, _ right: @escaping TextCode
    ) -> IntegerCode {
        let test: ([UInt8], [UInt8]) -> Bool =
            switch operation {
            case .equal: { $0 == $1 }
            case .notEqual: { $0 != $1 }
            case .less: { $0.lexicographicallyPrecedes($1) }
            case .greater: { $1.lexicographicallyPrecedes($0) }
            case .lessOrEqual: { !$1.lexicographicallyPrecedes($0) }
            case .greaterOrEqual: { !$0.lexicographicallyPrecedes($1) }
            default: preconditionFailure("'\(operation.rawValue)' compares nothing")
            }
        return { machine throws(Stop) in
            let first = try left(machine)
            return test(first, try right(machine)) ? 1 : 0
        }
    }
}
