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
