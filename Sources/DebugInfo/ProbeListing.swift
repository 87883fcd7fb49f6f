import CElfutils

/// A line of `stap -L`: the sites that one spelling of a probe point stands for, and what all of them have.
public struct ProbeListing {
    /// A variable that can be read at every one of the sites.
    public struct Variable {
        /// Its name, without `$`.
        public let name: String
        /// Its type's name, as stap writes it.
        public let type: String
        /// Its type; nil where the name is all there is.
        public let layout: DWARFType?
    }

    /// `name@file:line`, or the bare name of a symbol; with the label or callee behind it.
    public let name: String
    /// The sites, in the order of the DWARF.
    public let sites: [ProbeSite]
    /// What `$…` can read at every one of the sites, in the order of the first one.
    public let variables: [Variable]

    /// The function's own parameters that cannot be read at all of the sites, as the compiler left them no place
    /// there.
    public var unreadableParameters: [String] {
        // Those of a site's scopes have been read for `variables` already.
        guard let site = sites.first, let dwarf = site.dwarf, site.scope.chain.count > 1,
            let innermost = site.scope.chain.first
        else { return [] }
        let parameters = dwarf.scopeVariables(of: innermost).filter { $0.die.tag == DW_TAG_formal_parameter }
        return parameters.map(\.name).filter { name in !variables.contains { $0.name == name } }
    }

    /// Merges sites of one spelling, sorted by it.
    public static func listings(
        of sites: [ProbeSite], _ variant: ProbeVariant = .any, withVariables: Bool = true
    ) -> [ProbeListing] {
        var groups: [String: [ProbeSite]] = [:]
        for site in sites { groups[site.spelling, default: []].append(site) }
        return groups.sorted { $0.key < $1.key }.map { name, sites in
            ProbeListing(
                name: name, sites: sites, variables: withVariables ? common(to: sites, variant) : [])
        }
    }

    /// stap counts how often it met each variable, and lists those that it met as often as there are sites.
    ///
    /// Where one site has a name twice and another does not have it, stap lists it all the same.
    private static func common(to sites: [ProbeSite], _ variant: ProbeVariant) -> [Variable] {
        let all = sites.flatMap { readable(at: $0, variant) }
        var counts: [String: Int] = [:]
        for variable in all { counts[key(of: variable), default: 0] += 1 }
        return all.filter { counts.removeValue(forKey: key(of: $0)) == sites.count }
    }

    private static func key(of variable: Variable) -> String { "\(variable.name):\(variable.type)" }

    private static func readable(at site: ProbeSite, _ variant: ProbeVariant) -> [Variable] {
        var list: [Variable] = []
        if variant == .return, let type = site.returnType, let name = type.cName {
            list.append(Variable(name: "return", type: name, layout: type))
        }
        guard let dwarf = site.dwarf else { return list }
        let addresses = [site.address] + (site.addressBehindFentry.map { [$0] } ?? [])
        for scope in site.scope.chain.dropLast() {
            for variable in dwarf.scopeVariables(of: scope)
            where addresses.contains(where: { variable.isListed(at: $0) }) {
                guard let type = variable.typeName else { continue }
                list.append(Variable(name: variable.name, type: type, layout: variable.type(in: dwarf)))
            }
        }
        return list
    }
}

extension ProbeSite {
    /// What stap lists the site as: of a callee, the caller's spelling stands before its own.
    var spelling: String {
        if let caller { return "\(caller)\").callee(\"\(description)" }
        return label.map { "\(description)\").label(\"\($0)" } ?? description
    }
}
