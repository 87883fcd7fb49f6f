import Diagnostics
import StapLanguage

/// Reads from a script's text alone what it asks of the engine.
struct TraitScan {
    private(set) var traits = ScriptTraits()

    /// What is looked up in a program's file.
    private static let programPoints: Set<String> = [
        "function", "statement", "library", "plt", "mark", "provider", "label",
    ]
    /// Functions of stap's tapsets that walk the user stack or look up user symbols.
    private static let userBacktraces: Set<String> = [
        "print_ubacktrace", "print_ubacktrace_brief", "print_ubacktrace_fileline", "print_ustack",
        "print_usyms", "sprint_ubacktrace", "sprint_ustack", "sprint_usyms", "ubacktrace", "ucallers",
        "ustack", "usymdata", "usymfile", "usymfileline", "usymline", "usymname", "uaddr",
    ]
    private static let kernelBacktraces: Set<String> = [
        "print_backtrace", "sprint_backtrace", "backtrace", "print_stack", "sprint_stack", "print_syms",
        "sprint_syms", "symname", "symdata", "callers", "stack",
    ]
    /// Functions whose tapset text says `/* guru */`.
    private static let guruFunctions: Set<String> = [
        "mdelay", "udelay", "panic", "raise", "printk", "set_kernel_string", "set_kernel_string_n",
        "set_kernel_long", "set_kernel_int", "set_kernel_short", "set_kernel_char", "set_kernel_pointer",
        "set_user_string", "set_user_string_n", "set_user_long", "set_user_int", "set_user_short",
        "set_user_char", "set_user_pointer",
    ]

    /// Whether functions for gurus are known by name here, because no tapset says which those are.
    private let judgesFunctions: Bool
    /// Whether a procfs file is among the points, whose `$value` is the script's own to set.
    private let hasProcfs: Bool

    init(_ tree: ScriptTree, judgesFunctions: Bool) {
        self.judgesFunctions = judgesFunctions
        let points = tree.probes.flatMap(\.points) + tree.aliases.flatMap(\.points)
        hasProcfs = points.contains { $0.components.first?.name.text == "procfs" }
        let own = Set(tree.functions.map(\.name.text))
        for item in tree.items {
            switch item {
            case .embeddedC(let code): use(.embeddedC, at: code.range)
            case .function(let function):
                if case .embeddedC(let code) = function.body { use(.embeddedC, at: code.range) }
            case .probe(let probe): scan(probe.points)
            case .alias(let alias): scan(alias.points)
            case .global: break
            }
        }
        tree.walkExpressions { expression in
            scan(expression, own)
            return true
        }
        traits.guruUses.sort { $0.range.lower < $1.range.lower }
    }

    private mutating func scan(_ points: [ProbePoint]) {
        for point in points {
            guard ["kernel", "kprobe"].contains(point.components.first?.name.text),
                let absolute = point.components.first(where: { $0.name.text == "absolute" })
            else { continue }
            use(.absoluteAddress, at: absolute.name.range)
        }
        for point in points where point.components.first?.name.text == "process" {
            guard point.components[0].argument == nil, point.components.count > 1 else { continue }
            if Self.programPoints.contains(point.components[1].name.text) { traits.needsTarget = true }
        }
    }

    private mutating func scan(_ expression: Expression, _ own: Set<String>) {
        switch expression.kind {
        case .embeddedC(let code): use(.embeddedC, at: code.range)
        case .constant(let literal): use(.constant, at: literal.range)
        case .assignment(_, let place, _), .increment(_, _, let place):
            if case .target(let target) = place.kind, !(hasProcfs && Self.isProcfsValue(target)) {
                use(.writesTarget, at: place.range)
            }
        case .call(let name, _) where !own.contains(name.text): call(name)
        case .variable(let name) where !own.contains(name.text): call(name)
        default: break
        }
    }

    private static func isProcfsValue(_ target: TargetExpression) -> Bool {
        guard case .variable(let name) = target.root else { return false }
        return name.text == "value" && target.steps.isEmpty
    }

    private mutating func call(_ name: Name) {
        if Self.userBacktraces.contains(name.text) { traits.usesUserBacktraces = true }
        if Self.kernelBacktraces.contains(name.text) { traits.usesKernelBacktraces = true }
        if judgesFunctions, Self.guruFunctions.contains(name.text) {
            use(.function(name.text), at: name.range)
        }
        if name.text == "target" { traits.callsTarget = true }
    }

    private mutating func use(_ kind: ScriptTraits.GuruUse.Kind, at range: SourceRange) {
        traits.guruUses.append(.init(kind: kind, range: range))
    }
}
