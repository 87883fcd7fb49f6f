import DebugInfo

extension Resolution {
    /// The programs whose functions have return probes, and whose stacks something looks through.
    var returnHazards: [ScriptTraits.ReturnHazard] {
        var seen: Set<String> = []
        return points.compactMap { point in
            guard point.kind == .return, point.kernelModule == nil, seen.insert(point.binary).inserted,
                let walker = (try? store.binary(at: point.binary))?.stackWalker
            else { return nil }
            return .init(path: point.binary, function: point.function, walker: walker, range: point.range)
        }
    }
}

extension ScriptTraits.ReturnHazard {
    /// What may happen.
    public var words: String {
        let program = path.split(separator: "/").last.map(String.init) ?? path
        switch walker {
        case .exceptions:
            return
                "an exception or panic that passes '\(function)' while it has a return probe ends '\(program)'"
        case .goRuntime:
            return "Go's runtime ends '\(program)' where it meets the return probe of '\(function)'"
        }
    }
}
