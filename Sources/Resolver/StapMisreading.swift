public import Diagnostics

/// A target expression that stap reads wrongly, and says nothing.
public struct StapMisreading: Sendable, Equatable, Codable {
    /// Why.
    public enum Reason: String, Sendable, Equatable, Codable {
        /// stap 4.8 takes `DW_AT_data_bit_offset`, which counts from the aggregate's start, for an offset in a storage unit:
        /// it reads elsewhere and shifts by too much (`stap -p3` shows it; `Tests/Conformance`, bit-fields). GCC writes that
        /// attribute since version 11, with DWARF 5.
        case bitField
        /// stap 4.8 reads at the function's first instruction, where arguments are not in their places: see
        /// ``ProbeSite/isMissedByStap``.
        case prologue
    }

    /// Where it stands.
    public var range: SourceRange
    /// Why.
    public var reason: Reason

    /// What a place of it is told.
    var warning: Diagnostic {
        switch reason {
        case .bitField:
            .warning(
                "stap misreads '\(range.text)': a bit-field as DWARF 5 describes it", at: range,
                notes: ["the built-in engine reads it as it is"])
        case .prologue:
            .warning(
                "stap reads '\(range.text)' before it is in its place: it does not find the end of the function's prologue",
                at: range, notes: ["the built-in engine reads it behind that"])
        }
    }
}

extension ScriptTraits {
    /// What makes a result of stap's doubtful, a text for each reason.
    public var stapDoubts: [String] {
        let reasons: [(StapMisreading.Reason, String)] = [
            (.bitField, "stap misreads bit-fields of DWARF 5"),
            (.prologue, "stap reads arguments before they are in their places"),
        ]
        return reasons.compactMap { reason, words in
            let found = stapMisreadings.filter { $0.reason == reason }
            guard let first = found.first else { return nil }
            let others = found.count - 1
            let rest = others == 0 ? "" : " and \(others) other\(others == 1 ? "" : "s")"
            return "\(words): '\(first.range.text)'\(rest)"
        }
    }
}

extension Resolution {
    /// What stap reads wrongly, each place once, in the order of the script.
    var stapMisreadings: [StapMisreading] {
        var found: [Int: StapMisreading] = [:]
        func take(_ loads: [TypedLoad], isMissed: Bool) {
            for load in loads {
                let reason: StapMisreading.Reason? =
                    load.value.isMisreadBitField ? .bitField : isMissed && load.isOfPlace ? .prologue : nil
                if let reason { found[load.range.lower] = StapMisreading(range: load.range, reason: reason) }
            }
        }
        for point in points { take(point.loads, isMissed: missedByStap.contains(point.address)) }
        for event in events { take(event.loads, isMissed: false) }
        return found.values.sorted { $0.range.lower < $1.range.lower }
    }
}

extension TypedLoad {
    /// Whether it begins where the probed code has a variable.
    fileprivate var isOfPlace: Bool {
        if case .text(let pieces) = value { return pieces.contains { $0.holds(\.isOfPlace) } }
        if case .location = start { return true }
        return false
    }
}

extension TypedLoad.Value {
    fileprivate var isMisreadBitField: Bool {
        switch self {
        case .bitField(_, _, _, let countsFromStart): countsFromStart
        case .text(let pieces): pieces.contains { $0.holds(\.value.isMisreadBitField) }
        case .integer, .float, .address: false
        }
    }
}

extension TextPiece {
    /// Whether something is true of a load in it.
    fileprivate func holds(_ isTrue: (TypedLoad) -> Bool) -> Bool {
        switch self {
        case .literal: false
        case .value(let load, _): isTrue(load)
        case .guarded(let pieces): pieces.contains { $0.holds(isTrue) }
        }
    }
}
