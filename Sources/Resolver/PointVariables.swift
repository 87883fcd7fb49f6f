import DebugInfo
import Diagnostics

/// The target variables of a probe point that has its own, not those of a program's code: a static mark's
/// arguments, a tracepoint's parameters, `$value` of a procfs file.
struct PointVariables {
    /// What a variable is.
    enum Value {
        /// A text, which has no parts.
        case plain
        /// A number, which has no parts, cannot be pretty-printed and is only read.
        case number
        /// A text that cannot be pretty-printed either.
        case bareText
        /// A number that stap takes as it is, whatever is applied to it.
        case wholeOnly
        /// Something of one of the kernel's types; nil where nothing here knows which.
        case kernel(BTFType?)
        /// Nobody can read it; the operand that says so.
        case unreadable(operand: String)

        fileprivate var isArgument: Bool {
            switch self {
            case .number, .unreadable: true
            default: false
            }
        }
    }

    /// What has them, for messages: `the mark 'request'`, `tracepoint sched_switch`.
    var owner: String
    /// Their names in their order, without the first `$`: `arg1`, `$vars`.
    private(set) var names: [String] = []
    private var values: [String: Value] = [:]
    /// A static mark's arguments by name.
    private var arguments: [String: MarkArgument] = [:]
    /// The types of a tracepoint's parameters by name, where its header tells them.
    private var declaredTypes: [String: String] = [:]
    /// Texts that are the same whenever the point is reached.
    var constantTexts: [String: String] = [:]
    /// Where every other name is looked up; nil where there is no such place.
    private(set) var site: ProbeSite?
    /// The binary of that place.
    private(set) var binary: Binary?
    /// Whether `@entry` has a meaning.
    var isReturn = false

    /// Creates a place without variables.
    init(of owner: String, isReturn: Bool = false) {
        self.owner = owner
        self.isReturn = isReturn
    }

    /// What a static mark has: its arguments, and the variables around it.
    init(_ mark: StaticMark, in binary: Binary) {
        self.init(of: "the mark '\(mark.name)'")
        for (index, argument) in mark.arguments.enumerated() {
            let isReadable = argument.operand != .unsupported
            add("arg\(index + 1)", isReadable ? .number : .unreadable(operand: argument.text))
            arguments["arg\(index + 1)"] = argument
        }
        for name in ["$name", "$provider", "$vars", "$parms"] { add(name, .plain) }
        constantTexts = ["$name": mark.name, "$provider": mark.provider]
        site = try? binary.statementSite(at: mark.address, isAnywhere: true)
        self.binary = binary
    }

    /// What a call through the linkage table has.
    init(_ entry: LinkageEntry, isReturn: Bool) {
        self.init(of: "the linkage table's entry '\(entry.name)'", isReturn: isReturn)
        for name in ["$name", "$vars", "$parms", "$locals"] { add(name, .plain) }
        constantTexts = ["$name": entry.name, "$vars": "", "$parms": "", "$locals": ""]
    }

    /// What `process.syscall` and `process.syscall.return` have; nil for other events, which have nothing.
    init?(event: String) {
        self.init(of: "process.\(event)")
        switch event {
        case "syscall":
            for name in ["syscall"] + (1...6).map({ "arg\($0)" }) { add(name, .number) }
            add("$parms", .plain)
        case "syscall.return": for name in ["syscall", "return"] { add(name, .number) }
        default: return nil
        }
    }

    /// Adds a variable.
    mutating func add(_ name: String, _ value: Value) {
        names.append(name)
        values[name] = value
    }

    /// Adds a tracepoint's parameter of which only the header tells.
    mutating func add(_ parameter: ParameterDeclaration) {
        add(parameter.name, .kernel(nil))
        declaredTypes[parameter.name] = parameter.type
    }

    /// The texts of `$$name` and its kin by the name without the first `$`, where their parts are known.
    func texts(_ name: String, at range: SourceRange) -> [TextPiece]? {
        if let text = constantTexts[name] { return [.literal(text)] }
        guard ["$vars", "$parms"].contains(name) else { return nil }
        var pieces: [TextPiece] = []
        for (place, name) in names.enumerated() {
            if let load = load(of: name, at: range) {
                pieces += [.literal("\(pieces.isEmpty ? "" : " ")$\(name)="), .value(load, .hexadecimal)]
            }
            guard case .kernel(let type)? = values[name] else { continue }
            guard let type, let size = type.size, [1, 2, 4, 8].contains(size) else { return nil }
            pieces.append(.literal("\(pieces.isEmpty ? "" : " ")\(name)="))
            let load = TypedLoad(
                start: .eventArgument(place), steps: [],
                value: .integer(size: UInt64(size), isSigned: type.isSigned), typeName: type.description,
                range: range)
            pieces.append(.value(load, type.kind == .pointer ? .pointer : .hexadecimal))
        }
        return pieces
    }

    /// Those that have one of the kernel's types, where that is known.
    var typed: [(name: String, type: String)] {
        names.compactMap { name in
            if case .kernel(let type?)? = values[name] {
                (name, type.name)
            } else {
                declaredTypes[name].map { (name, $0) }
            }
        }
    }

    /// How a static mark's argument is read.
    func load(of name: String, at range: SourceRange) -> TypedLoad? {
        guard let binary, let argument = arguments[name] ?? arguments[Self.plain(name)] else { return nil }
        return TypedLoad(
            start: .markArgument(argument, binary: binary.path), steps: [],
            value: .integer(size: UInt64(argument.size), isSigned: argument.isSigned), typeName: "long",
            range: range)
    }

    /// `arg1` of `arg01`.
    private static func plain(_ name: String) -> String {
        guard name.hasPrefix("arg0") else { return name }
        return "arg" + name.dropFirst(3).drop { $0 == "0" }
    }

    /// The variable of a name, without the first `$`; `arg01` is a mark's or a system call's `arg1`.
    subscript(name: String) -> Value? {
        if let value = values[name] { return value }
        guard name.hasPrefix("arg0") else { return nil }
        switch values[Self.plain(name)] {
        case let value? where value.isArgument: return value
        default: return nil
        }
    }

    /// The first of the values that nobody can read.
    var firstUnreadable: (name: String, operand: String)? {
        for name in names {
            if case .unreadable(let operand)? = values[name] { return (name, operand) }
        }
        return nil
    }
}
