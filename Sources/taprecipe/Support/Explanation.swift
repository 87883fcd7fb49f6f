import DebugInfo
import Diagnostics
import Resolver

/// A resolved script as text: each probed place with its reads, then what was not looked into.
struct Explanation {
    private let script: ResolvedScript
    /// What of it the built-in engine does not do.
    private let problems: [Diagnostic]

    /// The registers of x86-64 by their DWARF numbers: System V ABI, figure 3.36.
    private static let registers = [
        "rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", "r13",
        "r14", "r15", "rip",
    ]

    init(_ script: ResolvedScript, problems: [Diagnostic]) {
        self.script = script
        self.problems = problems
    }

    /// The text, lines and all.
    var text: String {
        var lines: [String] = []
        for point in script.points {
            var place = point.sourceFile.map { " at \($0)" } ?? ""
            if let line = point.line, line > 0 { place += ":\(line)" }
            lines.append("\(point.kind.rawValue) \(point.function)\(place)")
            lines.append("  \(point.binary) + 0x\(String(point.address, radix: 16))")
            for load in point.loads {
                lines.append("  \(load.range.text): \(load.typeName)")
                lines.append("    \(Self.words(load))")
            }
        }
        for point in script.unchecked { lines.append("not looked into: \(point.text)") }
        lines.append(
            "the built-in engine does " + (problems.isEmpty ? "the whole script" : "not do this script:"))
        lines += problems.map { "  " + $0.message }
        return lines.map { $0 + "\n" }.joined()
    }

    /// The way to a value, such as `the register rdi, pointer there + 16, pointer there + 8, unsigned 4 bytes`.
    private static func words(_ load: TypedLoad) -> String {
        var parts = [words(load.start)]
        for step in load.steps {
            switch step {
            case .offset(let bytes): parts[parts.count - 1] += " + \(bytes)"
            case .dereference: parts.append("the pointer there")
            case .index(let range, let size): parts[parts.count - 1] += " + (\(range.text)) * \(size)"
            }
        }
        parts.append(words(load.value))
        return parts.joined(separator: ", ")
    }

    private static func words(_ start: TypedLoad.Start) -> String {
        switch start {
        case .location(let location): words(location)
        case .fixed(let location, let binary):
            location.fixedAddress.map { "\(binary) + 0x\(String($0, radix: 16))" } ?? words(location)
        case .constant(let value): "the constant \(value)"
        case .eventArgument(let place): "the tracepoint's argument \(place + 1)"
        case .markArgument(let argument, binary: _): "the operand \(argument.text)"
        case .returnValue: "the returned value"
        case .pointer(let range): "where (\(range.text)) points"
        }
    }

    private static func words(_ value: TypedLoad.Value) -> String {
        switch value {
        case .integer(let size, let isSigned):
            "\(isSigned ? "signed" : "unsigned") \(size) byte\(size == 1 ? "" : "s")"
        case .bitField(let offset, let width, let isSigned, _):
            "\(isSigned ? "signed" : "unsigned") \(width) bit\(width == 1 ? "" : "s") from bit \(offset)"
        case .float: "a floating-point number of 4 bytes, widened to 8"
        case .address: "the address"
        case .text: "as the text \(value.format ?? "")"
        }
    }

    /// A DWARF expression of the common forms; others by their operations' numbers.
    private static func words(_ location: Location) -> String {
        if let words = frameWords(location.operations) { return words }
        guard let first = location.operations.first, location.operations.count == 1 else {
            return location.operations.map { "op 0x\(String($0.code, radix: 16))" }.joined(separator: " ")
        }
        switch first.code {
        case 0x03: return "the address 0x\(String(first.first, radix: 16))"
        case 0x50...0x6F: return "the register \(register(Int(first.code) - 0x50))"
        case 0x70...0x8F:
            return "the address \(register(Int(first.code) - 0x70)) + \(Int64(bitPattern: first.first))"
        case 0x90: return "the register \(register(Int(truncatingIfNeeded: first.first)))"
        case 0x91: return "the frame's base + \(Int64(bitPattern: first.first))"
        default: return "op 0x\(String(first.code, radix: 16))"
        }
    }

    /// A place on the stack: a register and two offsets from it; nil for other expressions.
    private static func frameWords(_ operations: [Location.Operation]) -> String? {
        guard operations.count == 3, operations[1].code == 0x11, operations[2].code == 0x22 else {
            return nil
        }
        let base = operations[0]
        let (number, offset) =
            switch base.code {
            case 0x70...0x8F: (Int(base.code) - 0x70, base.first)
            case 0x92: (Int(truncatingIfNeeded: base.first), base.second)
            default: (-1, 0)
            }
        guard number >= 0 else { return nil }
        let sum = Int64(bitPattern: offset &+ operations[1].first)
        return "the address \(register(number)) \(sum < 0 ? "-" : "+") \(sum.magnitude)"
    }

    private static func register(_ number: Int) -> String {
        registers.indices.contains(number) ? registers[number] : "\(number)"
    }
}
