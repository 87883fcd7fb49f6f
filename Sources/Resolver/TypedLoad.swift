public import DebugInfo
public import Diagnostics

/// How to read the value of a target expression at one probed address: where to begin, the way from there, and
/// what is read at its end.
///
/// `$node->name->len` of a parameter in memory begins at the parameter's location, loads the pointer there, adds
/// the member's offset and reads eight bytes. Sizes and offsets are bytes unless they say bits.
public struct TypedLoad: Sendable, Equatable, Codable {
    /// The place, or value, that the way begins at.
    public enum Start: Sendable, Equatable, Codable {
        /// Where the probed code has a variable at this address.
        case location(Location)
        /// A global or static variable of a program; the address is in the file's own address space.
        case fixed(Location, binary: String)
        /// A constant, which has no place.
        case constant(Int64)
        /// A tracepoint's argument, by its place in the prototype; what it points to is the kernel's.
        case eventArgument(Int)
        /// A static mark's argument, in a file whose addresses its operand may name.
        case markArgument(MarkArgument, binary: String)
        /// What the function returns, by the machine's calling convention.
        case returnValue
        /// The place that a value of the script points to: `@cast`'s operand, or a variable before `->`.
        case pointer(SourceRange)
    }

    /// A part of the way.
    public enum Step: Sendable, Equatable, Codable {
        /// Adds to the address.
        case offset(UInt64)
        /// Reads the pointer at the address, which is the next address.
        case dereference
        /// Adds an index, the script's expression at this place, times a size.
        case index(SourceRange, size: UInt64)
    }

    /// What the value is.
    public enum Value: Sendable, Equatable, Codable {
        /// An integer at the address; the bits of a floating-point number of eight bytes too.
        case integer(size: UInt64, isSigned: Bool)
        /// A floating-point number of four bytes; the value is the bits of the same number in eight, as stap widens it
        /// (`fp32_to_fp64` of its tapset).
        case float
        /// Bits, counted from the lowest of the byte at the address; see ``Member/BitField/countsFromStart``.
        case bitField(offset: UInt64, width: UInt64, isSigned: Bool, countsFromStart: Bool)
        /// The address itself: of an array, a function or by `&`.
        case address
        /// A text that shows everything inside: `$x$`, `$$vars`. Each part has a way of its own; the load has none.
        case text([TextPiece])
    }

    /// Where it begins.
    public var start: Start
    /// The way, empty for the variable itself.
    public var steps: [Step]
    /// What is read at the end.
    public var value: Value
    /// The type in C's words.
    public var typeName: String
    /// The expression in the script.
    public var range: SourceRange

    init(start: Start, steps: [Step], value: Value, typeName: String, range: SourceRange) {
        self.start = start
        self.steps = steps
        self.value = value
        self.typeName = typeName
        self.range = range
        // GCC writes `(unsigned char)250` as -6.
        if case .constant(let number) = start, steps.isEmpty, case .integer(let size, let isSigned) = value {
            self.start = .constant(number.truncated(toBytes: size, isSigned: isSigned))
        }
    }
}
