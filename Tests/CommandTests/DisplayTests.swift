import Dispatch
import Engine
import Foundation
import Synchronization
import Testing

@testable import taprecipe

/// What a run shows while it goes on.
@Suite struct DisplayTests {
    @Test func theLineNamesEachOfStapsPassesWithTheTime() {
        var line = ProgressLine(timeout: .seconds(60))
        #expect(line.text(width: 80) == nil)
        let steps: [(RunEvent, String)] = [
            (.phase(.check), "checking, 0 s"), (.phase(.compile), "compiling, 0 s"),
            (.pass(1), "pass 1 of 5: parsing, 0 s"), (.pass(2), "pass 2 of 5: analyzing, 0 s"),
            (.pass(3), "pass 3 of 5: translating, 0 s"), (.pass(4), "pass 4 of 5: compiling, 0 s"),
            (.phase(.attach), "pass 5 of 5: attaching, 0 s"),
            (.phase(.trace), "pass 5 of 5: tracing, 0 s of 60 s, 0 lines; Ctrl-C ends"),
            (.line([]), "pass 5 of 5: tracing, 0 s of 60 s, 1 line; Ctrl-C ends"),
            (.restarted, "pass 5 of 5: tracing, 0 s of 60 s, 0 lines; Ctrl-C ends"),
            (.phase(.flush), "pass 5 of 5: ending, 0 s"),
        ]
        for (event, text) in steps {
            _ = line.note(event)
            #expect(line.text(width: 80) == text)
        }
        #expect(line.text(width: 20) == "pass 5 of 5: ending,")
        line.end()
        #expect(line.text(width: 80) == nil)
    }

    @Test func whatIsSaidStandsAboveTheLineAndTheLineGoesAtTheEnd() async {
        let written = Mutex<[UInt8]>([])
        let display = RunDisplay(timeout: .seconds(1), showsLine: true, width: 80) { bytes in
            written.withLock { $0 += bytes }
        }
        display.show(.phase(.trace))
        display.say("a warning\n")
        await display.finish()
        let text = String(decoding: written.withLock { $0 }, as: UTF8.self)
        // How often the line is drawn depends on the machine; where it stands does not.
        let parts = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(parts.count == 2)
        #expect(parts[0] == "a warning" || parts[0].hasSuffix("\r\u{1B}[Ka warning"))
        #expect(parts[1] == "" || parts[1].hasSuffix("\r\u{1B}[K"))
    }

    @Test func elsewhereThanOnATerminalOnlyMessagesAreWritten() async {
        let written = Mutex<[UInt8]>([])
        let display = RunDisplay(timeout: .seconds(1), showsLine: false, width: 80) { bytes in
            written.withLock { $0 += bytes }
        }
        for phase in Phase.allCases { display.show(.phase(phase)) }
        display.say("one\n")
        display.say("two\n")
        await display.finish()
        #expect(written.withLock { $0 } == Array("one\ntwo\n".utf8))
    }

    @Test func aStandardErrorThatTakesNothingHoldsNothingUp() async {
        let written = Mutex<[UInt8]>([])
        let gate = DispatchSemaphore(value: 0)
        let display = RunDisplay(
            timeout: .seconds(1), showsLine: false, width: 80, patience: .milliseconds(50)
        ) { bytes in
            gate.wait()
            gate.signal()
            written.withLock { $0 += bytes }
        }
        let line = String(repeating: "x", count: 999) + "\n"
        for _ in 0..<5000 { display.say(line) }
        await display.finish()
        #expect(written.withLock { $0 } == [])
        gate.signal()
        await display.finish()
        let text = String(decoding: written.withLock { $0 }, as: UTF8.self)
        #expect(text.utf8.count < 3 << 20)
        #expect(text.contains(" lines are not shown: standard error took them too slowly\n"))
    }
}
