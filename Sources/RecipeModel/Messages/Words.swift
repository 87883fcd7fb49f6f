import Diagnostics
import Glibc

/// The parts that this target's messages are made of.

/// A name or value in quotes, cut where it is long.
func quote(_ name: String, limit: Int = 64) -> String {
    let isLong = name.unicodeScalars.count > limit
    return isLong ? "'\(String(name.unicodeScalars.prefix(limit)))…'" : "'\(name)'"
}

/// A path in quotes: whole, as only then it can be used, up to what Linux takes for one (PATH_MAX).
func quote(path: String) -> String { quote(path, limit: Int(PATH_MAX)) }

/// `'a', 'b' and 'c'`; of many the first ones.
func list(_ names: [String]) -> String {
    let limit = 25
    let quoted = names.prefix(limit).map(quote)
    if names.count > limit { return "\(quoted.joined(separator: ", ")) and \(names.count - limit) more" }
    guard let last = quoted.last, quoted.count > 1 else { return quoted.first ?? "" }
    return "\(quoted.dropLast().joined(separator: ", ")) and \(last)"
}

/// At least four upper-case digits.
func hex(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(4 - digits.count, 0)) + digits
}

/// `a` or `an`.
func article(_ word: String) -> String {
    "aeiou".contains(word.first ?? "x") ? "an" : "a"
}

/// A change to the nearest of the known names.
func nearest(_ name: String, _ known: [String], _ range: SourceRange?) -> FixIt? {
    guard let range, let nearest = Likeness.nearest(to: name, among: known, limit: 1).first else {
        return nil
    }
    return FixIt(range: range, replacement: nearest)
}

/// YAML 1.1's other words for the truth values, which this format does not take.
func booleanFixIt(_ written: String?, _ range: SourceRange?) -> FixIt? {
    guard let range, let written = written?.lowercased() else { return nil }
    if ["yes", "on", "1", "y", "true"].contains(written) { return FixIt(range: range, replacement: "true") }
    if ["no", "off", "0", "n", "false"].contains(written) {
        return FixIt(range: range, replacement: "false")
    }
    return nil
}

/// A number that was put in quotes.
func integerFixIt(_ written: String?, _ range: SourceRange?) -> FixIt? {
    guard let range, let written, IntegerText.parse(written) != nil else { return nil }
    return FixIt(range: range, replacement: written)
}

/// A number of MiB that lacks its unit.
func bufferFixIt(_ written: String, _ range: SourceRange?) -> FixIt? {
    guard let range, let number = Int(written), Limits.bufferRange.contains(number) else { return nil }
    return FixIt(range: range, replacement: "\(number)MiB")
}

func describe(_ bounds: ClosedRange<Int64>) -> String {
    if bounds == .min ... .max { return "an integer of at most 64 bits" }
    let (least, most) = (bounds.lowerBound, bounds.upperBound)
    return least == most ? "\(least)" : "\(least) to \(most)"
}

/// What the transport buffer may have.
var bufferSizes: String {
    "whole MiB from \(Limits.bufferRange.lowerBound)MiB to \(Limits.bufferRange.upperBound)MiB"
}

func describe(_ kind: YAMLKind) -> String {
    switch kind {
    case .null: "nothing"
    case .boolean: "a truth value"
    case .integer: "a number"
    case .float: "a fraction"
    case .text: "text"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
}

/// What the system says of an error, lower case at its start as the house's messages are.
func describe(_ number: Int32) -> String {
    let text = strerror(number).map { String(cString: $0) } ?? "error \(number)"
    return text.prefix(1).lowercased() + text.dropFirst()
}

func kind(of mode: mode_t) -> String {
    switch mode & S_IFMT {
    case S_IFDIR: "a directory"
    case S_IFIFO: "a FIFO"
    case S_IFCHR, S_IFBLK: "a device"
    case S_IFSOCK: "a socket"
    default: "no file"
    }
}

/// The names of a record field's types.
var fieldTypes: [String] { RecordPattern.FieldType.allCases.map(\.rawValue) }
/// The names of the functions of columns.
var functions: [String] { ColumnDefinition.Aggregate.allCases.map(\.rawValue) }
