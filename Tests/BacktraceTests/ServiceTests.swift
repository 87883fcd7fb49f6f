import DebugInfo
import Foundation
import ProcessMaps
import TestSupport
import Testing

@testable import Backtraces

@Suite("Questions about modules cross a border as bytes")
struct ServiceTests {
    private static let location = Location(operations: [
        .init(code: 0x77, first: 8, second: 0), .init(code: 0x92, first: 7, second: .max),
    ])
    private static let row = UnwindRow(
        addresses: 5..<UInt64.max, frameAddress: .register(7, offset: -300),
        rules: [
            .init(register: 16, rule: .saved(-8)), .init(register: 3, rule: .savedAt(location)),
            .init(register: 6, rule: .computed(location)), .init(register: 12, rule: .register(13)),
            .init(register: 7, rule: .frameAddress(Int64.min)),
        ],
        undefined: 1 << 40 | 1, returnRegister: 16, isSignalFrame: true)

    @Test("questions and answers are the same on the other side")
    func roundTrip() throws {
        let file = ModuleFile(
            candidates: [.init(path: "/a b", inode: 0), .init(path: "", inode: .max)], buildID: [1, 2],
            debugRoots: ["/x"], image: [0, 255])
        let questions: [ModuleQuestion] = [
            .open(module: 0, file), .open(module: .max, ModuleFile(candidates: [], debugRoots: [])),
            .row(module: 300, offset: 1 << 63, registers: 17), .place(module: 1, offset: 127),
            .line(module: 2, offset: 128),
        ]
        for question in questions { #expect(try ModuleQuestion(question.bytes) == question) }
        var other = Self.row
        other.frameAddress = .expression(Self.location)
        let answers: [ModuleAnswer] = [
            .opened, .failed("'x' is…"), .notOpen, .nothing, .row(Self.row), .row(other),
            .place(SymbolPlace(name: "f", offset: 1, size: 0)), .line(SourcePosition(file: "a.c", line: 7)),
        ]
        for answer in answers { #expect(try ModuleAnswer(answer.bytes, registers: 17) == answer) }
    }

    @Test("garbled bytes are refused, and never more than they are is believed")
    func garbled() {
        var random = SeededGenerator()
        let sound = ModuleAnswer.row(Self.row).bytes
        for length in sound.indices {
            #expect(throws: ByteReader.Garbled.self) {
                try ModuleAnswer(Array(sound[..<length]), registers: 17)
            }
        }
        // A register that the machine does not have.
        #expect(throws: ByteReader.Garbled.self) { try ModuleAnswer(sound, registers: 16) }
        let service = UnwindService()
        for _ in 0..<20_000 {
            var bytes = sound
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[bytes.indices.randomElement(using: &random)!] = UInt8.random(
                    in: 0...255, using: &random)
            }
            _ = try? ModuleAnswer(bytes, registers: 17)
            _ = service.answer(bytes)
        }
    }

    @Test("each place in the code is asked for once, for all processes")
    func questions() throws {
        let program = try Programs.build("stacks.c", Linkage.fixedAddress.options)
        let (first, second) = (try Capture(program, ["deep"]), try Capture(program, ["deep"]))
        let service = UnwindService()
        var asked: [ModuleQuestion] = []
        let catalog = ModuleCatalog { question in
            asked.append(try ModuleQuestion(question))
            return service.answer(question)
        }
        let unwinder = Unwinder(catalog)
        let found = unwinder.unwind(first.samples[0], in: first.space)
        // The program and the C library; one row for each frame.
        #expect(asked.count == 2 + found.programCounters.count)
        asked = []
        let other = unwinder.unwind(second.samples[0], in: second.space)
        #expect(other.end == .complete)
        #expect(other.programCounters.count == found.programCounters.count)
        #expect(asked.isEmpty)
    }

    @Test("a service that forgot a module opens it again; one that fails costs the module only")
    func failures() throws {
        let program = try Programs.build("stacks.c", Linkage.fixedAddress.options)
        let capture = try Capture(program, ["qsort"])
        let space = capture.space
        let expected = Unwinder().unwind(capture.samples[0], in: space)
        let small = UnwindService(limit: 1)
        #expect(
            Unwinder(ModuleCatalog { small.answer($0) }).unwind(capture.samples[0], in: space) == expected)
        // Another service for each question, as a helper process that is started anew.
        var last = UnwindService()
        var isNew = false
        let restarting = Unwinder(
            ModuleCatalog { question in
                if case .row = try ModuleQuestion(question) {
                    if isNew { last = UnwindService() }
                    isNew.toggle()
                }
                return last.answer(question)
            })
        #expect(restarting.unwind(capture.samples[0], in: space) == expected)
        // Bounded memory only costs questions.
        let service = UnwindService()
        let forgetful = Unwinder(ModuleCatalog(answerLimit: 2, fileLimit: 1) { service.answer($0) })
        for _ in 0..<3 { #expect(forgetful.unwind(capture.samples[0], in: space) == expected) }
        struct Crash: Error, CustomStringConvertible { var description: String { "crashed" } }
        var questions = 0
        let crashing = Unwinder(
            ModuleCatalog { question in
                questions += 1
                throw Crash()
            })
        for _ in 0..<2 {
            let found = crashing.unwind(capture.samples[0], in: space)
            #expect(found.programCounters == [capture.samples[0].registers.programCounter])
            #expect(found.end == .cut(.unreadableModule(program, reason: "crashed")))
        }
        #expect(questions == 1)
        let lying = Unwinder(ModuleCatalog { _ in [9, 9, 9] })
        guard case .cut(.unreadableModule) = lying.unwind(capture.samples[0], in: space).end else {
            Issue.record("believed")
            return
        }
    }
}
