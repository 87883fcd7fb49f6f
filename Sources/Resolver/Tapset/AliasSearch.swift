import StapLanguage

/// The aliases that a probe point means: the script's, else the tapset's.
struct AliasSearch {
    /// An alias and what the point has behind its name.
    struct Found {
        var alias: ProbeAlias
        var suffix: [ProbePoint.Component]
        var isTapset: Bool
    }

    let own: [ProbeAlias]
    let tapset: TapsetIndex?

    /// First components that stap itself knows: stapprobes(3stap).
    private static let builtIn: Set<String> = [
        "begin", "end", "error", "never", "timer", "process", "kernel", "module", "kprobe", "perf", "procfs",
        "netfilter", "input", "java", "python2", "python3", "debuginfod",
    ]

    static func isBuiltIn(_ name: String) -> Bool { builtIn.contains(name) }

    /// All that fit best: those whose names take the most components of the point.
    func aliases(for point: ProbePoint) -> [Found] {
        guard let first = point.components.first else { return [] }
        var found: [Found] = []
        for alias in own {
            for name in alias.names {
                guard let match = AliasMatch(name, point) else { continue }
                found.append(Found(alias: alias, suffix: Array(match.suffix), isTapset: false))
            }
        }
        if found.isEmpty, let tapset,
            !Self.isBuiltIn(first.name.text) || first.name.text == "netfilter" || first.name.text == "input"
        {
            for (alias, _) in tapset.aliases(for: point) {
                for name in alias.names {
                    guard let match = AliasMatch(name, point) else { continue }
                    found.append(Found(alias: alias, suffix: Array(match.suffix), isTapset: true))
                }
            }
        }
        let shortest = found.map(\.suffix.count).min()
        return found.filter { $0.suffix.count == shortest }
    }
}
