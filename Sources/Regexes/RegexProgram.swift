/// A regular expression compiled to a machine that matches in time linear in the text, whatever it says.
///
/// Each step of the text moves a set of states at once, so no expression backtracks.
public struct RegexProgram: Sendable {
    enum Instruction: Sendable {
        case byte(ByteSet)
        case split(Int, Int)
        case jump(Int)
        case lineStart
        case lineEnd
        case match
        /// Notes the place as a group's start (twice its number) or end (one more).
        case note(Int)
    }

    /// The most instructions; `{n,m}` multiplies them.
    public static let sizeLimit = 2_000

    private(set) var instructions: [Instruction] = []
    /// How many groups there are, the whole match among them; 0 for a program that notes no groups.
    private(set) var groupCount = 0

    /// Compiles the text of an expression as stap reads it; see the other one.
    init(parsing bytes: [UInt8], notesGroups: Bool = false) throws(RegexAutomatonError) {
        let node: RegexNode
        do {
            node = try RegexReader.node(of: bytes)
        } catch {
            throw .syntax(error)
        }
        do {
            try self.init(node, notesGroups: notesGroups)
        } catch {
            throw .size(error)
        }
    }

    /// Compiles an expression, unless its repetitions make it too large.
    ///
    /// - Parameters:
    ///   - root: The expression.
    ///   - notesGroups: Whether it has to tell where its groups matched.
    /// - Throws: That it is too large.
    public init(_ root: RegexNode, notesGroups: Bool = false) throws(RegexTooLarge) {
        if notesGroups { groupCount = 1 }
        try emit(root)
        try append(.match)
    }

    private mutating func append(_ instruction: Instruction) throws(RegexTooLarge) {
        guard instructions.count < Self.sizeLimit else {
            throw RegexTooLarge.instructions(Self.sizeLimit)
        }
        instructions.append(instruction)
    }

    private mutating func emit(_ node: RegexNode) throws(RegexTooLarge) {
        switch node {
        case .empty: break
        case .byte(let set): try append(.byte(set))
        case .lineStart: try append(.lineStart)
        case .lineEnd: try append(.lineEnd)
        case .sequence(let nodes): for node in nodes { try emit(node) }
        case .group(let node, _) where groupCount == 0: try emit(node)
        case .group(let node, let number):
            groupCount = max(groupCount, number + 1)
            try append(.note(number * 2))
            try emit(node)
            try append(.note(number * 2 + 1))
        case .alternatives(let branches):
            var jumps: [Int] = []
            for branch in branches.dropLast() {
                let split = instructions.count
                try append(.split(split + 1, 0))
                try emit(branch)
                jumps.append(instructions.count)
                try append(.jump(0))
                instructions[split] = .split(split + 1, instructions.count)
            }
            if let last = branches.last { try emit(last) }
            for jump in jumps { instructions[jump] = .jump(instructions.count) }
        case .repeated(let node, let least, let most):
            let start = instructions.count
            for _ in 0..<least {
                try emit(node)
                // Nothing stays nothing, however often: an expression may count to billions.
                if instructions.count == start { break }
            }
            if let most {
                try emitOptional(node, times: most - least)
            } else {
                let split = instructions.count
                try append(.split(split + 1, 0))
                try emit(node)
                try append(.jump(split))
                instructions[split] = .split(split + 1, instructions.count)
            }
        }
    }

    private mutating func emitOptional(
        _ node: RegexNode, times: Int
    ) throws(RegexTooLarge) {
        var splits: [Int] = []
        for _ in 0..<times {
            splits.append(instructions.count)
            try append(.split(instructions.count + 1, 0))
            try emit(node)
        }
        for split in splits { instructions[split] = .split(split + 1, instructions.count) }
    }

    /// Whether the whole text matches.
    public func matchesWhole(_ text: [UInt8]) -> Bool {
        var states = StateSet(instructions.count)
        follow(0, isStart: true, isEnd: text.isEmpty, into: &states)
        for (offset, byte) in text.enumerated() {
            var next = StateSet(instructions.count)
            for state in states.members {
                if case .byte(let set) = instructions[state], set.contains(byte) {
                    follow(state + 1, isStart: false, isEnd: offset == text.count - 1, into: &next)
                }
            }
            if next.members.isEmpty { return false }
            states = next
        }
        return states.members.contains { if case .match = instructions[$0] { true } else { false } }
    }

    /// Adds a state and all that it leads to without taking a byte.
    private func follow(_ start: Int, isStart: Bool, isEnd: Bool, into states: inout StateSet) {
        var pending = [start]
        while let state = pending.popLast() {
            guard states.insert(state) else { continue }
            switch instructions[state] {
            case .byte, .match: break
            case .note: pending.append(state + 1)
            case .split(let first, let second): pending += [first, second]
            case .jump(let target): pending.append(target)
            case .lineStart: if isStart { pending.append(state + 1) }
            case .lineEnd: if isEnd { pending.append(state + 1) }
            }
        }
    }
}

/// A set of states that lists its members.
private struct StateSet {
    private var isMember: [Bool]
    private(set) var members: [Int] = []

    init(_ count: Int) { isMember = Array(repeating: false, count: count) }

    mutating func insert(_ state: Int) -> Bool {
        if isMember[state] { return false }
        isMember[state] = true
        members.append(state)
        return true
    }
}
