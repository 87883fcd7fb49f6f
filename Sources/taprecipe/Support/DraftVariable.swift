/// A variable at a function's entry, and what a new recipe makes of it.
struct DraftVariable {
    /// How it is printed.
    enum Form: Equatable {
        case integer
        case pointer
        /// A text that ends in NUL.
        case text
        /// Not at all, and why.
        case leftOut(String)
    }

    let name: String
    let type: String
    let form: Form
    /// What a comment of the script says of it.
    let remark: String?

    /// What C's, C++'s, Rust's and Go's numbers are called where no name stands for them.
    private static let integers: Set<String> = [
        "char", "signed char", "unsigned char", "short int", "short unsigned int", "int", "unsigned int",
        "long int", "long unsigned int", "long long int", "long long unsigned int", "_Bool", "bool", "short",
        "unsigned short", "long", "unsigned long", "long long", "unsigned long long", "wchar_t", "char8_t",
        "char16_t", "char32_t", "i8", "i16", "i32", "i64", "isize", "u8",
        "u16", "u32", "u64", "usize", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32",
        "uint64",
        "uintptr",
    ]

    init(_ variable: ProbesText.Variable) {
        name = variable.name
        type = variable.type
        let layout = variable.layout
        let isPointer = variable.type.contains("*")
        let target = layout?.type ?? variable.type
        if variable.type.hasSuffix("[]") {
            form = .leftOut("it is an array (\(variable.type))")
            remark = nil
        } else if isPointer {
            let isText = variable.type.filter { $0 == "*" }.count == 1 && target == "char"
            form = isText ? .text : .pointer
            remark = Self.members(of: layout, variable.name)
        } else if let constants = layout?.constants, !constants.isEmpty {
            form = .integer
            let names = constants.prefix(6).map { constant in
                "\(Self.printed(constant.value, size: layout?.size)) \(constant.name)"
            }.joined(separator: ", ")
            remark = "\(variable.name) is one of \(names)\(constants.count > 6 ? ", …" : "")"
        } else if Self.integers.contains(target), layout?.fields.isEmpty ?? true {
            form = .integer
            remark = nil
        } else if target.contains("(") {
            form = .pointer
            remark = "usymname($\(variable.name)) is the function that \(variable.name) points to"
        } else {
            form = .leftOut("it is no number (\(variable.type))")
            remark = nil
        }
    }

    /// The same, left out for a reason that showed later.
    init(_ other: DraftVariable, leftOut reason: String) {
        name = other.name
        type = other.type
        form = .leftOut(reason)
        remark = nil
    }

    /// A constant as it is printed where an enumeration has that value: read without a sign, in the enumeration's size.
    private static func printed(_ constant: Int64, size: UInt64?) -> Int64 {
        guard let size, size < 8 else { return constant }
        return constant & ((1 << Int64(size * 8)) - 1)
    }

    /// The first numbers among a structure's members, for whoever writes on.
    private static func members(of layout: ProbesText.Layout?, _ name: String) -> String? {
        let numbers = (layout?.fields ?? []).filter { field in
            field.depth == 0 && !field.name.isEmpty && (field.size ?? 0) <= 8 && mayBeNumber(field.type)
        }
        guard !numbers.isEmpty else { return nil }
        return "$\(name) has \(numbers.prefix(6).map { "$\(name)->\($0.name)" }.joined(separator: ", "))"
            + (numbers.count > 6 ? ", …" : "")
    }

    /// Whether the type of a member may be that of an integer; what a type definition stands for is not told.
    private static func mayBeNumber(_ type: String) -> Bool {
        guard !type.contains("*"), !type.hasSuffix("[]") else { return false }
        return !type.split(separator: " ").contains { others.contains(String($0)) }
    }

    /// Words of types whose values are no integers.
    private static let others: Set<String> = ["struct", "union", "class", "float", "double"]

    /// The name of the record's field.
    var field: String { ["count", "stack", "process"].contains(name) ? "\(name)_value" : name }
}
