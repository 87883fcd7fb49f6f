import CElfutils
import Glibc

/// The lexical scopes around a place in the code, the innermost first, the compilation unit last.
///
/// As stap walks them: a function's blocks, the function, its namespaces, the unit; from an inlined instance
/// on to the scopes where the inlined function was written, not to the code that it was inlined into.
struct Scope {
    var chain: [DIE]

    var innermost: DIE? { chain.first }
    var unit: DIE? { chain.last }
}

extension DWARF {
    /// The scopes of a function's or inlined instance's own entry.
    func scope(of die: DIE, unit: DIE) -> Scope {
        let written =
            die.tag == DW_TAG_inlined_subroutine ? die.reference(DW_AT_abstract_origin) ?? die : die
        return Scope(chain: [die] + parents(of: written, unit: unit) + [unit])
    }

    /// The scopes of an address inside a function's or inlined instance's entry, down to the block that holds it.
    ///
    /// `start` is a block inside the entry to go down from; other instances are not entered.
    func scope(of die: DIE, unit: DIE, at pc: UInt64, from start: DIE? = nil) -> Scope {
        var scope = scope(of: die, unit: unit)
        if let start, start.address != die.address {
            scope.chain.insert(contentsOf: Self.blocks(from: die, to: start), at: 0)
        }
        guard let innermost = scope.chain.first, innermost.contains(pc) else { return scope }
        var current = innermost
        while scope.chain.count < 128,
            let block = current.children.first(where: { Self.isBlock($0) && $0.contains(pc) })
        {
            scope.chain.insert(block, at: 0)
            current = block
        }
        return scope
    }

    private static func isBlock(_ die: DIE) -> Bool {
        [DW_TAG_lexical_block, DW_TAG_with_stmt, DW_TAG_catch_block, DW_TAG_try_block, DW_TAG_entry_point]
            .contains(die.tag)
    }

    /// The blocks from a function down to one of its blocks, the innermost first.
    private static func blocks(from function: DIE, to block: DIE, depth: Int = 0) -> [DIE] {
        guard depth < 128 else { return [] }
        for child in function.children where isBlock(child) {
            if child.address == block.address { return [child] }
            let below = blocks(from: child, to: block, depth: depth + 1)
            if !below.isEmpty { return below + [child] }
        }
        return []
    }

    /// The namespaces and classes that an entry's name lies in, the innermost first.
    func enclosingScopes(of die: DIE, unit: DIE) -> [DIE] {
        // A method's body stands outside the class; its declaration, which the body specifies, inside.
        parents(of: die.reference(DW_AT_specification) ?? die, unit: unit).filter {
            [DW_TAG_namespace, DW_TAG_class_type, DW_TAG_structure_type].contains($0.tag)
        }
    }

    /// What stands around an entry in the DWARF, the innermost first, without the unit.
    private func parents(of die: DIE, unit: DIE) -> [DIE] {
        // C has no scopes around functions.
        guard !CompilationUnit.isC(unit) else { return [] }
        let parents = parentMap(of: unit)
        var current = die
        var found: [DIE] = []
        while found.count < 128, let parent = parents[current.address] {
            found.append(parent)
            current = parent
        }
        return found
    }

    private func parentMap(of unit: DIE) -> [UInt: DIE] {
        if let known = parentMaps[unit.address] { return known }
        var map: [UInt: DIE] = [:]
        var mark = WalkMark()
        Self.addParents(below: unit, isUnit: true, depth: 0, &mark, to: &map)
        parentMaps[unit.address] = map
        return map
    }

    private static func addParents(
        below parent: DIE, isUnit: Bool, depth: Int, _ mark: inout WalkMark, to map: inout [UInt: DIE]
    ) {
        for child in parent.children {
            guard mark.passes(child) else { return }
            switch child.tag {
            case DW_TAG_namespace, DW_TAG_class_type, DW_TAG_structure_type, DW_TAG_union_type,
                DW_TAG_subprogram, DW_TAG_lexical_block:
                if !isUnit { map[child.address] = parent }
                if depth < 64 { addParents(below: child, isUnit: false, depth: depth + 1, &mark, to: &map) }
            default: break
            }
        }
    }

    /// The instances of an inlined function in a unit, in the order of the DWARF.
    func instances(of function: DIE, unit: DIE) -> [DIE] {
        if let known = inlineInstances[unit.address] { return known[function.address] ?? [] }
        var map: [UInt: [DIE]] = [:]
        var mark = WalkMark()
        Self.addInstances(below: unit, depth: 0, &mark, to: &map)
        inlineInstances[unit.address] = map
        return map[function.address] ?? []
    }

    private static func addInstances(
        below parent: DIE, depth: Int, _ mark: inout WalkMark, to map: inout [UInt: [DIE]]
    ) {
        for child in parent.children {
            guard mark.passes(child) else { return }
            switch child.tag {
            case DW_TAG_inlined_subroutine:
                if let origin = child.reference(DW_AT_abstract_origin) {
                    map[origin.address, default: []].append(child)
                }
            case DW_TAG_subprogram, DW_TAG_lexical_block, DW_TAG_with_stmt, DW_TAG_catch_block,
                DW_TAG_try_block, DW_TAG_entry_point, DW_TAG_module:
                break
            default: continue
            }
            if depth < 128, child.hasChildren {
                addInstances(below: child, depth: depth + 1, &mark, to: &map)
            }
        }
    }
}
