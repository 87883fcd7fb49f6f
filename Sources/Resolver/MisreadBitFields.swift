import Diagnostics

// stap 4.8 takes DW_AT_data_bit_offset, which counts from the aggregate's start, for an offset in a storage unit: it reads
// elsewhere, shifts by too much, and says nothing ('stap -p3' shows it; Tests/Conformance, bit-fields). GCC writes that
// attribute since version 11, with DWARF 5.

extension Resolution {
    /// The target expressions that read bit-fields which stap misreads, each once, in the order of the script.
    var misreadBitFields: [SourceRange] {
        let loads = points.lazy.flatMap(\.loads) + events.flatMap(\.loads)
        var places: [Int: SourceRange] = [:]
        for load in loads where load.value.isMisreadBitField { places[load.range.lower] = load.range }
        return places.values.sorted { $0.lower < $1.lower }
    }
}

extension TypedLoad.Value {
    fileprivate var isMisreadBitField: Bool {
        switch self {
        case .bitField(_, _, _, let countsFromStart): countsFromStart
        case .text(let pieces): pieces.contains(where: \.hasMisreadBitField)
        case .integer, .float, .address: false
        }
    }
}

extension TextPiece {
    fileprivate var hasMisreadBitField: Bool {
        switch self {
        case .literal: false
        case .value(let load, _): load.value.isMisreadBitField
        case .guarded(let pieces): pieces.contains(where: \.hasMisreadBitField)
        }
    }
}

extension ScriptTraits {
    var bitFieldWarnings: [Diagnostic] {
        misreadBitFields.map { range in
            .warning(
                "stap misreads '\(range.text)': a bit-field as DWARF 5 describes it", at: range,
                notes: ["the built-in engine reads it as it is"])
        }
    }

    /// What makes a result of stap's doubtful; nil where nothing does.
    public var bitFieldDoubt: String? {
        guard let first = misreadBitFields.first else { return nil }
        let others = misreadBitFields.count - 1
        let rest = others == 0 ? "" : " and \(others) other\(others == 1 ? "" : "s")"
        return "stap misreads bit-fields of DWARF 5: '\(first.text)'\(rest)"
    }
}
