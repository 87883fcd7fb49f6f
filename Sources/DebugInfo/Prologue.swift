import CElfutils
import Glibc

/// Where stap probes a function: behind its prologue if nothing says where its variables are within that.
///
/// Unoptimised code has no location lists; its parameters' places are true only once the prologue has stored
/// them. So for a unit without any location list the probe moves to the prologue's end, which the line table
/// tells: a record marked so (clang), else the first record behind the entry's with another file, another
/// line or a second entry of the same line (gcc). A unit with location lists is probed at its functions' entries,
/// unless an old gcc made it. clang's lists in DWARF 5 are of a form that stap 4.8 does not take for one, which
/// serves it well: clang tells places on the stack as they are behind the prologue, whatever the optimisation.
/// Checked against stap 4.8; stap(1) calls it `--prologue-searching`. In one thing it is not followed: where another section's
/// code ends at a function's entry, as in front of C++'s templates and methods, stap takes the mark of that end for the function's
/// first line, and the entry for the prologue's end.
struct Prologue {
    let unit: DIE

    /// Where a function's variables are where they are said to be.
    struct End {
        /// The prologue's end, or the entry itself where the line table does not know it.
        var address: UInt64
        /// Whether stap probes the function at its entry, although that is not the prologue's end.
        var isMissedByStap = false
    }

    func end(of function: Function, entry: UInt64) -> End {
        guard let lines = LineTable(unit), var first = lines.firstIndex(at: entry) else {
            return End(address: entry)
        }
        let isBehindSequence = lines[first].isSequenceEnd
        while lines[first].isSequenceEnd, first + 1 < lines.count, lines.address(first + 1) == entry {
            first += 1
        }
        let address = end(of: function, entry: entry, lines, from: first)
        return End(address: address, isMissedByStap: isBehindSequence && address != entry)
    }

    private func end(of function: Function, entry: UInt64, _ lines: LineTable, from first: Int) -> UInt64 {
        let start = lines[first]
        let declared = function.sourceFile
        // gcc before 4.4 gave the brace's line as the declaration's: where the code begins behind it, there is no prologue.
        let isNaked = CompilationUnit.isOfGCC(unit, before: [4, 4, 0]) && start.line != function.line
        var index = first
        while index < lines.count {
            let record = lines[index]
            if !function.die.contains(record.address) || record.isPrologueEnd || record.file != declared
                || record.line != start.line || index != first || isNaked
            {
                break
            }
            index += 1
        }
        if index == lines.count { index -= 1 }
        if function.die.contains(lines.address(index)) { return lines.address(index) }
        return index > 0 ? lines.address(index - 1) : entry
    }

    /// Whether variables' places are told true from a function's first instruction on: whether any variable of the
    /// unit has a location list, and no gcc before 4.5 made it.
    static func hasValidLocations(_ unit: DIE) -> Bool {
        if CompilationUnit.isOfGCC(unit, before: [4, 5]) { return false }
        var mark = WalkMark()
        return hasLocationLists(below: unit, isC: CompilationUnit.isC(unit), depth: 0, &mark)
    }

    private static func hasLocationLists(
        below die: DIE, isC: Bool, depth: Int, _ mark: inout WalkMark
    ) -> Bool {
        for child in die.children {
            guard mark.passes(child) else { return false }
            switch child.tag {
            case DW_TAG_formal_parameter, DW_TAG_variable:
                if hasLocationList(child) { return true }
            // Types, the larger part of most units: in C nothing in them has a place.
            case DW_TAG_enumeration_type, DW_TAG_subroutine_type, DW_TAG_array_type: continue
            case DW_TAG_structure_type, DW_TAG_union_type: if isC { continue } else { fallthrough }
            default:
                if depth < 128, child.hasChildren,
                    hasLocationLists(below: child, isC: isC, depth: depth + 1, &mark)
                {
                    return true
                }
            }
        }
        return false
    }

    /// The entry's own attribute counts; an abstract origin has no place.
    private static func hasLocationList(_ variable: DIE) -> Bool {
        var location = Dwarf_Attribute()
        guard variable.withRaw({ dwarf_attr($0, UInt32(DW_AT_location), &location) }) != nil else {
            return false
        }
        // Not clang's `DW_FORM_loclistx`.
        return Int(dwarf_whatform(&location)) == DW_FORM_sec_offset
    }
}
