public import Lowering

/// A value at run time: an integer, or a string without zeros.
public typealias Value = Constant

extension Value {
    /// The integer; a program whose types hold asks it of no string.
    var integer: Int64 {
        guard case .integer(let value) = self else { preconditionFailure("an integer was expected") }
        return value
    }

    /// The string; a program whose types hold asks it of no integer.
    var text: [UInt8] {
        guard case .text(let value) = self else { preconditionFailure("a string was expected") }
        return value
    }
}

extension ValueType {
    /// What a variable starts as, and what an element that is not there reads as.
    var zero: Value {
        switch self {
        case .integer: .integer(0)
        case .text: .text([])
        }
    }
}
