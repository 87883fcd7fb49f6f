import DebugInfo

/// The registers of the frame that unwinding has come to.
///
/// Saved registers are read only when they are needed, which most never are: so it costs nothing that a value lies
/// beyond the copied stack, and a frame costs one read.
struct FrameState: ~Copyable {
    private let architecture: Architecture
    /// A register's value, or the address where it was saved.
    private let values: UnsafeMutableBufferPointer<UInt64>
    /// A step's new values, before they take the place of the old ones.
    private let next: UnsafeMutableBufferPointer<UInt64>
    /// Which values are addresses: a bit for each register.
    private var saved: UInt64 = 0
    /// Which registers are lost.
    private var undefined: UInt64 = 0

    init(_ architecture: Architecture) {
        self.architecture = architecture
        values = .allocate(capacity: 64)
        values.initialize(repeating: 0)
        next = .allocate(capacity: 64)
        next.initialize(repeating: 0)
    }

    deinit {
        values.deallocate()
        next.deallocate()
    }

    /// Begins at a sample's registers.
    mutating func start(_ registers: UserRegisters) {
        for (index, value) in registers.values.enumerated() { values[index] = value }
        saved = 0
        undefined = 0
    }

    /// A register's value.
    func value(of register: UInt8, _ memory: StackMemory) throws(UnwindFailure) -> UInt64 {
        guard register < architecture.registerNames.count else { throw .badData }
        let bit: UInt64 = 1 << UInt64(register)
        guard undefined & bit == 0 else { throw .cut(.unknownRegister(Int(register))) }
        let value = values[Int(register)]
        return saved & bit == 0 ? value : try memory.word(at: value)
    }

    /// Goes to the caller.
    ///
    /// - Parameters:
    ///   - row: What is said of the frame's address.
    ///   - isInterrupted: Whether the frame is the innermost, or a signal interrupted it.
    ///   - memory: The stack.
    /// - Returns: Where the caller goes on; nil where there is none.
    /// - Throws: Where something is missing, or the caller's frame would not lie further out.
    mutating func step(
        _ row: UnwindRow, isInterrupted: Bool, _ memory: StackMemory
    ) throws(UnwindFailure) -> UInt64? {
        guard row.undefined & (1 << UInt64(row.returnRegister)) == 0 else { return nil }
        let frameAddress =
            switch row.frameAddress {
            case .register(let register, let offset):
                try value(of: register, memory) &+ UInt64(bitPattern: offset)
            case .expression(let location):
                try ExpressionMachine.run(location, frameAddress: nil, self, memory)
            }
        let before = try value(of: UInt8(architecture.stackPointer), memory)
        // An innermost function that keeps its return address in a register may have no frame at all.
        guard row.isSignalFrame || frameAddress > before || isInterrupted && frameAddress == before else {
            throw .cut(.notOutward)
        }
        try take(row, frameAddress, memory)
        let pc = try value(of: row.returnRegister, memory) & architecture.returnAddressMask
        set(architecture.programCounter, pc, isSaved: false)
        return pc == 0 ? nil : pc
    }

    private mutating func take(
        _ row: UnwindRow, _ frameAddress: UInt64, _ memory: StackMemory
    ) throws(UnwindFailure) {
        var nextSaved: UInt64 = 0
        var nextUndefined = row.undefined
        var hasStackPointer = false
        for entry in row.rules {
            let bit: UInt64 = 1 << UInt64(entry.register)
            let index = Int(entry.register)
            if index == architecture.stackPointer { hasStackPointer = true }
            switch entry.rule {
            case .saved(let offset):
                next[index] = frameAddress &+ UInt64(bitPattern: offset)
                nextSaved |= bit
            case .frameAddress(let offset):
                next[index] = frameAddress &+ UInt64(bitPattern: offset)
            case .register(let other):
                guard other < architecture.registerNames.count else { throw .badData }
                next[index] = values[Int(other)]
                if saved >> UInt64(other) & 1 == 1 { nextSaved |= bit }
                if undefined >> UInt64(other) & 1 == 1 { nextUndefined |= bit }
            case .savedAt(let location):
                next[index] = try ExpressionMachine.run(location, frameAddress: frameAddress, self, memory)
                nextSaved |= bit
            case .computed(let location):
                next[index] = try ExpressionMachine.run(location, frameAddress: frameAddress, self, memory)
            }
        }
        for entry in row.rules {
            set(
                Int(entry.register), next[Int(entry.register)],
                isSaved: nextSaved >> UInt64(entry.register) & 1 == 1)
        }
        undefined |= nextUndefined
        if !hasStackPointer { set(architecture.stackPointer, frameAddress, isSaved: false) }
    }

    private mutating func set(_ register: Int, _ value: UInt64, isSaved: Bool) {
        let bit: UInt64 = 1 << UInt64(register)
        values[register] = value
        saved = isSaved ? saved | bit : saved & ~bit
        undefined &= ~bit
    }
}
