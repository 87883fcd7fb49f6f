import Foundation
import Synchronization
import Testing

@testable import taprecipe

/// Lines for a reader that is slow, or leaves.
@Suite struct LineStreamTests {
    /// A stream into a pipe; `room` is what may wait besides the pipe's own 64 KiB.
    private final class Ground: Sendable {
        let pipe: (read: Int32, write: Int32)
        let stream: LineStream
        let breaks: Breaks

        final class Breaks: Sendable {
            let count = Atomic(0)
        }

        init(room: Int, pace: LineStream.Pace = .ofTheWork(patience: .seconds(20))) throws {
            signal(SIGPIPE, SIG_IGN)
            var ends: [Int32] = [-1, -1]
            try #require(Glibc.pipe(&ends) == 0)
            let breaks = Breaks()
            (pipe, self.breaks) = ((ends[0], ends[1]), breaks)
            stream = LineStream(
                descriptor: ends[1], pace: pace, room: room,
                omission: { Array("omitted \($0)\n".utf8) },
                brokenOff: { breaks.count.add(1, ordering: .relaxed) })
        }

        deinit { close(pipe.write) }
    }

    /// Reads to the last line, a little at a time, on a thread of its own.
    private final class SlowReader: Sendable {
        private let bytes = Mutex<[UInt8]>([])
        private let isDone = DispatchSemaphore(value: 0)

        init(_ descriptor: Int32) {
            Thread.detachNewThread {
                var piece = [UInt8](repeating: 0, count: 4096)
                while !self.bytes.withLock({ $0.suffix(5).elementsEqual("last\n".utf8) }) {
                    usleep(1000)
                    let count = read(descriptor, &piece, piece.count)
                    if count <= 0 { break }
                    self.bytes.withLock { $0 += piece.prefix(count) }
                }
                close(descriptor)
                self.isDone.signal()
            }
        }

        /// All of it, once the last line has come.
        var text: String {
            isDone.wait()
            return bytes.withLock { String(decoding: $0, as: UTF8.self) }
        }
    }

    private func line(_ number: Int) -> [UInt8] {
        Array("line \(number) \(String(repeating: "x", count: 500))\n".utf8)
    }

    @Test func whatASlowReaderMissesIsCounted() async throws {
        let ground = try Ground(room: 100_000)
        for number in 0..<5000 { ground.stream.add(line(number)) }
        let stream = ground.stream
        async let failure = stream.finish(Array("last\n".utf8))
        var text: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 4096)
        while !text.suffix(5).elementsEqual("last\n".utf8) {
            let count = read(ground.pipe.read, &piece, piece.count)
            text += piece.prefix(max(count, 0))
        }
        #expect(await failure == nil)
        close(ground.pipe.read)
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
        let omitted = lines.filter { $0.hasPrefix("omitted ") }.compactMap { Int($0.dropFirst(8)) }
        let told = lines.count { $0.hasPrefix("line ") }
        #expect(told + omitted.reduce(0, +) == 5000)
        // No more than the pipe and twice the room: what is being written and what waits.
        #expect(told < (200_000 + 66_000) / 500)
        #expect(ground.breaks.count.load(ordering: .relaxed) == 0)
    }

    @Test func aReaderThatTakesNothingIsGivenUpOn() async throws {
        let ground = try Ground(room: 100_000, pace: .ofTheWork(patience: .milliseconds(300)))
        for number in 0..<1000 { ground.stream.add(line(number)) }
        let failure = await ground.stream.finish(Array("last\n".utf8))
        #expect(failure?.code == ETIMEDOUT)
        // Lets the thread go.
        close(ground.pipe.read)
    }

    @Test func aSlowReaderThatIsWaitedForMissesNothing() async throws {
        let ground = try Ground(room: 10_000, pace: .ofTheReader)
        let reader = SlowReader(ground.pipe.read)
        for number in 0..<1000 { ground.stream.add(line(number)) }
        #expect(await ground.stream.finish(Array("last\n".utf8)) == nil)
        let lines = reader.text.split(separator: "\n")
        #expect(lines.count == 1001 && lines.last == "last")
    }

    @Test func aReaderThatLeavesIsNoticedWithoutALine() async throws {
        let ground = try Ground(room: 100_000)
        close(ground.pipe.read)
        let start = ContinuousClock.now
        while ground.breaks.count.load(ordering: .relaxed) == 0, ContinuousClock.now - start < .seconds(20) {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(ground.breaks.count.load(ordering: .relaxed) == 1)
        #expect(await ground.stream.finish(Array("last\n".utf8))?.code == EPIPE)
    }
}
