import BPF

/// Whether this machine and this process's rights let the built-in engine work: the doctor's answer, by itself.
enum KernelRights {
    /// Whether the kernel takes programs that write to the processes that they watch: not where it is locked down
    /// (kernel_lockdown(7)), and not without CAP_SYS_ADMIN.
    static let mayWritePrograms: Bool = {
        var code = Assembler()
        code.store(.double, .frame, -8, constant: 0)
        code.move(.r1, 0)
        code.move(.r2, .frame)
        code.compute(.add, .r2, -8)
        code.move(.r3, 8)
        code.call(.probeWriteUser)
        code.move(.r0, 0)
        code.exit()
        guard let assembled = try? code.assemble() else { return false }
        return (try? BPFProgram(.probe, name: "tap_write", assembled)) != nil
    }()

    /// - Parameter hasTarget: Whether the run is about one process or a command.
    /// - Throws: ``EngineError/machineLacks(_:)`` with what is missing.
    static func require(hasTarget: Bool) throws(EngineError) {
        // What these cost, starting programs and looking at SystemTap, is not asked.
        let probe = MachineProbe(now: { 0 }, patched: { _, _ in [] })
        let blockers = Doctor.bpfBlockers(BPFGround(probe), hasTarget: hasTarget)
        if !blockers.isEmpty { throw .machineLacks(blockers) }
    }
}
