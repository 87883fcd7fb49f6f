import DebugInfo
import Diagnostics
import StapLanguage

/// `kernel.trace("SYSTEM:NAME")`, held against the tracepoints that the kernel's headers, tracefs and BTF tell.
struct TracePoint {
    private let point: ProbePoint
    private let store: KernelStore

    /// The names that `$$…` has in a tracepoint's handler.
    private static let contexts = ["$name", "$system", "$vars", "$parms"]

    init(_ point: ProbePoint, _ store: KernelStore) {
        self.point = point
        self.store = store
    }

    func resolve() -> KernelPoint.Result {
        guard let literal = KernelPoint.string(point.components[1]) else {
            return .unchecked(.pattern, .unknown)
        }
        let parts = literal.text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let name = Glob(String(parts[parts.count - 1]))
        let system = parts.count > 1 ? Glob(String(parts[0])) : nil
        let spelled = name.isPattern ? [] : store.tracepoints(spelled: name.text)
        guard let known = spelled.isEmpty ? store.tracepoints : spelled else {
            return .unchecked(.tracepointsUnknown, .unknown)
        }
        let named = known.filter { name.matches($0.name) }
        let found = named.filter { tracepoint in
            guard let system, let its = tracepoint.system else { return true }
            return system.matches(its)
        }
        guard !found.isEmpty else {
            if let system, !named.isEmpty {
                let systems = Set(named.compactMap(\.system)).sorted()
                return .failed(
                    .noTracepointSystem(system.text, name: name.text, systems: systems), at: literal.range)
            }
            return .failed(
                .noTracepoint(name.text, release: store.context.release, names: known.map(\.name)),
                at: literal.range)
        }
        return .events(found.map { event($0) })
    }

    private func event(_ tracepoint: KernelStore.Tracepoint) -> KernelPoint.Event {
        let kind = ResolvedEvent.Kind.tracepoint(system: tracepoint.system, name: tracepoint.name)
        var variables = PointVariables(of: "tracepoint \(tracepoint.name)")
        if let described = store.parameters(ofTracepoint: tracepoint.name) {
            // The compiler may have dropped names; then there is nothing to go by.
            guard described.allSatisfy({ !$0.name.isEmpty }) else { return .init(kind: kind, mode: .unknown) }
            for parameter in described { variables.add(parameter.name, .kernel(parameter.type)) }
        } else if let parameters = tracepoint.parameters {
            for parameter in parameters { variables.add(parameter) }
        } else {
            return .init(kind: kind, mode: .unknown)
        }
        for name in Self.contexts { variables.add(name, .plain) }
        variables.constantTexts = ["$name": tracepoint.name]
        if let system = tracepoint.system { variables.constantTexts["$system"] = system }
        return .init(kind: kind, mode: .variables(variables))
    }
}
