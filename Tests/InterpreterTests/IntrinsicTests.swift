import Glibc
import Lowering
import StapLanguage
import Testing

@testable import Interpreter

/// An event that a test makes up.
private final class MadeUpEvent: EventContext, Symbolizer {
    var now: Int64 = 1_000_000
    var strings: [Int64: String] = [:]

    func value(of function: Intrinsic, _ arguments: [Value]) throws(RuntimeError) -> Value {
        switch function {
        case .tid: return .integer(1234)
        case .execname: return .text(Array("nginx".utf8))
        case .kernelStack: return .text(Array("0x30 0x4f".utf8))
        case .gettimeofdayMicroseconds:
            now += 7
            return .integer(now)
        case .userStringCount:
            guard let text = strings[arguments[0].integer] else {
                throw .userStringFault(code: -14, address: UInt64(bitPattern: arguments[0].integer))
            }
            return .text(Array(text.utf8))
        default: throw .missing(.intrinsic(function))
        }
    }

    func read(_ read: MemoryRead, operands: [Int64]) throws(RuntimeError) -> Int64 { operands.reduce(0, +) }

    func write(_ value: Int64, to read: MemoryRead, operands: [Int64]) throws(RuntimeError) {
        throw .writeFault(address: 16)
    }

    func memory(at address: UInt64, count: Int, isUser: Bool) throws(RuntimeError) -> [UInt8] {
        guard isUser else { throw .readFault(address: address) }
        return Array(repeating: UInt8(ascii: "m"), count: count)
    }

    func entry(_ index: Int) throws(RuntimeError) -> Value { .integer(Int64(index) + 100) }
    func eventArgument(_ index: Int) throws(RuntimeError) -> Int64 { Int64(index) + 200 }
    func captured(_ index: Int) throws(RuntimeError) -> Value {
        index == 0 ? .integer(300) : .text(Array("kept".utf8))
    }

    var symbolizer: any Symbolizer { self }
    func backtrace(_ form: BacktraceForm) throws(RuntimeError) -> [UInt8] {
        Array((form == .addresses ? "0x10 0x2f" : "\(form): 0x10 0x2f\n").utf8)
    }
    func kernelBacktrace(_ form: BacktraceForm, stack: [UInt8]) throws(RuntimeError) -> [UInt8] {
        form == .addresses ? stack : Array("kernel \(form): \(String(decoding: stack, as: UTF8.self))\n".utf8)
    }
    func frame(_ index: Int64) throws(RuntimeError) -> UInt64? { index < 2 ? UInt64(index) + 16 : nil }
    func symbol(_ form: SymbolForm, at address: UInt64) throws(RuntimeError) -> [UInt8] {
        Array("\(form)@\(String(address, radix: 16))".utf8)
    }
}

@Suite struct IntrinsicTests {
    private func session() -> Session {
        var session = Session()
        let event = MadeUpEvent()
        event.strings = [16: "GET /\n"]
        session.event = event
        return session
    }

    @Test func indentsByThread() throws {
        let now = int(.intrinsic(.gettimeofdayMicroseconds, []))
        func indent(_ delta: Int64) -> Action {
            show(str(.intrinsic(.threadIndent, [n(delta), now, str(.intrinsic(.execname, []))])), t("x"))
        }
        #expect(
            try session().output([], [indent(1), indent(1), indent(-1), indent(-1), indent(1)]) == """
                     0 nginx(1234): x
                     7 nginx(1234):  x
                    14 nginx(1234):  x
                    21 nginx(1234): x
                     0 nginx(1234): x

                """)
        func common(_ delta: Int64) -> Action { show(str(.intrinsic(.indent, [n(delta), now])), t("x")) }
        #expect(try session().output([], [common(1), common(2)]) == "     0 : x\n     7 :   x\n")
        func depth(_ delta: Int64) -> Action { show(int(.intrinsic(.threadIndentDepth, [n(delta)]))) }
        #expect(try session().output([], [depth(1), depth(1), depth(-1), depth(-1)]) == "0\n1\n1\n0\n")
    }

    @Test func readsStringsInAllForms() throws {
        func string(_ function: Intrinsic, _ arguments: Term...) -> Action {
            show(str(.intrinsic(function, arguments)))
        }
        let body = [
            string(.userStringQuoted, n(16)), string(.userStringQuoted, n(32)),
            string(.userStringNoFault, n(32)),
            string(.userStringWith, n(32), t("none")), string(.userStringCount, n(16), n(3)),
            string(.userStringWarn, n(32)), string(.userStringCountQuoted, n(16), n(512), n(7)),
            string(.userBufferQuoted, n(16), n(3)), string(.userString, n(32)),
        ]
        let (text, outcome) = try session().result([], body)
        #expect(text == "\"GET /\\n\"\n0x20\n\nnone\nGET\n\n\"GE\"...\n\"mmm\"\n")
        let words = "user string copy fault -14 at 0x20 [man error::fault]"
        #expect(outcome.warnings == [Array(words.utf8)])
        #expect(outcome.failure.map { String(decoding: $0.error.message, as: UTF8.self) } == words)
    }

    @Test func tellsStacksAndSymbolsOfTheKernel() throws {
        let stack = str(.intrinsic(.kernelStack, []))
        let addresses = str(.intrinsic(.backtrace, [stack]))
        let body = [
            call(.printBacktrace, stack), show(addresses), show(str(.intrinsic(.sprintBacktrace, [stack]))),
            call(.printStack, addresses), show(str(.intrinsic(.sprintSyms, [addresses]))),
            show(str(.intrinsic(.symname, [n(255)]))),
        ]
        #expect(
            try session().output([], body) == """
                kernel full: 0x30 0x4f
                0x30 0x4f
                kernel simple: 0x30 0x4f

                 0x30 : kernelData@30
                 0x4f : kernelData@4f
                 0x30 : kernelData@30
                 0x4f : kernelData@4f

                kernelName@ff

                """)
    }

    @Test func tellsStacksAndSymbols() throws {
        let body = [
            call(.printUbacktrace), show(str(.intrinsic(.ubacktrace, []))),
            call(.printUstack, str(.intrinsic(.ubacktrace, []))), show(str(.intrinsic(.usymname, [n(255)]))),
            show(int(.intrinsic(.ustack, [n(1)]))), show(int(.intrinsic(.ustack, [n(2)]))),
        ]
        #expect(
            try session().output([], body) == """
                full: 0x10 0x2f
                0x10 0x2f
                 0x10 : data@10
                 0x2f : data@2f
                name@ff
                17
                ERROR: reached end of stack before unwinding to level 2

                """)
    }

    @Test func takesWhatWasKeptOfTheEvent() throws {
        let read = MemoryRead(
            start: .pointer(n(40)), steps: [.index(n(2), size: 8)], value: .address, text: "p[2]")
        let body = [
            show(
                int(.entry(1)), int(.eventArgument(2)), int(.captured(0)), str(.captured(1)), int(.read(read))
            ),
            run(.assign(.memory(read), n(1))),
        ]
        #expect(
            try session().output([], body)
                == "101 202 300 kept 42\nERROR: write fault [man error::fault] at 0x10\n")
    }

    @Test func printsMemoryOrNothingAtAll() throws {
        func printed(_ isUser: Bool) -> Action {
            var conversion = PrintFormat.Conversion(.memory)
            conversion.precision = .argument
            conversion.isAlternate = isUser
            return act(
                .print(PrintFormat([.text([UInt8(ascii: "<")]), .conversion(conversion)]), [n(3), n(4096)]))
        }
        #expect(
            try session().output([], [printed(true), printed(false)])
                == "<mmmERROR: read fault [man error::fault] at 0x1000\n")
    }

    @Test func endsAHandlerThatNeedsWhatOnlyTheKernelHas() throws {
        // try { println(cpu()) } catch { println(-1) }: -1 would be a wrong value.
        let body = [
            act(.attempt(body: [show(int(.intrinsic(.cpu, [])))], error: nil, handler: [show(n(-1))]))
        ]
        let (text, outcome) = try session().result([], body)
        #expect(text.isEmpty)
        #expect(outcome.failure?.error == .missing(.intrinsic(.cpu)))
    }

    @Test func readsNoMemoryInOurOwnProcess() throws {
        let read = MemoryRead(
            start: .pointer(n(4096)), steps: [], value: .integer(size: 4, isSigned: true), text: "p")
        let body = [
            show(str(.intrinsic(.pp, []))),
            act(.attempt(body: [show(int(.read(read)))], error: 0, handler: [show(local(0, .text))])),
            act(
                .attempt(
                    body: [show(int(.intrinsic(.register, [t("rax")])))], error: 0,
                    handler: [show(local(0, .text))])),
            show(str(.intrinsic(.userString, [n(8)]))),
        ]
        #expect(
            try Session().output(texts(1), body) == """
                begin
                read fault [man error::fault] at 0x1000
                No registers available in this context
                ERROR: user string copy fault -14 at 0x8 [man error::fault]

                """)
    }

    @Test func knowsItsOwnProcess() throws {
        let event = Session().event
        #expect(try event.value(of: .pid, []).integer == Int64(getpid()))
        #expect(try !event.value(of: .execname, []).text.isEmpty)
        #expect(try event.value(of: .tid, []).integer > 0)
        #expect(try event.value(of: .cpu, []).integer >= 0)
        #expect(throws: RuntimeError.processorOffline(-1)) {
            try event.value(of: .cpuClockSeconds, [.integer(-1)])
        }
        let clocked = OwnProcess(
            ProbeBinding(event: .end(order: 0), handler: 0, text: "end", function: "", range: nowhere),
            target: 77,
            clock: { _ in 3_700_000_123 })
        #expect(try clocked.value(of: .gettimeofdayMilliseconds, []).integer == 3700)
        #expect(try clocked.value(of: .target, []).integer == 77)
    }

    @Test func computesFromArgumentsAlone() throws {
        let body = [
            show(
                int(.intrinsic(.isinstr, [t("abcd"), t("bc")])),
                int(.intrinsic(.isinstr, [t("abcd"), t("x")]))),
            show(int(.intrinsic(.isdigit, [t("7x")])), int(.intrinsic(.isdigit, [t("")]))),
            show(
                str(.intrinsic(.textStr, [t("a\n\"")])),
                str(.intrinsic(.textStrn, [t("abcdefgh"), n(6), n(1)]))),
            show(str(.intrinsic(.tokenize, [t("a b"), t(" ")])), str(.intrinsic(.tokenize, [t(" ")]))),
            show(str(.intrinsic(.ctime, [n(0)]))),
            call(.ansiSetColor, n(31)), call(.ansiSetColor, n(31), n(40)),
            call(.ansiSetColor, n(31), n(40), n(1)),
            call(.ansiResetColor), call(.ansiCursorMove, n(2), n(5)), call(.ansiNewLine),
            show(int(.intrinsic(.randint, [n(1 << 20 + 1)]))),
        ]
        #expect(
            try Session().output([], body) == """
                1 0
                1 0
                a\\n\\" "a"...
                a b
                Thu Jan  1 00:00:00 1970
                \u{1B}[31m\u{1B}[40;31m\u{1B}[40;31;1m\u{1B}[0;0m\u{1B}[5;2H
                ERROR: range too wide

                """)
    }
}
