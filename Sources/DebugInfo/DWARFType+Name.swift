import CElfutils
import Glibc

extension DWARFType: CustomStringConvertible {
    /// The type as `stap -L` writes it (`struct node*`, `char const*`, `int (*) (void*)`); nil for what stap
    /// cannot name, and then it lists no variable of that type.
    public var cName: String? {
        var budget = 1000
        return name(depth: 0, &budget)
    }

    /// The C name, or `<unknown>`.
    public var description: String { cName ?? "<unknown>" }

    /// A function type's modifiers stand in its middle, so they are collected until it is met.
    private enum Spelling {
        case plain(String)
        case function(DWARFType, modifiers: String)

        func appending(_ text: String) -> Spelling {
            switch self {
            case .plain(let name): .plain(name + text)
            case .function(let type, let modifiers): .function(type, modifiers: modifiers + text)
            }
        }
    }

    private func name(depth: Int, _ budget: inout Int) -> String? {
        switch spelling(depth: depth, &budget) {
        case .plain(let name): name
        case .function(let type, let modifiers): type.functionName(modifiers, depth: depth + 1, &budget)
        case nil: nil
        }
    }

    private func spelling(depth: Int, _ budget: inout Int) -> Spelling? {
        budget -= 1
        // Cyclic references are only met in damaged files.
        guard depth < 64, budget > 0 else { return nil }
        switch kind {
        case .base, .typedef: return .plain(name ?? "{...}")
        case .structure: return .plain("struct \(name ?? "{...}")")
        case .class: return .plain("class \(name ?? "{...}")")
        case .union: return .plain("union \(name ?? "{...}")")
        case .enumeration: return .plain("enum \(name ?? "{...}")")
        case .function: return .function(self, modifiers: "")
        case .unspecified: return nil
        case .pointer, .reference, .rvalueReference, .array, .qualifier: break
        }
        guard let suffix else { return nil }
        let target = target
        if case .pointer = kind, let target, target.die.tag == DW_TAG_structure_type,
            target.name == "__va_list_tag"
        {
            return .plain("va_list")
        }
        // What has no name is void, as in `void *`.
        return (target?.spelling(depth: depth + 1, &budget) ?? .plain("void")).appending(suffix)
    }

    private var suffix: String? {
        switch kind {
        case .pointer: "*"
        case .reference: "&"
        case .rvalueReference: "&&"
        case .array: "[]"
        case .qualifier(.const):
            switch target?.kind {
            case .reference, .rvalueReference: ""
            default: " const"
            }
        case .qualifier(.volatile): " volatile"
        case .qualifier(.restrict): " restrict"
        default: nil
        }
    }

    private func functionName(_ modifiers: String, depth: Int, _ budget: inout Int) -> String? {
        var result = "void"
        if let target {
            guard let name = target.name(depth: depth, &budget) else { return nil }
            result = name
        }
        var list: [String] = []
        for child in die.children {
            switch child.tag {
            case DW_TAG_unspecified_parameters: list.append("...")
            case DW_TAG_formal_parameter:
                guard let reference = child.reference(DW_AT_type) else {
                    list.append("void")
                    continue
                }
                let parameter = DWARFType(dwarf: dwarf, die: reference)
                guard let name = parameter.name(depth: depth, &budget) else { return nil }
                list.append(name)
            default: break
            }
        }
        return "\(result) (\(modifiers)) (\(list.isEmpty ? "void" : list.joined(separator: ", ")))"
    }
}
