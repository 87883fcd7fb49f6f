import Interpreter
import Testing

@testable import Engine

@Suite struct BacktraceMemoTests {
    @Test func whatIsKnownIsNotMadeAgain() {
        var memo = BacktraceMemo()
        var made = 0
        func text(_ counters: [UInt64], process: Int32) -> [UInt8] {
            memo.text(of: counters, .full, process: process) {
                made += 1
                return [UInt8(made)]
            }
        }
        #expect(text([1, 2], process: 7) == [1])
        #expect(text([1, 2], process: 7) == [1])
        #expect(text([1, 3], process: 7) == [2])
        #expect(text([1, 2], process: 8) == [3])
        memo.forget(7)
        #expect(text([1, 2], process: 7) == [4])
        #expect(text([1, 2], process: 8) == [3])
        memo.forgetAll()
        #expect(text([1, 2], process: 8) == [5])
    }

    @Test func anotherFormIsAnotherText() {
        var memo = BacktraceMemo()
        let full = memo.text(of: [1], .full, process: 7) { [1] }
        let brief = memo.text(of: [1], .brief, process: 7) { [2] }
        #expect((full, brief) == ([1], [2]))
    }

    @Test func itDoesNotGrowWithoutEnd() {
        var memo = BacktraceMemo()
        for number in 0..<100_000 as Range<UInt64> { _ = memo.text(of: [number], .full, process: 7) { [0] } }
        #expect(memo.count <= 16384)
    }
}
