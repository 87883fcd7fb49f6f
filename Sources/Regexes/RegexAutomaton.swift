/// A regular expression as a table that says, byte for byte, whether a text holds a match: stap's `=~`.
///
/// One look-up a byte, whatever the expression says. The table is `stateCount` × `classCount` states; an engine can
/// lay it out in a map and walk it in a loop as bounded as its strings.
public struct RegexAutomaton: Sendable, Hashable {
    /// A state, a row of the table.
    public typealias State = UInt16

    /// The state before the first byte.
    public static let start: State = 0
    /// The state in which a match has been seen; it is never left.
    public static let matched: State = 1
    /// The most states, where nothing else is asked.
    public static let defaultStateLimit = 1024

    /// The class of each of the 256 bytes, its column.
    public let classes: [UInt8]
    /// How many columns the table has.
    public let classCount: Int
    /// The next state, by state times ``classCount`` plus class.
    public let transitions: [State]
    /// Whether a text that ends in a state matches, by state.
    public let matchesAtEnd: [Bool]

    /// How many rows the table has.
    public var stateCount: Int { matchesAtEnd.count }

    /// Compiles the text of an expression as stap reads it.
    public init(
        parsing bytes: [UInt8], stateLimit: Int = defaultStateLimit
    ) throws(RegexAutomatonError) {
        let program = try RegexProgram(parsing: bytes)
        do {
            try self.init(program, stateLimit: stateLimit)
        } catch {
            throw .size(error)
        }
    }

    /// Whether a text holds a match.
    public func matches(_ text: some Sequence<UInt8>) -> Bool {
        var state = Self.start
        for byte in text {
            state = transitions[Int(state) * classCount + Int(classes[Int(byte)])]
            if state == Self.matched { return true }
        }
        return matchesAtEnd[Int(state)]
    }

    /// Builds the table by following sets of a program's states.
    init(_ program: RegexProgram, stateLimit: Int) throws(RegexTooLarge) {
        let limit = min(stateLimit, Int(State.max))
        let columns = ByteClasses(program)
        var sets = SubsetTable(program)
        let first = sets.closure(from: [0], isStart: true)
        sets.add(first)
        // Its row is written like others, but only the number counts.
        sets.addMatched()
        var transitions: [State] = []
        var ends: [Bool] = []
        var next = 0
        while next < sets.members.count {
            let members = sets.members[next]
            let isMatched = next == Int(Self.matched)
            ends.append(isMatched || sets.matchesAtEnd(members))
            for representative in columns.representatives {
                if isMatched {
                    transitions.append(Self.matched)
                    continue
                }
                let following = sets.following(members, representative)
                transitions.append(
                    sets.holdsMatch(following) ? Self.matched : State(sets.number(of: following)))
                guard sets.members.count <= limit else { throw .states(limit) }
            }
            next += 1
        }
        // What matches nothing at all matches at once, at its start and so at its end.
        if sets.holdsMatch(first) {
            transitions.replaceSubrange(
                0..<columns.count, with: repeatElement(Self.matched, count: columns.count))
        }
        classes = columns.classes
        classCount = columns.count
        self.transitions = transitions
        matchesAtEnd = ends
    }
}

/// Why a text gives no automaton.
public enum RegexAutomatonError: Error, Equatable {
    /// stap would not take it.
    case syntax(RegexSyntaxError)
    /// It is larger than we take.
    case size(RegexTooLarge)
}

/// Bytes that no part of an expression tells apart.
private struct ByteClasses {
    var classes = [UInt8](repeating: 0, count: 256)
    var representatives: [UInt8] = []
    var count: Int { representatives.count }

    init(_ program: RegexProgram) {
        var sets: [ByteSet] = []
        for case .byte(let set) in program.instructions where !sets.contains(set) { sets.append(set) }
        var known: [[Bool]: UInt8] = [:]
        for byte in UInt8.min...UInt8.max {
            let signature = sets.map { $0.contains(byte) }
            if let number = known[signature] {
                classes[Int(byte)] = number
            } else {
                known[signature] = UInt8(representatives.count)
                classes[Int(byte)] = UInt8(representatives.count)
                representatives.append(byte)
            }
        }
    }
}

/// The sets of instructions that a program can be at, numbered.
private struct SubsetTable {
    private let instructions: [RegexProgram.Instruction]
    private(set) var members: [[Int]] = []
    private var numbers: [[Int]: Int] = [:]
    /// What begins anew at every byte, since a match may begin anywhere.
    private var anywhere: [Int] = []

    init(_ program: RegexProgram) {
        instructions = program.instructions
        anywhere = closure(from: [0], isStart: false)
    }

    mutating func add(_ set: [Int]) {
        numbers[set] = members.count
        members.append(set)
    }

    /// Reserves the number of ``RegexAutomaton/matched``.
    mutating func addMatched() { members.append([]) }

    mutating func number(of set: [Int]) -> Int {
        if let number = numbers[set] { return number }
        add(set)
        return members.count - 1
    }

    func holdsMatch(_ set: [Int]) -> Bool {
        set.contains { if case .match = instructions[$0] { true } else { false } }
    }

    func following(_ set: [Int], _ byte: UInt8) -> [Int] {
        let reached = set.filter {
            if case .byte(let bytes) = instructions[$0] { bytes.contains(byte) } else { false }
        }
        return closure(from: reached.map { $0 + 1 } + anywhere, isStart: false)
    }

    /// Whether a match ends where the text does.
    ///
    /// stap takes `$` for a character behind the last, so that neither `^` nor another `$` can follow it.
    func matchesAtEnd(_ set: [Int]) -> Bool {
        if holdsMatch(set) { return true }
        let behind = set.filter { if case .lineEnd = instructions[$0] { true } else { false } }
        return holdsMatch(closure(from: behind.map { $0 + 1 }, isStart: false))
    }

    /// Those instructions and all that they lead to without a byte, that take a byte, wait for the end, or match.
    func closure(from starts: [Int], isStart: Bool) -> [Int] {
        var seen = [Bool](repeating: false, count: instructions.count)
        var pending = starts
        while let index = pending.popLast() {
            if seen[index] { continue }
            seen[index] = true
            switch instructions[index] {
            case .byte, .lineEnd, .match: break
            case .split(let first, let second): pending += [first, second]
            case .jump(let target): pending.append(target)
            case .note: pending.append(index + 1)
            case .lineStart: if isStart { pending.append(index + 1) }
            }
        }
        return seen.indices.filter { index in
            guard seen[index] else { return false }
            switch instructions[index] {
            case .byte, .lineEnd, .match: return true
            case .split, .jump, .note, .lineStart: return false
            }
        }
    }
}
