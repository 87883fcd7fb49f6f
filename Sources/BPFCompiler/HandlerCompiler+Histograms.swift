import BPF
import StapLanguage

/// The buckets of histograms, as stap's runtime (stat-common.c) counts them.
extension HandlerCompiler {
    /// Counts the value in r1 in the histogram that begins at an offset from r0.
    func count(_ shape: Histogram, _ offset: Int, _ buckets: Int) {
        switch shape {
        case .logarithmic: logarithmicBucket()
        case .linear(let start, let stop, let interval): linearBucket(start, stop, interval, buckets)
        }
        // r2: the bucket.
        let isBounded = code.label()
        code.jump(to: isBounded, if: .r2, .less, Int32(buckets))
        code.move(.r2, Int64(buckets - 1))
        code.place(isBounded)
        code.compute(.shiftLeft, .r2, 3)
        code.move(.r3, .r0)
        code.compute(.add, .r3, Int32(offset))
        code.compute(.add, .r3, .r2)
        code.load(.double, .r4, .r3, 0)
        code.compute(.add, .r4, 1)
        code.store(.double, .r3, 0, .r4)
    }

    /// r2 = 64 for 0, 65 + ⌊log2 r1⌋ above, 63 - ⌊log2 -r1⌋ below.
    private func logarithmicBucket() {
        let (isPositive, isNegative, done, isZero) = (
            code.label(), code.label(), code.label(), code.label()
        )
        code.move(.r3, .r1)
        code.move(.r2, 64)
        code.jump(to: isZero, if: .r1, .equal, 0)
        code.jump(to: isPositive, if: .r1, .signedGreater, 0)
        code.compute(.negate, .r3, 0)
        code.place(isPositive)
        code.move(.r4, 0)
        for step in [32, 16, 8, 4, 2, 1] as [Int32] {
            let below = code.label()
            code.move(.r5, .r3)
            code.compute(.shiftRight, .r5, step)
            code.jump(to: below, if: .r5, .equal, 0)
            code.move(.r3, .r5)
            code.compute(.add, .r4, step)
            code.place(below)
        }
        code.jump(to: isNegative, if: .r1, .signedLess, 0)
        code.move(.r2, 65)
        code.compute(.add, .r2, .r4)
        code.jump(to: done)
        code.place(isNegative)
        code.move(.r2, 63)
        code.compute(.subtract, .r2, .r4)
        code.place(done)
        code.place(isZero)
    }

    /// r2 = 0 below the start, the last bucket above the stop, else 1 + (r1 - start) / interval.
    private func linearBucket(_ start: Int64, _ stop: Int64, _ interval: Int64, _ buckets: Int) {
        let (isBelow, done) = (code.label(), code.label())
        code.move(.r3, start)
        code.jump(to: isBelow, if: .r1, .signedLess, .r3)
        code.move(.r2, .r1)
        code.compute(.subtract, .r2, .r3)
        code.move(.r3, max(interval, 1))
        code.compute(.divide, .r2, .r3)
        code.compute(.add, .r2, 1)
        code.jump(to: done)
        code.place(isBelow)
        code.move(.r2, 0)
        code.place(done)
    }
}
