/// What a field of a record holds.
enum FieldValue: Hashable, Sendable {
    /// Nothing: the record has no such field.
    case none
    /// A decimal number, of stap's `long` or an unsigned 64-bit one.
    case integer(Int128)
    /// A number that was printed in hexadecimal, such as an address.
    case hex(UInt64)
    /// A word or the rest of a line.
    case text(ByteText)
    /// A backtrace, by its place in the stack store.
    case stack(Int)

    /// The number, where it is one.
    var number: Int128? {
        switch self {
        case .integer(let value): value
        case .hex(let value): Int128(value)
        case .none, .text, .stack: nil
        }
    }

    /// A copy that holds no part of the chunk it came in.
    var compacted: FieldValue {
        if case .text(let text) = self { .text(text.compacted) } else { self }
    }

    /// Orders nothing before numbers before texts (by bytes) before stacks (the first seen first).
    static func isLess(_ left: FieldValue, _ right: FieldValue) -> Bool {
        switch (left, right) {
        case (.text(let a), .text(let b)): a.bytes.lexicographicallyPrecedes(b.bytes)
        case (.stack(let a), .stack(let b)): a < b
        default:
            if let a = left.number, let b = right.number { a < b } else { left.rank < right.rank }
        }
    }

    private var rank: Int {
        switch self {
        case .none: 0
        case .integer, .hex: 1
        case .text: 2
        case .stack: 3
        }
    }
}
