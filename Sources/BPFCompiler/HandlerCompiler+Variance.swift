import BPF

/// The running variance of a statistic, as stap's runtime keeps it (stat-common.c): Welford's.
extension HandlerCompiler {
    /// Takes the value at `kept` into the mean, the squares and the variance of the element that r0 points to, whose
    /// count has it already.
    func addToVariance(_ kept: Int, number: Int, _ offset: Int, _ shift: Int64) {
        let (mean, squares, variance) = (offset, offset + 8, offset + 16)
        let (further, done) = (code.label(), code.label())
        code.load(.double, .r1, .r9, kept)
        code.compute(.shiftLeft, .r1, Int32(shift))
        code.load(.double, .r5, .r0, number)
        code.jump(to: further, if: .r5, .notEqual, 1)
        code.store(.double, .r0, mean, .r1)
        code.store(.double, .r0, squares, constant: 0)
        code.jump(to: done)
        code.place(further)
        code.load(.double, .r2, .r0, mean)
        // stap keeps this difference in 32 bits.
        code.move(.r3, .r1)
        code.compute(.subtract, .r3, .r2)
        code.compute(.shiftLeft, .r3, 32)
        code.compute(.arithmeticShiftRight, .r3, 32)
        divide(.r3, by: .r5, into: .r4)
        code.compute(.add, .r2, .r4)
        code.store(.double, .r0, mean, .r2)
        code.compute(.subtract, .r1, .r2)
        code.compute(.multiply, .r1, .r3)
        code.load(.double, .r3, .r0, squares)
        code.compute(.add, .r3, .r1)
        code.store(.double, .r0, squares, .r3)
        code.compute(.subtract, .r5, 1)
        divide(.r3, by: .r5, into: .r4)
        code.store(.double, .r0, variance, .r4)
        code.place(done)
    }

    /// A number with a sign divided by a positive one, towards 0.
    private func divide(_ number: Register, by divisor: Register, into result: Register) {
        let (isNegative, done) = (code.label(), code.label())
        code.move(result, number)
        code.jump(to: isNegative, if: number, .signedLess, 0)
        code.compute(.divide, result, divisor)
        code.jump(to: done)
        code.place(isNegative)
        code.compute(.negate, result, 0)
        code.compute(.divide, result, divisor)
        code.compute(.negate, result, 0)
        code.place(done)
    }
}
