extension BTFType {
    /// The type as it was declared and as SystemTap writes types: `char const*`, `gfp_t`, `struct rq*`.
    public var name: String { name(depth: 0) }

    private func name(depth: Int) -> String {
        guard depth < Self.maximumDepth, let (owner, offset) = btf.entry(id) else { return "void" }
        let own = owner.name(at: offset)
        func inner(_ id: Int) -> String { BTFType(btf: btf, id: id).name(depth: depth + 1) }
        var referred: String { inner(owner.reference(at: offset)) }
        switch owner.kind(at: offset) {
        case 2: return "\(referred)*"
        case 3: return "\(inner(owner.elementType(at: offset)))[\(owner.word(at: offset, 2))]"
        case 8: return own
        case 9: return "\(referred) volatile"
        case 10: return "\(referred) const"
        case 11: return "\(referred) restrict"
        case 18: return referred
        default: return description
        }
    }
}
