import TestSupport
import Testing

@testable import StapMessages

@Suite struct LineSplitterTests {
    @Test(arguments: [1, 2, 3, 7, 64, 4096])
    func linesAreCutFromChunksOfAnySize(size: Int) {
        let text = Array("one\r\n\ntwo\nthree-is-too-long\nfour".utf8)
        var splitter = LineSplitter(maximumLength: 8)
        #expect(Self.lines(text, &splitter) { size } == ["one\r", "", "two", "three-is", "four"])
        #expect(splitter.cutCount == 1)
    }

    @Test func linesDoNotDependOnWhereTheStreamIsCut() {
        var generator = SeededGenerator()
        let seed = generator.seed
        for _ in 0..<300 {
            let bytes = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
                Bool.random(using: &generator) ? UInt8(0x0A) : UInt8(0x41)
            }
            var expected = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            if expected.last == "" { expected.removeLast() }
            var splitter = LineSplitter(maximumLength: 1000)
            let lines = Self.lines(bytes, &splitter) { Int.random(in: 1...9, using: &generator) }
            #expect(lines == expected, "seed \(seed)")
        }
    }

    private static func lines(
        _ bytes: [UInt8], _ splitter: inout LineSplitter, size: () -> Int
    ) -> [String] {
        var lines: [String] = []
        var start = 0
        while start < bytes.count {
            let end = min(start + size(), bytes.count)
            splitter.feed(bytes[start..<end]) { lines.append(String(decoding: $0, as: UTF8.self)) }
            start = end
        }
        splitter.finish { lines.append(String(decoding: $0, as: UTF8.self)) }
        return lines
    }
}
