import CElfutils
import Glibc

/// `.label("…")` and `.callee("…")`: what lies inside the functions, with stap's rules.
extension ProbeSiteSearch {
    /// Entries deeper than this are met in damaged files only.
    private static let maximumDepth = 128
    /// More callees than this come from cycles.
    private static let maximumSites = 65_536

    /// Adds the labels of functions and instances that have an address.
    mutating func addLabels(_ name: Glob, in matches: [Match], _ unit: DIE, _ dwarf: DWARF) {
        for match in matches { addLabels(name, below: match.die, of: match, unit, dwarf, depth: 0) }
    }

    private mutating func addLabels(
        _ name: Glob, below parent: DIE, of match: Match, _ unit: DIE, _ dwarf: DWARF, depth: Int
    ) {
        for child in parent.children {
            switch child.tag {
            case DW_TAG_label:
                guard let pointer = child.namePointer, name.matches(pointer), let address = child.lowPC
                else { continue }
                let file = dwarf.declarationFile(of: child)
                let line = child.declarationLine
                guard isMeant(file), accepts(line, in: match) else { continue }
                var site = ProbeSite(
                    kind: .label, name: match.name, address: address, entry: match.entry,
                    sourceFile: file, line: line, dwarf: dwarf,
                    scope: dwarf.scope(of: match.die, unit: unit, at: address, from: parent))
                site.label = String(cString: pointer)
                sites.append(site)
            case DW_TAG_subprogram, DW_TAG_inlined_subroutine: break
            default:
                if depth < Self.maximumDepth, child.hasChildren {
                    addLabels(name, below: child, of: match, unit, dwarf, depth: depth + 1)
                }
            }
        }
    }

    private func accepts(_ line: Int?, in match: Match) -> Bool {
        switch query.pattern.lines {
        case nil, .all: true
        case .line(let wanted): line == wanted
        case .list(let ranges): line.map { line in ranges.contains { $0.contains(line) } } ?? false
        case .relative(let offset): line == (match.line ?? 0) + offset
        }
    }

    /// Adds what functions call: instances inlined into them, and calls that DWARF 4 with GNU's call sites
    /// names; stap 4.8 does not read DWARF 5's.
    mutating func addCallees(
        _ name: Glob, _ depth: Int, of matches: [Match], _ unit: DIE, _ dwarf: DWARF
    ) {
        for match in matches where isMeant(match.file) {
            addCallees(name, depth, below: match.die, of: match, unit, dwarf, nesting: 0)
        }
    }

    private mutating func addCallees(
        _ name: Glob, _ depth: Int, below parent: DIE, of caller: Match, _ unit: DIE, _ dwarf: DWARF,
        nesting: Int
    ) {
        guard sites.count < Self.maximumSites, nesting < Self.maximumDepth else { return }
        for child in parent.children {
            switch child.tag {
            case DW_TAG_inlined_subroutine, DW_TAG_GNU_call_site:
                guard let (callee, calleeUnit) = callee(child, name, unit, dwarf) else { continue }
                var site = ProbeSite(
                    kind: callee.isInlined ? .inlined : .function, name: callee.name, address: callee.entry,
                    entry: callee.entry, sourceFile: callee.file, line: callee.line, dwarf: dwarf,
                    scope: dwarf.scope(of: callee.die, unit: calleeUnit))
                site.caller = caller.spelling
                sites.append(site)
                if depth > 1 {
                    addCallees(
                        name, depth - 1, below: callee.die, of: callee, calleeUnit, dwarf,
                        nesting: nesting + 1)
                }
            case DW_TAG_subprogram: break
            default:
                if child.hasChildren {
                    addCallees(name, depth, below: child, of: caller, unit, dwarf, nesting: nesting + 1)
                }
            }
        }
    }

    private func callee(_ site: DIE, _ wanted: Glob, _ unit: DIE, _ dwarf: DWARF) -> (Match, unit: DIE)? {
        guard let pointer = site.namePointer, wanted.matches(pointer), let start = site.lowPC,
            var origin = site.reference(DW_AT_abstract_origin)
        else { return nil }
        let isInlined = site.tag == DW_TAG_inlined_subroutine
        var entry = start
        if !isInlined {
            if let address = origin.lowPC {
                entry = address
            } else {
                guard origin.flag(DW_AT_external),
                    let found = dwarf.definition(named: origin.linkageName ?? String(cString: pointer)),
                    let address = found.lowPC
                else { return nil }
                (origin, entry) = (found, address)
            }
        }
        let match = Match(
            die: isInlined ? site : origin, name: String(cString: pointer),
            file: dwarf.declarationFile(of: origin), line: origin.declarationLine, entry: entry,
            isInlined: isInlined)
        return (match, isInlined ? unit : origin.unit ?? unit)
    }
}

extension DWARF {
    /// The external function of a name that has code.
    fileprivate func definition(named name: String) -> DIE? {
        functionIndex.entries(named: Glob(literal: name)).first {
            $0.die.flag(DW_AT_external) && $0.die.lowPC != nil
        }?.die
    }
}
