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
        if intrinsic.readsRegisters, case .tracepoint = probe.event {
            return report(.noRegisters(intrinsic.rawValue), at: range)
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
        case .target: code.move(.r0, Int64(options.target))
        case .userMode: code.move(.r0, 1)
        case .isReturn:
            if case .functionReturn = probe.event { code.move(.r0, 1) } else { code.move(.r0, 0) }
        case .uaddr: code.load(.double, .r0, .r6, options.registers.instructionPointer)
        case .returnval: load(register: options.registers.result)
        case .register:
            guard case .text(let name)? = arguments.first?.kind,
                let number = options.registers.names[String(decoding: name, as: UTF8.self)]
            else { return report(.inProcess("register"), at: range) }
            load(register: number)
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
        guard case .number(let number)? = arguments.first?.kind, number >= 1, number < 64 else {
            report(.notYet("an argument whose number is not in the script"), at: range)
            return
        }
        let index = Int(number) - 1
        if options.registers.arguments.indices.contains(index) {
            load(register: options.registers.arguments[index])
        } else {
            load(register: options.registers.stackPointer)
            let place = options.registers.firstStackArgument
                + (index - options.registers.arguments.count) * 8
            code.compute(.add, .r0, Int32(place))
            load(8, "argument \(number)", at: range)
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

    // MARK: - Texts

    /// Where the text that a function returns is.
    func text(_ intrinsic: Intrinsic, _ arguments: [Term], at range: SourceRange) -> TextPlace {
        let result = scratch.text()
        switch intrinsic {
        case .execname: name(result)
        case .taskExecname, .pexecname: return taskName(intrinsic, arguments, at: range)
        case .pp: return .literal(Array(probe.text.utf8))
        case .ppfunc, .probefunc: return .literal(Array(probe.function.utf8))
        case .userString: userString(arguments, count: nil, into: result) { self.fail(.string, at: range) }
        case .userStringCount:
            userString(arguments, count: arguments[1], into: result) { self.fail(.string, at: range) }
        case .userStringWith:
            userString(arguments, count: nil, into: result) {
                self.copy(self.text(arguments[1]), to: result)
            }
        case .userStringCountWith:
            userString(arguments, count: arguments[1], into: result) {
                self.copy(self.text(arguments[2]), to: result)
            }
        case .userStringNoFault, .userStringWarn:
            userString(arguments, count: nil, into: result) { self.copy(.literal([]), to: result) }
        case .userStringCountNoFault, .userStringCountWarn:
            userString(arguments, count: arguments[1], into: result) { self.copy(.literal([]), to: result) }
        default: report(.inProcess(intrinsic.rawValue), at: range)
        }
        return .place(result)
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

    /// Writes the length of a text that was copied with its zero, which r0 counts.
    private func takeLength(_ result: Int) {
        let isCounted = code.label()
        code.jump(to: isCounted, if: .r0, .signedGreater, 0)
        code.move(.r0, 1)
        code.place(isCounted)
        code.compute(.subtract, .r0, 1)
        address(.r1, result)
        code.store(.double, .r1, 0, .r0)
    }

    private func userString(
        _ arguments: [Term], count: Term?, into result: Int, onFault: () -> Void
    ) {
        let (isRead, end) = (code.label(), code.label())
        emit(arguments[0])
        let pointer = keep()
        var most: Int?
        if let count {
            emit(count)
            most = keep()
        }
        func attempt() {
            if let most {
                let isBounded = code.label()
                code.load(.double, .r2, .r9, most)
                code.compute(.add, .r2, 1)
                code.jump(to: isBounded, if: .r2, .lessOrEqual, Int32(scratch.textCapacity + 1))
                code.move(.r2, Int64(scratch.textCapacity + 1))
                code.place(isBounded)
            } else {
                code.move(.r2, Int64(scratch.textCapacity + 1))
            }
            address(.r1, result + 8)
            code.load(.double, .r3, .r9, pointer)
            code.call(.readUserText)
            code.jump(to: isRead, if: .r0, .signedGreaterOrEqual, 0)
        }
        attempt()
        if canSleep {
            touch(pointer)
            attempt()
            // The text may go on in the next page.
            touch(pointer, offset: scratch.textCapacity)
            attempt()
        }
        code.load(.double, .r0, .r9, pointer)
        onFault()
        code.jump(to: end)
        code.place(isRead)
        takeLength(result)
        code.place(end)
    }

    // MARK: - Formats

    /// A text of conversions that a handler can write itself.
    func format(_ format: PrintFormat, _ arguments: [Term], at range: SourceRange) -> TextPlace {
        let result = scratch.text()
        var rest = arguments[...]
        let parts = format.pieces.map { piece -> (TextPlace?, PrintFormat.Conversion.Kind?, Int?) in
            switch piece {
            case .text(let bytes): return (.literal(bytes), nil, nil)
            case .conversion(let conversion):
                guard conversion == PrintFormat.Conversion(conversion.kind), let term = rest.popFirst() else {
                    report(.conversion, at: range)
                    return (nil, nil, nil)
                }
                if conversion.kind == .string { return (own(term), nil, nil) }
                emit(term)
                return (nil, conversion.kind, keep())
            }
        }
        clear(result, .text)
        for (text, kind, place) in parts {
            if let text { append(text, to: result) }
            if let kind, let place { append(integer: place, kind, to: result, at: range) }
        }
        return .place(result)
    }

    private func append(
        integer place: Int, _ kind: PrintFormat.Conversion.Kind, to result: Int, at range: SourceRange
    ) {
        let number = scratch.text()
        clear(number, .text)
        code.load(.double, .r2, .r9, place)
        switch kind {
        case .signed:
            let isPositive = code.label()
            code.jump(to: isPositive, if: .r2, .signedGreaterOrEqual, 0)
            append(.literal(Array("-".utf8)), to: result)
            code.load(.double, .r2, .r9, place)
            code.compute(.negate, .r2, 0)
            code.place(isPositive)
            code.move(.r3, 10)
        case .unsigned: code.move(.r3, 10)
        case .hexadecimal: code.move(.r3, 16)
        case .pointer:
            append(.literal(Array("0x".utf8)), to: result)
            code.load(.double, .r2, .r9, place)
            code.move(.r3, 16)
        default: return report(.conversion, at: range)
        }
        code.move(.r1, .r9)
        code.call(shared(.digits))
        // r0: where the digits begin; they end at 65.
        let (isBounded, isAbove) = (code.label(), code.label())
        code.jump(to: isAbove, if: .r0, .greaterOrEqual, 43)
        code.move(.r0, 43)
        code.place(isAbove)
        code.jump(to: isBounded, if: .r0, .lessOrEqual, 64)
        code.move(.r0, 64)
        code.place(isBounded)
        code.move(.r2, 65)
        code.compute(.subtract, .r2, .r0)
        address(.r1, number)
        code.store(.double, .r1, 0, .r2)
        code.compute(.add, .r1, 8)
        address(.r3, ScratchLayout.digits)
        code.compute(.add, .r3, .r0)
        code.call(.readKernel)
        append(.place(number), to: result)
    }
}
