import StapLanguage

extension PointLister {
    /// The tapset's aliases that a point, or the first part of it, means and that are there.
    func aliases(for point: ProbePoint) -> [PointListing] {
        AliasSearch(own: [], tapset: tapset).aliases(for: point).filter { exists($0) }.flatMap { found in
            found.alias.names.filter { AliasMatch($0, point) != nil }.map { name in
                var one = point
                one.components = name.components + found.suffix
                var listing = PointListing(text: Resolution.text(of: one), addresses: [], variables: [])
                guard detail != .points else { return listing }
                listing.locals = locals(at: one)
                listing.variables = variables(of: found)
                return listing
            }
        }
    }

    /// What the handlers of an alias, and of those that it stands for, assign.
    private func locals(at point: ProbePoint) -> [PointListing.Local] {
        let probe = Probe(points: [point], body: Statement(.block([]), at: point.range), range: point.range)
        var resolution = Resolution(
            ScriptTree(items: [.probe(probe)]), context, store: store, kernel: kernel, tapset: tapset)
        resolution.run()
        return resolution.types.locals().map { .init(name: $0.name, type: $0.type?.rawValue ?? "unknown") }
    }

    /// The target variables that every point of an alias has.
    private func variables(of found: AliasSearch.Found) -> [PointListing.Variable] {
        guard depth < Self.maximumDepth else { return [] }
        var inside = self
        inside.depth += 1
        var common: [PointListing.Variable]?
        for listing in targets(of: found).flatMap({ (try? inside.list($0)) ?? [] }) {
            common = common?.filter { listing.variables.contains($0) } ?? listing.variables
        }
        return common ?? []
    }

    /// Whether any of an alias's points is there.
    private func exists(_ found: AliasSearch.Found, depth: Int = 0) -> Bool {
        targets(of: found).contains { target in
            let inner = AliasSearch(own: [], tapset: tapset).aliases(for: target)
            if !inner.isEmpty {
                return depth < Self.maximumDepth && inner.contains { exists($0, depth: depth + 1) }
            }
            return (try? builtIn(target)).map { !$0.isEmpty } ?? false
        }
    }

    private func targets(of found: AliasSearch.Found) -> [ProbePoint] {
        found.alias.points.map { target in
            var target = target
            target.components += found.suffix
            return target
        }
    }
}
