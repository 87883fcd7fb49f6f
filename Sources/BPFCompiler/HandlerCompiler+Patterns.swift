import BPF
import Diagnostics
import Lowering
import Regexes
import StapLanguage

/// Regular expressions: automata that are walked byte by byte.
extension HandlerCompiler {
    /// What a walk remembers: where the bytes' classes are, where the state's row is (0 once a match has been seen), the
    /// next byte, and whether there is a match.
    private enum Walk {
        static let classes = 0
        static let row = 1
        static let next = 2
        static let isMatch = 3
    }

    func match(_ operand: Term, _ pattern: Int, ifFalse no: Assembler.Label, at range: SourceRange) {
        let automaton: RegexAutomaton
        do {
            automaton = try RegexAutomaton(parsing: program.patterns[pattern].bytes)
        } catch {
            return report(.pattern(error.words), at: range)
        }
        let place = placed(text(operand))
        put(Int32(constants.offset(of: automaton.classes)), work: Walk.classes)
        put(Int32(constants.rows(of: automaton)), work: Walk.row)
        call(.match, place)
        code.jump(to: no, if: .r0, .equal, 0)
    }

    func writeMatch() {
        put(0, work: Walk.next)
        put(0, work: Walk.isMatch)
        loop(rounds: scratch.textCapacity + 1, texts: 1) { [self] end in
            let (isOver, hasMatched, done) = (code.label(), code.label(), code.label())
            take(.r1, work: Walk.next)
            code.load(.double, .r2, .r6, 0)
            code.jump(to: isOver, if: .r1, .greaterOrEqual, .r2)
            byte(.r3, of: .r6, at: .r1, or: end)
            code.compute(.add, .r1, 1)
            put(.r1, work: Walk.next)
            take(.r4, work: Walk.classes)
            code.compute(.add, .r4, .r3)
            constant(.byte, .r4, at: .r4, or: end)
            code.compute(.add, .r4, 1)
            code.compute(.shiftLeft, .r4, 2)
            take(.r5, work: Walk.row)
            code.compute(.add, .r4, .r5)
            constant(.word, .r4, at: .r4, or: end)
            put(.r4, work: Walk.row)
            code.jump(to: hasMatched, if: .r4, .equal, 0)
            code.jump(to: done)
            code.place(hasMatched)
            put(1, work: Walk.isMatch)
            code.jump(to: end)
            code.place(isOver)
            take(.r4, work: Walk.row)
            constant(.word, .r4, at: .r4, or: end)
            put(.r4, work: Walk.isMatch)
            code.jump(to: end)
            code.place(done)
        }
        take(.r0, work: Walk.isMatch)
        code.exit()
    }

    /// A register = what programs only read, at an offset.
    private func constant(
        _ size: AccessSize, _ register: Register, at offset: Register, or end: Assembler.Label
    ) {
        code.jump(to: end, if: offset, .greater, .constantsSize, plus: -8)
        code.loadMapValue(.r0, descriptor: maps.constants, offset: 0)
        code.compute(.add, .r0, offset)
        code.load(size, register, .r0, 0)
    }
}

extension ConstantTable {
    /// Where an automaton's first row is.
    ///
    /// A row has 4 bytes for whether a text that ends there matches, and 4 for each class: where the next row is, or 0
    /// where a match has been seen.
    func rows(of automaton: RegexAutomaton) -> Int {
        let rowSize = 4 * (automaton.classCount + 1)
        // What the rows hold depends on where they are; only the same automaton at the same place has the same.
        return offset(of: automaton) { start in
            (0..<automaton.stateCount).flatMap { state -> [UInt8] in
                let row = automaton.transitions[
                    state * automaton.classCount..<(state + 1) * automaton.classCount]
                let next = row.map { $0 == RegexAutomaton.matched ? 0 : UInt32(start + Int($0) * rowSize) }
                return ([automaton.matchesAtEnd[state] ? 1 : 0] + next).flatMap { word in
                    (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
                }
            }
        }
    }
}
