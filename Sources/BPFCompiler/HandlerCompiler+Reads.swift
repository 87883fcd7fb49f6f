import BPF
import DebugInfo
import Diagnostics
import Lowering

/// Reads of the traced program.
extension HandlerCompiler {
    /// Leaves what is read in r0.
    func emit(_ read: MemoryRead, at range: SourceRange) {
        var steps = read.steps[...]
        let isValue: Bool
        switch read.start {
        case .location(let location) where location.singleRegister != nil:
            isValue = true
            guard let register = location.singleRegister, load(register: register) else {
                return report(.location(read.text), at: range)
            }
        case .returnValue:
            isValue = true
            _ = load(register: options.registers.result)
        case .fixed(_, let path) where path != probedPath: return report(.otherFile(read.text), at: range)
        case .location(let location):
            isValue = location.isValue
            guard start(read.start) else { return report(.location(read.text), at: range) }
        case .fixed, .pointer:
            isValue = false
            guard start(read.start) else { return report(.location(read.text), at: range) }
        }
        if isValue {
            // It has no place in memory: it is what is read, or the first address.
            switch (steps.first, read.value) {
            case (nil, .integer(let size, let isSigned)): return extend(size, isSigned)
            case (nil, .bitField(let offset, let width, let isSigned)):
                return takeBits(offset, width, isSigned)
            case (.dereference?, _): steps = steps.dropFirst()
            default: return report(.location(read.text), at: range)
            }
        }
        for step in steps {
            switch step {
            case .offset(let bytes):
                guard let short = Int32(exactly: bytes) else {
                    code.move(.r1, Int64(bitPattern: bytes))
                    code.compute(.add, .r0, .r1)
                    continue
                }
                code.compute(.add, .r0, short)
            case .dereference: load(8, read.text, isOfKernel: read.isOfKernel, at: range)
            case .index(let index, let size):
                let base = keep()
                emit(index)
                code.move(.r1, Int64(clamping: size))
                code.compute(.multiply, .r0, .r1)
                code.load(.double, .r1, .r9, base)
                code.compute(.add, .r0, .r1)
            }
        }
        switch read.value {
        case .address: break
        case .integer(let size, let isSigned):
            load(size, read.text, isOfKernel: read.isOfKernel, at: range)
            extend(size, isSigned)
        case .bitField(let offset, let width, let isSigned):
            load((offset + width + 7) / 8, read.text, isOfKernel: read.isOfKernel, at: range)
            takeBits(offset, width, isSigned)
        }
    }

    /// r0 = some of its bits, counted from the lowest.
    private func takeBits(_ offset: Int, _ width: Int, _ isSigned: Bool) {
        code.compute(.shiftLeft, .r0, Int32(64 - offset - width))
        code.compute(isSigned ? .arithmeticShiftRight : .shiftRight, .r0, Int32(64 - width))
    }

    /// r0 = a register of the program, or of the kernel at one of its functions, by its DWARF number; false where there
    /// is none.
    @discardableResult
    func load(register: Int, into target: Register = .r0) -> Bool {
        // A tracepoint's context is its arguments.
        guard probe.event.contextIsRegisters, options.registers.offsets.indices.contains(register) else {
            return false
        }
        code.load(.double, target, .r6, options.registers.offsets[register])
        return true
    }

    /// Widens the lowest bytes of r0.
    func extend(_ size: Int, _ isSigned: Bool) {
        guard size < 8 else { return }
        code.compute(.shiftLeft, .r0, Int32(64 - size * 8))
        code.compute(isSigned ? .arithmeticShiftRight : .shiftRight, .r0, Int32(64 - size * 8))
    }

    /// r0 = so many bytes of the program's memory, or the kernel's, at the address in r0.
    func load(_ size: Int, _ text: String, isOfKernel: Bool = false, at range: SourceRange) {
        let isRead = code.label()
        let pointer = keep()
        let place = readBytes(min(size, 8), at: pointer, isOfKernel: isOfKernel)
        code.jump(to: isRead, if: .r0, .equal, 0)
        code.load(.double, .r0, .r9, pointer)
        fail(.read(text), at: range)
        code.place(isRead)
        code.load(.double, .r0, .r9, place)
    }

    /// Reads bytes at the address that a place holds; r0 is 0 where they were there.
    ///
    /// - Returns: Where they are, filled with zeros.
    func readBytes(_ size: Int, at pointer: Int, isOfKernel: Bool = false) -> Int {
        let place = scratch.integer()
        let isRead = code.label()
        code.store(.double, .r9, place, constant: 0)
        func attempt() {
            address(.r1, place)
            code.move(.r2, Int64(size))
            code.load(.double, .r3, .r9, pointer)
            code.call(isOfKernel ? .readKernel : .readUser)
        }
        attempt()
        if canSleep, !isOfKernel {
            code.jump(to: isRead, if: .r0, .equal, 0)
            touch(pointer)
            if size > 1 { touch(pointer, offset: size - 1) }
            attempt()
            code.place(isRead)
        }
        return place
    }

    /// r0 = where a read begins.
    private func start(_ start: MemoryRead.Start) -> Bool {
        switch start {
        case .location(let location): return evaluate(location)
        case .fixed(let address, let path): return fixed(address, in: path)
        case .returnValue: return load(register: options.registers.result)
        case .pointer(let term):
            emit(term)
            return true
        }
    }

    /// r0 = an address of a file, where the file is loaded: only the probed one's place is known.
    private func fixed(_ address: UInt64, in path: String) -> Bool {
        var probed: ProgramAddress
        switch probe.event {
        case .address(let place): probed = place
        case .functionReturn(let place):
            guard stage != .event || options.kernel.hasFunctionAddress else { return false }
            probed = place
        default: return false
        }
        if case .saving(let place) = stage { probed.address = place.address }
        guard probed.path == path else { return false }
        isForOneProbe = true
        if case .functionReturn = probe.event, stage == .event {
            code.move(.r1, .r6)
            code.call(.functionAddress)
        } else {
            code.load(.double, .r0, .r6, options.registers.instructionPointer)
        }
        code.move(.r1, Int64(bitPattern: address &- probed.address))
        code.compute(.add, .r0, .r1)
        return true
    }

    // MARK: - DWARF expressions

    /// r0 = what a DWARF expression says; its stack is laid out while compiling.
    func evaluate(_ location: Location) -> Bool {
        var stack: [Int] = []
        func push() { stack.append(keep()) }
        func pop(_ register: Register) -> Bool {
            guard let place = stack.popLast() else { return false }
            code.load(.double, register, .r9, place)
            return true
        }
        for operation in location.operations {
            let number = Int(operation.code)
            switch number {
            case DWOp.addr:
                guard case .some(let path) = probedPath, fixed(operation.first, in: path) else {
                    return false
                }
                push()
            case DWOp.breg0...DWOp.breg31:
                guard load(register: number - DWOp.breg0) else { return false }
                add(Int64(bitPattern: operation.first))
                push()
            case DWOp.bregx:
                guard load(register: Int(clamping: operation.first)) else { return false }
                add(Int64(bitPattern: operation.second))
                push()
            case DWOp.lit0...DWOp.lit31:
                code.move(.r0, Int64(number - DWOp.lit0))
                push()
            case DWOp.const1u...DWOp.consts:
                code.move(.r0, Int64(bitPattern: operation.first))
                push()
            case DWOp.plusUconst:
                guard pop(.r0) else { return false }
                add(Int64(bitPattern: operation.first))
                push()
            case DWOp.dup:
                guard let top = stack.last else { return false }
                stack.append(top)
            case DWOp.deref:
                guard pop(.r0) else { return false }
                load(8, "", at: handler.range)
                push()
            case DWOp.derefSize:
                guard pop(.r0), [1, 2, 4, 8].contains(operation.first) else { return false }
                load(Int(operation.first), "", at: handler.range)
                extend(Int(operation.first), false)
                push()
            case DWOp.neg, DWOp.not:
                guard pop(.r0) else { return false }
                if number == DWOp.neg { code.compute(.negate, .r0, 0) } else { code.compute(.xor, .r0, -1) }
                push()
            case DWOp.stackValue: break
            default:
                guard let arithmetic = DWOp.arithmetic[number], pop(.r1), pop(.r0) else { return false }
                code.compute(arithmetic, .r0, .r1)
                push()
            }
        }
        return stack.count == 1 && pop(.r0)
    }

    private var probedPath: String? {
        switch probe.event {
        case .address(let place), .functionReturn(let place): place.path
        default: nil
        }
    }

    private func add(_ amount: Int64) {
        guard amount != 0 else { return }
        if let short = Int32(exactly: amount) { return code.compute(.add, .r0, short) }
        code.move(.r1, amount)
        code.compute(.add, .r0, .r1)
    }
}

/// The operations of DWARF expressions that are known here: DWARF 5, section 7.7.1.
private enum DWOp {
    static let addr = 0x03
    static let deref = 0x06
    static let const1u = 0x08
    static let consts = 0x11
    static let dup = 0x12
    static let neg = 0x1F
    static let not = 0x20
    static let plusUconst = 0x23
    static let lit0 = 0x30
    static let lit31 = 0x4F
    static let reg0 = 0x50
    static let reg31 = 0x6F
    static let breg0 = 0x70
    static let breg31 = 0x8F
    static let regx = 0x90
    static let bregx = 0x92
    static let derefSize = 0x94
    static let stackValue = 0x9F
    static let arithmetic: [Int: ArithmeticOperation] = [
        0x1A: .and, 0x1C: .subtract, 0x1E: .multiply, 0x21: .or, 0x22: .add, 0x24: .shiftLeft,
        0x25: .shiftRight, 0x26: .arithmeticShiftRight, 0x27: .xor,
    ]
}

extension MemoryRead {
    /// Whether the value itself is in a register, or nowhere at all.
    var isInRegister: Bool {
        guard steps.isEmpty else { return false }
        switch start {
        case .location(let location): return location.singleRegister != nil || location.isValue
        case .returnValue: return true
        case .fixed, .pointer: return false
        }
    }
}

extension Location {
    /// The register that holds the value, where that is all.
    fileprivate var singleRegister: Int? {
        guard operations.count == 1, let operation = operations.first else { return nil }
        switch Int(operation.code) {
        case DWOp.reg0...DWOp.reg31: return Int(operation.code) - DWOp.reg0
        case DWOp.regx: return Int(clamping: operation.first)
        default: return nil
        }
    }

    /// Whether the expression gives the value, not its address.
    fileprivate var isValue: Bool { operations.last.map { Int($0.code) } == DWOp.stackValue }
}
