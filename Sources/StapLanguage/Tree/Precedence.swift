/// How tightly an expression's outermost operator binds, loosest first: stap(1), EXPRESSIONS, and by trial
/// where it is silent.
enum Precedence: Int, Comparable {
    case assignment, ternary, or, and, bitOr, bitXor, bitAnd, membership, comparison, concatenation, shift,
        sum,
        product, unary, increment, target, value

    static func < (left: Precedence, right: Precedence) -> Bool { left.rawValue < right.rawValue }

    /// The next tighter one.
    var tighter: Precedence { Precedence(rawValue: rawValue + 1) ?? .value }

    init(of expression: Expression) {
        switch expression.kind {
        case .assignment: self = .assignment
        case .ternary: self = .ternary
        case .binary(let sign, _, _): self = sign.precedence
        case .membership: self = .membership
        case .regexMatch: self = .comparison
        case .unary: self = .unary
        case .increment: self = .increment
        case .target: self = .target
        default: self = .value
        }
    }
}

extension BinaryOperator {
    var precedence: Precedence {
        switch self {
        case .or: .or
        case .and: .and
        case .bitOr: .bitOr
        case .bitXor: .bitXor
        case .bitAnd: .bitAnd
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: .comparison
        case .concatenate: .concatenation
        case .shiftLeft, .shiftRight, .shiftRightLogical: .shift
        case .add, .subtract: .sum
        case .multiply, .divide, .remainder: .product
        }
    }
}
