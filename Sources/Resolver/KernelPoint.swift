import DebugInfo
import Diagnostics
import StapLanguage

/// A probe point that does not begin with `process`: the session's events, timers and the kernel's points.
struct KernelPoint {
    /// What it stands for.
    enum Result {
        /// Addresses of the kernel or of modules, binary by binary.
        case matches([ProcessMatch])
        /// Events without an address in a file.
        case events([Event])
        /// It was not looked into, for a reason; what is known for its handler.
        case unchecked(UncheckedPoint.Reason, HandlerCheck.Mode)
        /// It is not there.
        case failed(KernelPointProblem, at: SourceRange)
        /// It is not there, for a reason that a point of a program may have too.
        case refused(ResolverProblem, at: SourceRange)
    }

    /// An event, and what its handler may read.
    struct Event {
        var kind: ResolvedEvent.Kind
        var mode: HandlerCheck.Mode
    }

    let point: ProbePoint
    let store: KernelStore?
    /// The first components of the script's own aliases.
    let aliasNames: [String]
    /// What is odd but stops nothing.
    private(set) var warnings: [(problem: KernelPointProblem, range: SourceRange)] = []

    init(_ point: ProbePoint, _ store: KernelStore?, aliasNames: [String]) {
        self.point = point
        self.store = store
        self.aliasNames = aliasNames
    }

    mutating func resolve() -> Result {
        let first = point.components[0].name.text
        if PointForm.tapsetNames.contains(first) { return .unchecked(.tapset, .unknown) }
        let match = PointFormMatch(
            point: point,
            otherNames: PointForm.tapsetNames.filter { !$0.hasPrefix("_") } + aliasNames)
        switch match.result() {
        case .failed(let problem, let range):
            if case .noPointOfPattern = problem, first.contains("*"), matchesTapset(first) {
                return .unchecked(.pattern, .unknown)
            }
            return .refused(.form(problem), at: range)
        case .open: return first == "perf" ? PerfPoint(point).resolve() : .unchecked(.tapset, .unknown)
        case .pattern: return .unchecked(.pattern, .unknown)
        case .whole: break
        }
        switch first {
        case "begin", "end", "error", "never": return session(first)
        case "timer": return TimerPoint(point).resolve()
        case "perf": return PerfPoint(point).resolve()
        case "kernel", "module", "kprobe": return kernel(first)
        default: return OtherPoint(point).resolve()
        }
    }

    private func matchesTapset(_ pattern: String) -> Bool {
        let glob = Glob(pattern)
        return (PointForm.tapsetNames + aliasNames).contains { glob.matches($0) }
    }

    private func session(_ name: String) -> Result {
        let order = Self.number(point.components[0]) ?? 0
        let kind: ResolvedEvent.Kind =
            switch name {
            case "begin": .begin(order: order)
            case "end": .end(order: order)
            case "error": .error(order: order)
            default: .never
            }
        return .events([Event(kind: kind, mode: .noVariables(name))])
    }

    private mutating func kernel(_ first: String) -> Result {
        guard let store else { return .unchecked(.kernelUnknown, .unknown) }
        if first == "kprobe" {
            var kprobe = KprobePoint(point, store)
            let result = kprobe.resolve()
            warnings = kprobe.warnings
            return result
        }
        switch point.components.dropFirst().first?.name.text {
        case "trace": return TracePoint(point, store).resolve()
        case "mark": return .failed(.noMarkers, at: point.components[1].name.range)
        case "data":
            // stap looks at neither the address nor the name before the probe is set.
            return .unchecked(.kind("data"), .variables(PointVariables(of: "a hardware watchpoint")))
        default:
            var function = KernelFunctionPoint(point, store)
            let result = function.resolve()
            warnings = function.warnings
            return result
        }
    }

    /// A component's number.
    static func number(_ component: ProbePoint.Component?) -> Int64? {
        if case .number(let number)? = component?.argument { number } else { nil }
    }

    /// A component's string.
    static func string(_ component: ProbePoint.Component?) -> StringLiteral? {
        if case .string(let literal)? = component?.argument { literal } else { nil }
    }
}
