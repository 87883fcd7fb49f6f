import CElfutils

/// What a script can do about a variable that has no value at a place.
extension ProbeSite {
    /// The lines of the source whose code lies in address ranges, as few spans as say it.
    ///
    /// - Parameter ranges: in the file's address space, such as those of `Variable.Availability.elsewhere`.
    /// - Returns: the spans in their order, without overlaps.
    public func lines(in ranges: [Range<UInt64>]) -> [ClosedRange<Int>] {
        guard let unit = scope.unit else { return [] }
        var spans: [ClosedRange<Int>] = []
        for range in ranges.prefix(64) {
            guard let first = SourceLines.record(at: range.lowerBound, in: unit)?.line,
                let last = SourceLines.record(at: range.upperBound - 1, in: unit)?.line, first > 0, last > 0
            else { continue }
            spans.append(min(first, last)...max(first, last))
        }
        var merged: [ClosedRange<Int>] = []
        for span in spans.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
            if let last = merged.last, span.lowerBound <= last.upperBound + 1 {
                merged[merged.count - 1] = last.lowerBound...max(last.upperBound, span.upperBound)
            } else {
                merged.append(span)
            }
        }
        return merged
    }

    /// Which of the call's integer arguments a parameter is, from 1, where its register still has it: at a
    /// function's entry, if everything before it is passed in a register of the same kind too.
    public func argumentNumber(of name: String) -> Int? {
        // A clone of the function (`.isra.0`, `.constprop.0`) may take its arguments elsewhere.
        guard kind == .function, let dwarf, let concrete = scope.chain.first,
            concrete.tag == DW_TAG_subprogram, let symbol = concrete.linkageName ?? concrete.name,
            dwarf.symbols.symbol(named: symbol)?.address == entry
        else { return nil }
        let die = concrete.reference(DW_AT_abstract_origin) ?? concrete
        var number = 0
        for child in die.children where child.tag == DW_TAG_formal_parameter {
            number += 1
            let type = child.reference(DW_AT_type).flatMap { DWARFType(dwarf: dwarf, die: $0).unqualified }
            switch type?.kind {
            case .pointer?, .reference?, .rvalueReference?, .enumeration?: break
            case .base(let encoding)? where encoding != .floatingPoint && encoding != .other:
                guard type?.size ?? 16 <= 8 else { return nil }
            default: return nil
            }
            if child.name == name { return number <= 6 ? number : nil }
        }
        return nil
    }
}
