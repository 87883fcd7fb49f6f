/// Finds where a regular expression and its groups match: stap's `matched()`.
///
/// The match is the leftmost, and of those the longest. Where groups can share it out in several ways, an earlier
/// alternative and a longer repetition win; stap's automata choose another way there now and then. Time is linear in the
/// text for each expression.
public struct RegexGroups: Sendable {
    private let program: RegexProgram

    /// How many groups there are, the whole match among them.
    public var count: Int { program.groupCount }

    /// Compiles the text of an expression as stap reads it.
    public init(parsing bytes: [UInt8]) throws(RegexAutomatonError) {
        program = try RegexProgram(parsing: bytes, notesGroups: true)
    }

    /// A way through the program: where it is, and where groups began and ended, -1 for those that did not.
    private struct Thread {
        var instruction: Int
        var notes: [Int]
    }

    /// Where the groups of a text's match are, the whole match first; nil for a group that took no part.
    ///
    /// - Returns: nil without a match.
    public func match(_ text: [UInt8]) -> [Range<Int>?]? {
        var best: [Int]?
        var threads: [Thread] = []
        for place in 0...text.count {
            var reached = Array(repeating: false, count: program.instructions.count)
            var next: [Thread] = []
            let byte = place < text.count ? text[place] : nil
            // Those that began further left come first; once there is a match, none begins anew.
            for thread in threads { follow(thread, at: place, of: text, &reached, &next) }
            if best == nil {
                var notes = Array(repeating: -1, count: program.groupCount * 2)
                notes[0] = place
                follow(Thread(instruction: 0, notes: notes), at: place, of: text, &reached, &next)
            }
            threads = []
            for var thread in next {
                switch program.instructions[thread.instruction] {
                case .match:
                    thread.notes[1] = place
                    if best.map({ thread.notes[0] < $0[0] || thread.notes[0] == $0[0] && place > $0[1] })
                        ?? true
                    {
                        best = thread.notes
                    }
                case .byte(let set):
                    guard let byte, set.contains(byte) else { continue }
                    threads.append(Thread(instruction: thread.instruction + 1, notes: thread.notes))
                default: break
                }
            }
            if let best { threads.removeAll { $0.notes[0] > best[0] } }
            if threads.isEmpty, best != nil { break }
        }
        return best.map { notes in
            (0..<program.groupCount).map { group in
                let (start, end) = (notes[group * 2], notes[group * 2 + 1])
                return start >= 0 && end >= start ? start..<end : nil
            }
        }
    }

    /// Adds a thread and all that it leads to without taking a byte, what is preferred first.
    private func follow(
        _ thread: Thread, at place: Int, of text: [UInt8], _ reached: inout [Bool], _ threads: inout [Thread]
    ) {
        var pending = [thread]
        while var thread = pending.popLast() {
            guard !reached[thread.instruction] else { continue }
            reached[thread.instruction] = true
            func goOn(to instruction: Int) {
                pending.append(Thread(instruction: instruction, notes: thread.notes))
            }
            switch program.instructions[thread.instruction] {
            case .byte, .match: threads.append(thread)
            case .jump(let target): goOn(to: target)
            case .split(let first, let second):
                goOn(to: second)
                goOn(to: first)
            case .note(let index):
                thread.notes[index] = place
                goOn(to: thread.instruction + 1)
            case .lineStart: if place == 0 { goOn(to: thread.instruction + 1) }
            case .lineEnd: if place == text.count { goOn(to: thread.instruction + 1) }
            }
        }
    }
}
