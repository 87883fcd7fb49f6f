import Diagnostics
import StapLanguage

/// The points that only their form and their variables are checked of: `procfs`, `netfilter`, and the languages' own.
struct OtherPoint {
    private let point: ProbePoint

    private static let families = ["NFPROTO_IPV4", "NFPROTO_IPV6", "NFPROTO_ARP", "NFPROTO_BRIDGE"]
    /// The hooks of each family, under the names that stap takes without guru mode.
    private static let hooks: [String: [String]] = {
        let inet = ["PRE_ROUTING", "LOCAL_IN", "FORWARD", "LOCAL_OUT", "POST_ROUTING"]
        return [
            "NFPROTO_IPV4": inet.flatMap { ["NF_INET_\($0)", "NF_IP_\($0)"] },
            "NFPROTO_IPV6": inet.map { "NF_IP6_\($0)" },
            "NFPROTO_ARP": ["NF_ARP_IN", "NF_ARP_OUT", "NF_ARP_FORWARD"],
            "NFPROTO_BRIDGE": inet.map { "NF_BR_\($0)" },
        ]
    }()

    init(_ point: ProbePoint) { self.point = point }

    /// Judges a point that has one of the table's forms.
    func resolve() -> KernelPoint.Result {
        let first = point.components[0].name.text
        switch first {
        case "procfs": return procfs()
        case "netfilter": return netfilter()
        default: return .unchecked(.kind(first), .unknown)
        }
    }

    private func procfs() -> KernelPoint.Result {
        if let literal = KernelPoint.string(point.components[0]) {
            let parts = literal.text.split(separator: "/", omittingEmptySubsequences: false)
            if literal.text.hasPrefix("/") || parts.contains(where: { $0 == "." || $0 == ".." }) {
                return .failed(.procfsPath(literal.text), at: literal.range)
            }
        }
        var variables = PointVariables(of: "a procfs probe")
        variables.add("value", .bareText)
        return .unchecked(.kind("procfs"), .variables(variables))
    }

    private func netfilter() -> KernelPoint.Result {
        // Other names are pasted into C, which stap lets only gurus do; guru mode is the engine's to judge.
        if let family = KernelPoint.string(component("pf")) {
            guard Self.families.contains(family.text) else {
                return .failed(
                    .netfilterName(family.text, what: "netfilter protocol family", known: Self.families),
                    at: family.range)
            }
            let known = Self.hooks[family.text] ?? []
            if let hook = KernelPoint.string(component("hook")), !known.contains(hook.text) {
                return .failed(
                    .netfilterName(hook.text, what: "netfilter hook of \(family.text)", known: known),
                    at: hook.range)
            }
        }
        if let priority = KernelPoint.string(component("priority")), Int32(priority.text) == nil,
            !["NF_IP_PRI_", "NF_IP6_PRI_"].contains(where: { priority.text.hasPrefix($0) })
        {
            return .failed(
                .netfilterName(
                    priority.text, what: "netfilter priority", known: ["NF_IP_PRI_…", "NF_IP6_PRI_…"]),
                at: priority.range)
        }
        var variables = PointVariables(of: "a netfilter probe")
        for name in ["hooknum", "skb", "in", "out", "verdict"] { variables.add(name, .wholeOnly) }
        return .unchecked(.kind("netfilter"), .variables(variables))
    }

    private func component(_ name: String) -> ProbePoint.Component? {
        point.components.first { $0.name.text == name }
    }
}
