import TestSupport
import Testing

@testable import Report

@Suite("Lines of backtraces that were read before")
struct FrameLineCacheTests {
    @Test("a line is found once it was offered twice, and no other is taken for it")
    func keeps() {
        var cache = FrameLineCache()
        let line = Array(" 0x401000 : main+0x10/0x80 [/usr/sbin/program]".utf8)
        #expect(cache.reading(of: line[...]) == nil && cache.reading(of: []) == nil)
        cache.offer(.init(frame: 7, isAddressed: true), of: line[...])
        #expect(cache.reading(of: line[...]) == nil)
        cache.offer(.init(frame: 7, isAddressed: true), of: line[...])
        // As a slice of something longer, too: where it stands does not count.
        let chunk = [0x0A, 0x0A] + line + [0x0A]
        #expect(cache.reading(of: chunk[2..<(2 + line.count)]) == .init(frame: 7, isAddressed: true))
        for index in line.indices {
            var other = line
            other[index] ^= 1
            #expect(cache.reading(of: other[...]) == nil && cache.reading(of: line[..<index]) == nil)
        }
        #expect(cache.reading(of: []) == nil)
    }

    @Test("a line that is too long is not kept, one of just that length is")
    func length() {
        var cache = FrameLineCache()
        for count in [127, 128, 129] {
            let line = [UInt8](repeating: 0x61, count: count)
            for _ in 0..<2 { cache.offer(.init(frame: 1, isAddressed: false), of: line[...]) }
            #expect((cache.reading(of: line[...]) != nil) == (count <= 128), "\(count)")
        }
    }

    @Test("when there is no more room, all lines are forgotten, and none is taken for another")
    func room() {
        var cache = FrameLineCache()
        func line(_ number: Int) -> [UInt8] {
            Array(" 0x\(0x40_0000 + number) : function_\(number)+0x1/0x20 [/bin/p]".utf8)
        }
        // Three MiB of them.
        for number in 0..<60_000 {
            for _ in 0..<2 {
                cache.offer(.init(frame: Int32(number), isAddressed: true), of: line(number)[...])
            }
            #expect(cache.reading(of: line(number)[...])?.frame == Int32(number))
        }
        #expect((0..<10_000).allSatisfy { cache.reading(of: line($0)[...]) == nil })
    }

    @Test("stacks are the same in a store that has seen many as in a new one")
    func sameStacks() {
        var generator = SeededGenerator()
        let seed = generator.seed
        var seasoned = StackStore(maximumCount: 100_000)
        // Lines that come again, of every form, some of them no frames, and some that share a slot.
        let forms: [(Int) -> String] = [
            { " 0x\(String(0x40_0000 + $0, radix: 16)) : f\($0)+0x1/0x20 [/bin/p]" },
            { "f\($0)+0x1f [libc.so.6]" },
            { " 0x\(String(0x7F00_0000 + $0, radix: 16))" }, { "0x\(String($0, radix: 16)) 0x2 0x3" },
            { " 0x1 : f\($0)+0x1/0x2 [/bin/\(String(repeating: "p", count: $0 % 200))]" },
            { _ in "<no user backtrace at main>" }, { "word\($0)" }, { " 0x1 : f\($0)+0x1/0x2 [/bin/cut" },
        ]
        for _ in 0..<SeededGenerator.rounds(600) {
            var new = StackStore(maximumCount: 100_000)
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                let line = Array(
                    forms.randomElement(using: &generator)!(.random(in: 0..<150, using: &generator)).utf8)
                #expect(seasoned.add(line[...]) == new.add(line[...]), "seed \(seed)")
            }
            let counts = (seasoned.truncatedCount, seasoned.unfinishedCount)
            let (id, newID) = (seasoned.finish(maximumStringLength: 64), new.finish(maximumStringLength: 64))
            #expect(id.map { seasoned.stack($0) } == newID.map { new.stack($0) }, "seed \(seed)")
            #expect(seasoned.truncatedCount - counts.0 == new.truncatedCount, "seed \(seed)")
            #expect(seasoned.unfinishedCount - counts.1 == new.unfinishedCount, "seed \(seed)")
        }
    }
}
