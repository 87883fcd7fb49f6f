import Regexes

/// What programs read and never change: literals, padding, automata. One value of a map that they share.
public final class ConstantTable {
    /// The bytes. The first are nothing's, so that the offset 0 can stand for none.
    public private(set) var bytes = [UInt8](repeating: 0, count: 8)
    private var offsets: [[UInt8]: Int] = [:]
    private var automata: [RegexAutomaton: Int] = [:]

    /// Creates an empty table.
    public init() {}

    /// Where some bytes are, at a multiple of 8.
    func offset(of value: [UInt8]) -> Int {
        if let known = offsets[value] { return known }
        let offset = append { _ in value }
        offsets[value] = offset
        return offset
    }

    /// Where the rows of an automaton are, which know their own place.
    func offset(of automaton: RegexAutomaton, rows: (Int) -> [UInt8]) -> Int {
        if let known = automata[automaton] { return known }
        let offset = append(rows)
        automata[automaton] = offset
        return offset
    }

    private func append(_ value: (Int) -> [UInt8]) -> Int {
        let offset = (bytes.count + 7) / 8 * 8
        bytes += [UInt8](repeating: 0, count: offset - bytes.count) + value(offset)
        return offset
    }
}
