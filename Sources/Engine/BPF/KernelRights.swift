/// Whether this machine and this process's rights let the built-in engine work: the doctor's answer, by itself.
enum KernelRights {
    /// - Throws: ``EngineError/machineLacks(_:)`` with what is missing.
    static func require() throws(EngineError) {
        // What these cost, starting programs and looking at SystemTap, is not asked.
        let probe = MachineProbe(now: { 0 }, patched: { _, _ in [] })
        let blockers = Doctor.bpfBlockers(BPFGround(probe))
        if !blockers.isEmpty { throw .machineLacks(blockers) }
    }
}
