/// A line of `stap -L`: the sites that one spelling of a probe point stands for, and what all of them have.
public struct ProbeListing {
    /// `name@file:line`, or the bare name of a symbol.
    public let name: String
    /// The sites, in the order of the DWARF.
    public let sites: [ProbeSite]
    /// What `$…` can read at every one of the sites: name and type, in the order of the last site.
    public let variables: [(name: String, type: String)]

    /// Merges sites of one spelling, sorted by it.
    public static func listings(of sites: [ProbeSite], _ variant: ProbeVariant = .any) -> [ProbeListing] {
        Dictionary(grouping: sites, by: \.description).sorted { $0.key < $1.key }.map { name, sites in
            ProbeListing(name: name, sites: sites, variables: common(to: sites, variant))
        }
    }

    /// stap counts how often it met each variable, and lists those that it met once a site.
    private static func common(
        to sites: [ProbeSite], _ variant: ProbeVariant
    ) -> [(name: String, type: String)] {
        let lists = sites.map { readable(at: $0, variant) }
        var counts: [String: Int] = [:]
        for list in lists {
            for (name, type) in list { counts["\(name):\(type)", default: 0] += 1 }
        }
        return (lists.last ?? []).filter { counts["\($0.name):\($0.type)"] == lists.count }
    }

    private static func readable(
        at site: ProbeSite, _ variant: ProbeVariant
    ) -> [(name: String, type: String)] {
        var list: [(name: String, type: String)] = []
        if variant == .return, let type = site.returnType?.cName { list.append(("return", type)) }
        for variable in site.variables where variable.isListed {
            if let type = variable.type?.cName { list.append((variable.name, type)) }
        }
        return list
    }
}
