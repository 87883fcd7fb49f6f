import BPF
import Diagnostics
import Lowering

/// What a handler sends.
extension HandlerCompiler {
    /// A value that is sent, and where it waits until all are known.
    enum Value {
        case integer(Int)
        case text(Int)
        /// Bytes that may be zeros, behind their number; and how many there are at most.
        case memory(Int, Int)
        case stack

        /// How it crosses.
        var kind: RecordValue {
            switch self {
            case .integer: .integer
            case .text, .memory: .text
            case .stack: .stack
            }
        }
    }

    func print(_ format: PrintFormat, _ arguments: [Term], at range: SourceRange) {
        var values: [Value] = []
        let rest = residues(arguments, of: format, &values)
        send([Action(.print(format, rest), at: range)], values)
    }

    /// Calls a function of the process, or ends the session; whether the function is one of these.
    func perform(_ intrinsic: Intrinsic, _ arguments: [Term], at range: SourceRange) -> Bool {
        var values: [Value] = []
        switch intrinsic {
        case .exit, .abort:
            send(.end, [])
            code.loadMapValue(.r1, descriptor: maps.session, offset: UInt32(RuntimeMaps.Session.isEnding))
            code.store(.double, .r1, 0, constant: 1)
            if intrinsic == .abort {
                if scope.result != nil { report(.notYet("'abort' in a function"), at: range) }
                code.jump(to: scope.next)
            }
            return true
        case .printUbacktrace, .printUbacktraceBrief, .printUbacktraceFileline:
            guard takesStack(intrinsic, at: range) else { return true }
            values.append(.stack)
        case .error:
            copy(text(arguments[0]), to: errorText)
            fail(.script, at: range)
            return true
        case .assert:
            let fails = code.label()
            let end = code.label()
            branch(arguments[0], ifFalse: fails)
            code.jump(to: end)
            code.place(fails)
            copy(
                arguments.count > 1 ? text(arguments[1]) : .literal(Array("Assertion failed".utf8)),
                to: errorText)
            fail(.script, at: range)
            code.place(end)
            return true
        case .warn, .log, .ansiClearScreen, .ansiSetColor, .ansiResetColor, .ansiNewLine,
            .ansiCursorMove, .ansiCursorHide, .ansiCursorShow, .ansiCursorSave, .ansiCursorRestore,
            .printUstack, .printUsyms, .targetSetReport:
            break
        default: return false
        }
        let rest = arguments.map { residue($0, &values) }
        send([Action(.evaluate(Term(.intrinsic(intrinsic, rest), .integer, at: range)), at: range)], values)
        return true
    }

    /// What is left of a term for the process, once all that must be known here has been evaluated.
    func residue(_ term: Term, _ values: inout [Value]) -> Term {
        switch term.kind {
        case .number, .text: return term
        // The process knows them by the record's probe.
        case .intrinsic(.pp, _), .intrinsic(.ppfunc, _), .intrinsic(.probefunc, _): return term
        case .intrinsic(let intrinsic, let arguments)
        where intrinsic.signature.site == .process && !intrinsic.dependsOnHandler
            || intrinsic.signature.site == .anywhere && term.type == .text:
            if intrinsic.readsStack, takesStack(intrinsic, at: term.range) { values.append(.stack) }
            return Term(
                .intrinsic(intrinsic, arguments.map { residue($0, &values) }), term.type, at: term.range)
        case .format(let format, let arguments):
            return Term(.format(format, residues(arguments, of: format, &values)), .text, at: term.range)
        case .attempt(let body, let otherwise):
            // Both sides' values are sent; a flag tells which count.
            let hasFailed = scratch.integer()
            var (first, second) = (body, otherwise)
            attempt {
                first = residue(body, &values)
                code.store(.double, .r9, hasFailed, constant: 0)
            } otherwise: {
                second = residue(otherwise, &values)
                code.store(.double, .r9, hasFailed, constant: 1)
            }
            values.append(.integer(hasFailed))
            let flag = Term(.captured(values.count - 1), .integer, at: term.range)
            return Term(.choice(flag, then: second, otherwise: first), .text, at: term.range)
        case .concatenate(let left, let right):
            let first = residue(left, &values)
            return Term(.concatenate(first, residue(right, &values)), .text, at: term.range)
        default: break
        }
        values.append(value(of: term))
        return Term(.captured(values.count - 1), term.type, at: term.range)
    }

    /// Whether the program's stack is there; a problem is reported where it is not.
    func takesStack(_ intrinsic: Intrinsic, at range: SourceRange) -> Bool {
        if probe.event.hasRegisters { return true }
        guard probe.event.interruptsProgram else {
            report(.noRegisters(intrinsic.rawValue), at: range)
            return false
        }
        return knowsTasks(for: intrinsic, at: range)
    }

    func send(_ actions: [Action], _ values: [Value]) {
        send(.actions(actions, values: values.map(\.kind)), values)
    }

    /// Bytes that values take at most.
    private func size(_ values: [Value]) -> Int {
        values.reduce(RecordLayout.pieceHeadSize) { sum, value in
            switch value {
            case .integer: sum + 8
            case .text: sum + 8 + (scratch.textCapacity + 7) / 8 * 8
            case .memory(_, let most): sum + 8 + (most + 7) / 8 * 8
            case .stack: sum + stackSize
            }
        }
    }

    /// Registers, the length of the stack, the stack, and the return addresses that it does not tell.
    private var stackSize: Int {
        options.registers.offsets.count * 8 + 8 + options.stackBytes + 4096 + HiddenReturns.valueSize
    }

    /// Writes a piece of the record: r7 points to where the next value goes, r8 counts its bytes.
    func send(_ site: RecordSite, _ values: [Value]) {
        let number = sites.add(site)
        send(values) { self.code.store(.word, .r7, 0, constant: Int32(number)) }
    }

    /// The same for a piece whose number is written to where r7 points.
    private func send(_ values: [Value], number: () -> Void) {
        let most = size(values)
        let hasRoom = code.label()
        guard most <= scratch.recordCapacity else { return report(.tooLarge, at: handler.range) }
        code.load(.double, .r8, .r9, ScratchLayout.recordLength)
        code.jump(to: hasRoom, if: .r8, .lessOrEqual, Int32(scratch.recordCapacity - most))
        flush()
        code.move(.r8, 0)
        code.place(hasRoom)
        address(.r7, scratch.record + RecordLayout.headSize)
        code.compute(.add, .r7, .r8)
        number()
        if values.allSatisfy({ if case .integer = $0 { true } else { false } }) {
            // The common case: everything's place is known.
            code.store(.word, .r7, 4, constant: Int32(values.count * 8))
            for (index, value) in values.enumerated() {
                guard case .integer(let place) = value else { continue }
                code.load(.double, .r1, .r9, place)
                code.store(.double, .r7, RecordLayout.pieceHeadSize + index * 8, .r1)
            }
            code.compute(.add, .r8, Int32(most))
            return code.store(.double, .r9, ScratchLayout.recordLength, .r8)
        }
        let start = scratch.integer()
        code.store(.double, .r9, start, .r8)
        advance(by: RecordLayout.pieceHeadSize)
        for value in values {
            switch value {
            case .integer(let place):
                code.load(.double, .r1, .r9, place)
                code.store(.double, .r7, 0, .r1)
                advance(by: 8)
            case .text(let place): send(bytes: place, atMost: scratch.textCapacity)
            case .memory(let place, let most): send(bytes: place, atMost: most)
            case .stack:
                sendStack()
                sendReturns()
            }
        }
        // The size stands at the piece's beginning, which has to be found again.
        code.load(.double, .r1, .r9, start)
        code.move(.r2, .r8)
        code.compute(.subtract, .r2, .r1)
        code.compute(.subtract, .r2, Int32(RecordLayout.pieceHeadSize))
        let isBounded = code.label()
        code.jump(to: isBounded, if: .r1, .lessOrEqual, Int32(scratch.recordCapacity - 16))
        code.move(.r1, 0)
        code.place(isBounded)
        address(.r3, scratch.record + RecordLayout.headSize)
        code.compute(.add, .r3, .r1)
        code.store(.word, .r3, 4, .r2)
        code.store(.double, .r9, ScratchLayout.recordLength, .r8)
    }

    func advance(by bytes: Int) {
        code.compute(.add, .r7, Int32(bytes))
        code.compute(.add, .r8, Int32(bytes))
    }

    /// r7 and r8 go on by the bytes in r1, of which there are not more than a bound that the verifier knows.
    func advanceByRegister() {
        code.compute(.add, .r7, .r1)
        code.compute(.add, .r8, .r1)
    }

    private func send(bytes place: Int, atMost greatest: Int) {
        let padded = scratch.integer()
        address(.r3, place)
        code.load(.double, .r2, .r3, 0)
        bound(.r2, atMost: greatest)
        code.store(.double, .r7, 0, .r2)
        advance(by: 8)
        code.move(.r1, .r2)
        code.compute(.add, .r1, 7)
        code.compute(.and, .r1, -8)
        code.store(.double, .r9, padded, .r1)
        code.move(.r1, .r7)
        code.compute(.add, .r3, 8)
        code.call(.readKernel)
        code.load(.double, .r1, .r9, padded)
        let isBounded = code.label()
        let most = (greatest + 7) / 8 * 8
        code.jump(to: isBounded, if: .r1, .lessOrEqual, Int32(most))
        code.move(.r1, Int64(most))
        code.place(isBounded)
        advanceByRegister()
    }

    /// The registers, then the stack from a little below the stack pointer up, page by page, as far as it is there.
    private func sendStack() {
        fetchRegisters()
        for offset in options.registers.offsets {
            load(.r1, ofRegistersAt: offset)
            code.store(.double, .r7, 0, .r1)
            advance(by: 8)
        }
        let (lengthAt, pointer, chunk) = (scratch.integer(), scratch.integer(), scratch.integer())
        let left = scratch.integer()
        let end = code.label()
        // The length is written last, over what is put here now.
        code.store(.double, .r7, 0, constant: 0)
        code.store(.double, .r9, lengthAt, .r8)
        advance(by: 8)
        load(.r1, ofRegistersAt: options.registers.offsets[options.registers.stackPointer])
        code.compute(.subtract, .r1, Int32(options.stackBytesBelow))
        code.store(.double, .r9, pointer, .r1)
        findStackSize(from: pointer, into: left)
        // To the page's end first, so that each further read is of one page.
        code.load(.double, .r1, .r9, pointer)
        code.compute(.and, .r1, 4095)
        code.move(.r2, 4096)
        code.compute(.subtract, .r2, .r1)
        for index in 0..<(options.stackBytes / 4096 + 1) {
            let (isBounded, isLeft) = (code.label(), code.label())
            if index > 0 { code.move(.r2, 4096) }
            code.load(.double, .r1, .r9, left)
            code.jump(to: end, if: .r1, .equal, 0)
            code.jump(to: isLeft, if: .r1, .greaterOrEqual, .r2)
            code.move(.r2, .r1)
            code.place(isLeft)
            code.jump(to: isBounded, if: .r2, .lessOrEqual, 4096)
            code.move(.r2, 4096)
            code.place(isBounded)
            code.store(.double, .r9, chunk, .r2)
            code.move(.r1, .r7)
            code.load(.double, .r3, .r9, pointer)
            code.call(.readUser)
            code.jump(to: end, if: .r0, .notEqual, 0)
            code.load(.double, .r1, .r9, chunk)
            let isShort = code.label()
            code.jump(to: isShort, if: .r1, .lessOrEqual, 4096)
            code.move(.r1, 4096)
            code.place(isShort)
            code.load(.double, .r2, .r9, pointer)
            code.compute(.add, .r2, .r1)
            code.store(.double, .r9, pointer, .r2)
            code.load(.double, .r2, .r9, left)
            code.compute(.subtract, .r2, .r1)
            code.store(.double, .r9, left, .r2)
            advanceByRegister()
        }
        code.place(end)
        code.load(.double, .r1, .r9, lengthAt)
        code.move(.r2, .r8)
        code.compute(.subtract, .r2, .r1)
        code.compute(.subtract, .r2, 8)
        let isBounded = code.label()
        code.jump(to: isBounded, if: .r1, .lessOrEqual, Int32(scratch.recordCapacity - 16))
        code.move(.r1, 0)
        code.place(isBounded)
        address(.r3, scratch.record + RecordLayout.headSize)
        code.compute(.add, .r3, .r1)
        code.store(.double, .r3, 0, .r2)
    }

    /// Writes how many bytes of the stack are to be copied.
    ///
    /// No more than there are up to where the first thread's stack began, if this is that one. What lies above is long,
    /// and no frame.
    private func findStackSize(from pointer: Int, into left: Int) {
        let most = Int32(options.stackBytes + 4096)
        code.store(.double, .r9, left, constant: most)
        guard let tasks = options.tasks() else { return }
        let (word, isUnknown) = (scratch.integer(), code.label())
        code.call(.currentTask)
        for place in [tasks.memory, tasks.stackStart] {
            code.move(.r3, .r0)
            code.compute(.add, .r3, Int32(place))
            address(.r1, word)
            code.move(.r2, 8)
            code.call(.readKernel)
            code.jump(to: isUnknown, if: .r0, .notEqual, 0)
            code.load(.double, .r0, .r9, word)
        }
        code.load(.double, .r1, .r9, pointer)
        code.compute(.subtract, .r0, .r1)
        code.jump(to: isUnknown, if: .r0, .greater, most)
        code.store(.double, .r9, left, .r0)
        code.place(isUnknown)
    }

    // MARK: - The record

    /// Sends what has been written, if anything.
    func flush() {
        let (empty, sent, isBounded) = (code.label(), code.label(), code.label())
        code.load(.double, .r8, .r9, ScratchLayout.recordLength)
        code.jump(to: empty, if: .r8, .equal, 0)
        code.store(.double, .r9, ScratchLayout.recordLength, constant: 0)
        address(.r7, scratch.record)
        if options.kernel.hasCookie, probe.event.hasRegisters {
            // Several probes share the program.
            code.move(.r1, .r6)
            code.call(.attachCookie)
            code.store(.word, .r7, 0, .r0)
        } else {
            code.store(.word, .r7, 0, constant: Int32(probeNumber))
        }
        code.call(.processor)
        code.store(.word, .r7, 4, .r0)
        processAndThread()
        code.store(.double, .r7, 8, .r0)
        code.call(.timeNanoseconds)
        code.store(.double, .r7, 16, .r0)
        code.jump(to: isBounded, if: .r8, .lessOrEqual, Int32(scratch.recordCapacity))
        code.move(.r8, Int64(scratch.recordCapacity))
        code.place(isBounded)
        code.compute(.add, .r8, Int32(RecordLayout.headSize))
        setWakeUp()
        code.loadMap(.r1, descriptor: maps.ring)
        code.move(.r2, .r7)
        code.move(.r3, .r8)
        code.call(.ringOutput)
        code.jump(to: sent, if: .r0, .equal, 0)
        count(RuntimeMaps.Session.lostRecords)
        code.place(sent)
        code.place(empty)
    }

    /// r4 = the flags of a record: the process is woken only where it sleeps, as that costs more than all else.
    private func setWakeUp() {
        let isAwake = code.label()
        code.loadMapValue(.r1, descriptor: maps.session, offset: UInt32(RuntimeMaps.Session.isAsleep))
        code.load(.double, .r2, .r1, 0)
        code.move(.r4, RingFlags.noWakeUp)
        code.jump(to: isAwake, if: .r2, .equal, 0)
        code.store(.double, .r1, 0, constant: 0)
        code.move(.r4, RingFlags.forceWakeUp)
        code.place(isAwake)
    }

    /// Sends the error that ended the handler, and ends the session where it is the last that is borne.
    func sendFailure() {
        if options.endsAtFirstError {
            code.loadMapValue(.r1, descriptor: maps.session, offset: UInt32(RuntimeMaps.Session.isEnding))
            code.store(.double, .r1, 0, constant: 1)
        }
        var values = [Value.integer(ScratchLayout.errorValue)]
        if program.calls(.error) || program.calls(.assert) { values.append(.text(errorText)) }
        send(values) { [self] in
            code.load(.double, .r1, .r9, ScratchLayout.error)
            code.compute(.subtract, .r1, 1)
            code.store(.word, .r7, 0, .r1)
        }
    }
}

/// The flags of `bpf_ringbuf_output`: linux/bpf.h.
private enum RingFlags {
    static let noWakeUp: Int64 = 1
    static let forceWakeUp: Int64 = 2
}

extension Intrinsic {
    /// Whether it tells something of the stack.
    var readsStack: Bool {
        switch self {
        case .sprintUbacktrace, .ubacktrace, .ustack, .printUbacktrace, .printUbacktraceBrief,
            .printUbacktraceFileline:
            true
        default: false
        }
    }
}

extension Intrinsic {
    /// Whether it tells what an earlier part of the handler has left: the rest of a text, or where a pattern matched.
    fileprivate var dependsOnHandler: Bool {
        switch self {
        case .tokenize, .matched, .matchedStr, .ngroups: true
        default: false
        }
    }
}
