import BPF
import Diagnostics
import Lowering

/// Functions that the engine has built in.
extension HandlerCompiler {
    // MARK: - Integers

    /// Leaves what a function returns in r0.
    func integer(_ intrinsic: Intrinsic, _ arguments: [Term], at range: SourceRange) {
        if perform(intrinsic, arguments, at: range) { return code.move(.r0, 0) }
        if task(intrinsic, arguments, at: range) { return }
        let isOfProgram = intrinsic == .uaddr || intrinsic.readsStack
        let isInContext = isOfProgram ? probe.event.hasRegisters : probe.event.contextIsRegisters
        if intrinsic.readsRegisters, !isInContext {
            guard probe.event.interruptsProgram, isOfProgram else {
                return report(.noRegisters(intrinsic.rawValue), at: range)
            }
            guard knowsTasks(for: intrinsic, at: range) else { return }
        }
        switch intrinsic {
        case .pid:
            code.call(.currentProcess)
            code.compute(.shiftRight, .r0, 32)
        case .tid:
            code.call(.currentProcess)
            extend(4, false)
        case .uid:
            code.call(.currentUser)
            extend(4, false)
        case .gid:
            code.call(.currentUser)
            code.compute(.shiftRight, .r0, 32)
        case .cpu: code.call(.processor)
        case .target: code.move(.r0, Symbol.target)
        case .sessionProcess: code.move(.r0, Symbol.ownProcess)
        case .targetSet: isInTargetSet(arguments[0])
        case .userMode: isUserMode()
        case .isReturn:
            switch probe.event {
            case .functionReturn, .kernelFunction(_, isReturn: true): code.move(.r0, 1)
            default: code.move(.r0, 0)
            }
        case .uaddr:
            fetchRegisters()
            load(.r0, ofRegistersAt: options.registers.instructionPointer)
        case .returnval: load(register: options.registers.result)
        case .register, .unsignedRegister:
            guard case .text(let name)? = arguments.first?.kind,
                let part = options.registers.parts[String(decoding: name, as: UTF8.self)]
            else {
                return report(.notYet("a register that is not known when the script is compiled"), at: range)
            }
            let size: AccessSize = [1: .byte, 2: .half, 4: .word][part.size] ?? .double
            code.load(size, .r0, .r6, part.offset)
            extend(part.size, intrinsic == .register)
        case .intArgument, .unsignedArgument, .longArgument: functionArgument(intrinsic, arguments, at: range)
        case .gettimeofdaySeconds: time(1_000_000_000, isOfDay: true)
        case .gettimeofdayMilliseconds: time(1_000_000, isOfDay: true)
        case .gettimeofdayMicroseconds: time(1000, isOfDay: true)
        case .gettimeofdayNanoseconds: time(1, isOfDay: true)
        case .localClockSeconds, .cpuClockSeconds: time(1_000_000_000)
        case .localClockMilliseconds, .cpuClockMilliseconds: time(1_000_000)
        case .localClockMicroseconds, .cpuClockMicroseconds: time(1000)
        case .localClockNanoseconds, .cpuClockNanoseconds: time(1)
        case .HZ: code.move(.r0, KernelTick.hertz)
        case .jiffies: code.call(.jiffies)
        case .randint:
            emit(arguments[0])
            let bound = keep()
            code.call(.random)
            code.load(.double, .r1, .r9, bound)
            code.compute(.remainder, .r0, .r1)
        case .strlen:
            address(.r1, text(arguments[0]), ofLength: true)
            code.load(.double, .r0, .r1, 0)
        case .stringat:
            let source = argument(arguments[0])
            emit(arguments[1])
            byte(ofTextAt: source, at: range)
        case .isdigit: isDigit(argument(arguments[0]))
        case .isinstr:
            let source = argument(arguments[0])
            call(.contains, source, argument(arguments[1]))
        case .strtol:
            let source = argument(arguments[0])
            put(place: argument(arguments[1]), work: 0)
            call(.integer, source)
        case .userChar, .userInt8: userInteger(1, true, arguments[0])
        case .userUInt8: userInteger(1, false, arguments[0])
        case .userShort, .userInt16: userInteger(2, true, arguments[0])
        case .userUnsignedShort, .userUInt16: userInteger(2, false, arguments[0])
        case .userInt, .userInt32: userInteger(4, true, arguments[0])
        case .userUnsignedInt, .userUInt32: userInteger(4, false, arguments[0])
        case .userLong, .userUnsignedLong, .userInt64, .userUInt64: userInteger(8, true, arguments[0])
        default:
            report(.inProcess(intrinsic.rawValue), at: range)
            code.move(.r0, 0)
        }
    }

    /// A function's argument by the calling convention, from 1.
    private func functionArgument(_ intrinsic: Intrinsic, _ arguments: [Term], at range: SourceRange) {
        let registers = options.registers
        if case .number(let number)? = arguments.first?.kind, number >= 1, number <= registers.arguments.count
        {
            load(register: registers.arguments[Int(number) - 1])
        } else {
            // Behind those in registers are those on the stack; the number may be anything.
            let end = code.label()
            emit(arguments[0])
            code.move(.r1, .r0)
            for (index, register) in registers.arguments.enumerated() {
                let other = code.label()
                code.jump(to: other, if: .r1, .notEqual, Int32(index + 1))
                load(register: register)
                code.jump(to: end)
                code.place(other)
            }
            code.compute(.subtract, .r1, Int32(registers.arguments.count + 1))
            code.compute(.shiftLeft, .r1, 3)
            load(register: registers.stackPointer)
            code.compute(.add, .r0, Int32(registers.firstStackArgument))
            code.compute(.add, .r0, .r1)
            load(8, range.text, isOfKernel: !probe.event.hasRegisters, at: range)
            code.place(end)
        }
        switch intrinsic {
        case .intArgument: extend(4, true)
        case .unsignedArgument: extend(4, false)
        default: break
        }
    }

    /// The time since the boot, or since 1970, in a unit of so many nanoseconds.
    private func time(_ unit: Int64, isOfDay: Bool = false) {
        code.call(.timeNanoseconds)
        if isOfDay {
            code.loadMapValue(.r1, descriptor: maps.session, offset: UInt32(RuntimeMaps.Session.epoch))
            code.load(.double, .r1, .r1, 0)
            code.compute(.add, .r0, .r1)
        }
        if unit > 1 { code.compute(.divide, .r0, Int32(unit)) }
    }

    /// An integer of the program's memory; one that is not there is 0, with a warning.
    private func userInteger(_ size: Int, _ isSigned: Bool, _ pointer: Term) {
        emit(pointer)
        let place = readBytes(size, at: keep())
        code.load(.double, .r0, .r9, place)
        extend(size, isSigned)
    }

    /// r0 = the byte of a text at the place in r0, C's `char`, which has a sign.
    private func byte(ofTextAt source: Int, at range: SourceRange) {
        let (isThere, outside) = (code.label(), code.label())
        address(.r1, source)
        code.load(.double, .r2, .r1, 0)
        code.jump(to: outside, if: .r0, .greaterOrEqual, .r2)
        byte(.r2, of: .r1, at: .r0, or: outside)
        code.move(.r0, .r2)
        extend(1, true)
        code.jump(to: isThere)
        code.place(outside)
        fail(.position, at: range)
        code.place(isThere)
    }

    /// r0 = whether a text begins with a digit.
    private func isDigit(_ source: Int) {
        let (no, end) = (code.label(), code.label())
        address(.r1, source)
        code.load(.double, .r2, .r1, 0)
        code.move(.r0, 0)
        code.jump(to: end, if: .r2, .equal, 0)
        code.load(.byte, .r2, .r1, 8)
        code.compute(.subtract, .r2, Int32(UInt8(ascii: "0")))
        code.jump(to: no, if: .r2, .greaterOrEqual, 10)
        code.move(.r0, 1)
        code.place(no)
        code.place(end)
    }

    /// Where an argument's value waits until the others are known.
    private func argument(_ term: Term) -> Int {
        if term.type == .text { return placed(own(term)) }
        emit(term)
        return keep()
    }

    // MARK: - Texts

    /// Where the text that a function returns is.
    func text(_ intrinsic: Intrinsic, _ terms: [Term], at range: SourceRange) -> TextPlace {
        switch intrinsic {
        case .pp:
            isForOneProbe = true
            return .literal(Array(probe.text.utf8))
        case .ppfunc, .probefunc:
            isForOneProbe = true
            return .literal(Array(probe.function.utf8))
        case .taskExecname, .pexecname: return taskName(intrinsic, terms, at: range)
        case .execname where isOfOtherTask: return taskName(intrinsic, terms, at: range)
        default: break
        }
        let result = scratch.text()
        let arguments = terms.map { argument($0) }
        let second = arguments.count > 1 ? arguments[1] : nil
        let third = arguments.count > 2 ? arguments[2] : nil
        switch (intrinsic, second, third) {
        case (.execname, _, _): name(result)
        case (.substr, let start?, let length?):
            put(place: start, work: 0)
            put(place: length, work: 1)
            call(.slice, arguments[0], result)
        case (.textStr, _, _): quote(arguments[0], flags: 0, into: result)
        case (.stringQuoted, _, _): quote(arguments[0], flags: QuoteFlag.isQuoted, into: result)
        case (.textStrn, let limit?, let isQuoted?):
            quote(arguments[0], limit: limit, isQuotedAt: isQuoted, into: result)
        case (.strReplace, let pattern?, let replacement?):
            call(.replace, arguments[0], pattern, result, replacement)
        case (.tokenize, let delimiters?, _):
            unread(arguments[0])
            call(.token, unreadText, delimiters, result)
        case (.tokenize, nil, _): call(.token, unreadText, arguments[0], result)
        case (.userString, _, _): userString(arguments[0], into: result) { self.fail(.string, at: range) }
        case (.userStringCount, _, _):
            userString(arguments[0], count: second, into: result) { self.fail(.string, at: range) }
        case (.userStringWith, let other?, _):
            userString(arguments[0], into: result) { self.copy(.place(other), to: result) }
        case (.userStringCountWith, _, let other?):
            userString(arguments[0], count: second, into: result) { self.copy(.place(other), to: result) }
        case (.userStringNoFault, _, _):
            userString(arguments[0], into: result) { self.clear(result, .text) }
        case (.userStringCountNoFault, _, _):
            userString(arguments[0], count: second, into: result) { self.clear(result, .text) }
        case (.userStringWarn, let other, _):
            userString(arguments[0], into: result) {
                self.warnOfFault(arguments[0], or: other, into: result, at: range)
            }
        case (.userStringCountWarn, _, let other):
            userString(arguments[0], count: second, into: result) {
                self.warnOfFault(arguments[0], or: other, into: result, at: range)
            }
        case (.userStringQuoted, _, _): userStringQuoted(arguments[0], into: result)
        case (.userStringCountQuoted, let count?, _):
            userStringQuoted(arguments[0], count: count, limit: third, into: result)
        case (.userBufferQuoted, let count?, _):
            userBufferQuoted(arguments[0], count: count, limit: third, into: result)
        default: report(.inProcess(intrinsic.rawValue), at: range)
        }
        return .place(result)
    }

    /// Warns that nothing can be read at the address that a place holds, and takes another text or none for it.
    private func warnOfFault(_ address: Int, or other: Int?, into result: Int, at range: SourceRange) {
        let words = PrintFormat([
            .text(Array("user string copy fault -14 at 0x".utf8)), .conversion(.init(.hexadecimal)),
            .text(Array(" [man error::fault]".utf8)),
        ])
        let text = Term(.format(words, [Term(.captured(0), .integer, at: range)]), .text, at: range)
        send(
            [Action(.evaluate(Term(.intrinsic(.warn, [text]), .integer, at: range)), at: range)],
            [.integer(address)])
        if let other { copy(.place(other), to: result) } else { clear(result, .text) }
    }

    private func name(_ result: Int) {
        let raw = scratch.block(24)
        address(.r1, raw)
        code.move(.r2, 16)
        code.call(.currentName)
        address(.r1, result + 8)
        code.move(.r2, 16)
        address(.r3, raw)
        code.call(.readKernelText)
        takeLength(result)
    }

    /// Gives `tokenize` a text, unless it is empty.
    private func unread(_ source: Int) {
        let isEmpty = code.label()
        address(.r1, source)
        code.load(.double, .r0, .r1, 0)
        code.jump(to: isEmpty, if: .r0, .equal, 0)
        copy(.place(source), to: unreadText)
        code.store(.double, .r9, ScratchLayout.unread, constant: 0)
        code.place(isEmpty)
    }
}
