import Interpreter

/// The texts of backtraces that were asked for: most stacks of a run are like an earlier one.
struct BacktraceMemo {
    private struct Key: Hashable {
        var form: BacktraceForm
        var programCounters: [UInt64]
    }

    private var texts: [Int32: [Key: [UInt8]]] = [:]
    /// How many there are.
    private(set) var count = 0
    private static let limit = 16384

    /// A backtrace's text, made where it is not known.
    mutating func text(
        of programCounters: [UInt64], _ form: BacktraceForm, process: Int32, _ make: () -> [UInt8]
    ) -> [UInt8] {
        let key = Key(form: form, programCounters: programCounters)
        if let known = texts[process]?[key] { return known }
        let text = make()
        if count == Self.limit { forgetAll() }
        count += 1
        texts[process, default: [:]][key] = text
        return text
    }

    /// Forgets a process's texts, as something else may be at its addresses.
    mutating func forget(_ process: Int32) {
        if let gone = texts.removeValue(forKey: process) { count -= gone.count }
    }

    /// Forgets all.
    mutating func forgetAll() { (texts, count) = ([:], 0) }
}
