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
    /// What `$…` can read at every one of the sites, in the order of the last one.
    public let variables: [Variable]

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

    /// stap counts how often it met each variable, and lists those that it met once a site.
    private static func common(to sites: [ProbeSite], _ variant: ProbeVariant) -> [Variable] {
        let lists = sites.map { readable(at: $0, variant) }
        guard lists.count > 1 else { return lists.first?.filter { isOnlyOne($0, in: lists[0]) } ?? [] }
        var counts: [String: Int] = [:]
        for list in lists {
            for variable in list { counts["\(variable.name):\(variable.type)", default: 0] += 1 }
        }
        return (lists.last ?? []).filter { counts["\($0.name):\($0.type)"] == lists.count }
    }

    private static func isOnlyOne(_ variable: Variable, in list: [Variable]) -> Bool {
        var count = 0
        for other in list where other.name == variable.name && other.type == variable.type { count += 1 }
        return count == 1
    }

    private static func readable(at site: ProbeSite, _ variant: ProbeVariant) -> [Variable] {
        var list: [Variable] = []
        if variant == .return, let type = site.returnType, let name = type.cName {
            list.append(Variable(name: "return", type: name, layout: type))
        }
        guard let dwarf = site.dwarf else { return list }
        for scope in site.scope.chain.dropLast() {
            for variable in dwarf.scopeVariables(of: scope) where variable.isListed(at: site.address) {
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
