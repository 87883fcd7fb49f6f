import StapLanguage

/// Which components may follow each other behind `process`, as stap 4.8 registers them for programs.
///
/// Left out on purpose: `.return.maxactive(n)`, which is the kernel's, and `.insn`, which needs utrace.
struct PointGrammar: Sendable {
    /// A component's name, and what stands in its parentheses.
    enum Key: Hashable, Sendable {
        case plain(String)
        case string(String)
        case number(String)

        init(_ component: ProbePoint.Component) {
            switch component.argument {
            case .string?: self = .string(component.name.text)
            case .number?: self = .number(component.name.text)
            case nil: self = .plain(component.name.text)
            }
        }

        var name: String {
            switch self {
            case .plain(let name), .string(let name), .number(let name): name
            }
        }

        /// As a script writes it, with `…` for the argument.
        var words: String {
            switch self {
            case .plain(let name): ".\(name)"
            case .string(let name): ".\(name)(\"…\")"
            case .number(let name): ".\(name)(…)"
            }
        }
    }

    /// Whether a point may end here.
    var isWhole = true
    var next: [Key: PointGrammar] = [:]

    private static let end = PointGrammar()

    private static func node(
        isWhole: Bool = true, _ next: [Key: PointGrammar]
    ) -> PointGrammar { PointGrammar(isWhole: isWhole, next: next) }

    /// What may stand behind a program or a library.
    private static let places: [Key: PointGrammar] = {
        let calls: [Key: PointGrammar] = [
            .plain("call"): end, .plain("exported"): end, .plain("return"): end,
        ]
        let named: [Key: PointGrammar] = [
            .plain("inline"): end, .string("label"): end, .plain("callees"): end, .number("callees"): end,
            .string("callee"): node([.plain("return"): end, .plain("call"): end]),
        ]
        let statement = node([.plain("nearest"): end])
        let linkage = node([.plain("return"): end])
        return [
            .string("function"): node(calls.merging(named) { first, _ in first }),
            .number("function"): node(calls),
            .string("statement"): statement, .number("statement"): statement,
            .plain("plt"): linkage, .string("plt"): linkage,
            .string("mark"): end, .string("provider"): node(isWhole: false, [.string("mark"): end]),
        ]
    }()

    /// What may stand behind `process`; libraries are not known of a process that is named by its id.
    static func process(isNumber: Bool) -> PointGrammar {
        var next = places
        if !isNumber { next[.string("library")] = node(isWhole: false, places) }
        next[.plain("begin")] = end
        next[.plain("end")] = end
        next[.plain("thread")] = node(isWhole: false, [.plain("begin"): end, .plain("end"): end])
        next[.plain("syscall")] = node([.plain("return"): end])
        return node(isWhole: false, next)
    }

    /// What is wrong with a point; nil where nothing is.
    static func problem(of point: ProbePoint) -> (ResolverProblem, ProbePoint.Component?)? {
        guard let process = point.components.first else { return nil }
        var isNumber = false
        if case .number? = process.argument { isNumber = true }
        var node = Self.process(isNumber: isNumber)
        var last = process
        for component in point.components.dropFirst() {
            guard let next = node.next[Key(component)] else {
                let known = Set(node.next.keys.map(\.name)).sorted()
                // The name may be right, and what stands in its parentheses not.
                guard known.contains(component.name.text) || last.name.text != "process" else {
                    return (.unknownComponent(component.name.text, known: known), component)
                }
                let words = node.next.keys.map(\.words).sorted()
                let problem = ResolverProblem.unexpectedComponent(
                    component.name.text, after: last.name.text, known: known, words: words)
                return (problem, component)
            }
            node = next
            last = component
        }
        guard !node.isWhole else { return nil }
        return (.incompletePoint(after: last.name.text, words: node.next.keys.map(\.words).sorted()), nil)
    }
}
