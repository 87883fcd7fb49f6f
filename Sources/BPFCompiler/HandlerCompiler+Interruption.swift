import BPF
import Diagnostics
import Lowering

/// Where the kernel is at work: what the program was about that went into it, or that a counter has interrupted.
extension HandlerCompiler {
    /// Copies the registers that the program had to the scratch element, where the context does not have them.
    ///
    /// They lie at the upper end of the kernel's stack, and are all 0 for a thread without a program: one of the
    /// kernel's own, or one that has given up its memory already.
    func fetchRegisters() {
        guard probe.event.interruptsProgram, let tasks = options.tasks() else { return }
        let place = interruptedRegisters ?? scratch.block(options.registers.size)
        interruptedRegisters = place
        let (word, isThere, hasNone) = (scratch.integer(), code.label(), code.label())
        func member(_ offset: Int) {
            code.call(.currentTask)
            code.move(.r3, .r0)
            code.compute(.add, .r3, Int32(offset))
            address(.r1, word)
            code.move(.r2, 8)
            code.call(.readKernel)
            code.load(.double, .r0, .r9, word)
        }
        member(tasks.memory)
        code.jump(to: hasNone, if: .r0, .equal, 0)
        if options.kernel.hasTaskRegisters {
            code.call(.currentTypedTask)
            code.move(.r1, .r0)
            code.call(.taskRegisters)
        } else {
            member(tasks.kernelStack)
            code.compute(.add, .r0, Int32(Self.kernelStackSize - tasks.registersSize))
        }
        code.move(.r3, .r0)
        code.jump(to: isThere)
        code.place(hasNone)
        // A read that fails leaves zeros.
        code.move(.r3, 0)
        code.place(isThere)
        address(.r1, place)
        code.move(.r2, Int64(options.registers.size))
        code.call(.readKernel)
    }

    /// `THREAD_SIZE` of kernels before 5.15 with pages of 4 KiB.
    private static let kernelStackSize = 16384

    /// A register of the program, by its place among them; of an interrupted one, as ``fetchRegisters()`` found it.
    func load(_ target: Register, ofRegistersAt offset: Int) {
        guard let interruptedRegisters else { return code.load(.double, target, .r6, offset) }
        address(target, interruptedRegisters)
        code.load(.double, target, target, offset)
    }

    /// r0 = whether the program itself ran, not the kernel for it.
    func isUserMode() {
        switch probe.event {
        case .sample:
            let (mode, end) = (options.registers.mode, code.label())
            code.load(.double, .r1, .r6, mode.offset)
            code.move(.r0, mode.isSetInProgram ? 1 : 0)
            code.jump(to: end, if: .r1, .anySet, mode.bits)
            code.move(.r0, mode.isSetInProgram ? 0 : 1)
            code.place(end)
        case .tracepoint, .kernelFunction: code.move(.r0, 0)
        default: code.move(.r0, 1)
        }
    }

    /// Whether the kernel tells its types; a problem is reported where it does not.
    func knowsTasks(for intrinsic: Intrinsic, at range: SourceRange) -> Bool {
        if options.tasks() != nil { return true }
        report(.kernelTypes(intrinsic.rawValue), at: range)
        return false
    }

    /// Ends the program of a counter where none of the processes that it is of runs.
    func requireProcesses(_ end: Assembler.Label) {
        guard case .sample(_, let processes) = probe.event, processes != .all, let table else { return }
        guard table.hasRoom else { return report(.programs, at: probe.range) }
        code.call(.currentProcess)
        code.compute(.shiftRight, .r0, 32)
        code.store(.double, .frame, TaskAssembler.key, .r0)
        code.lookUp(maps.processes, key: TaskAssembler.key)
        requireBit(of: processes, in: table, end)
    }
}
