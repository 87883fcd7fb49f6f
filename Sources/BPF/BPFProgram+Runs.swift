import CBPF

extension BPFProgram {
    /// How often it has run and how long that took in all, as far as somebody had the kernel count.
    public var runs: (count: UInt64, nanoseconds: UInt64) {
        var (count, nanoseconds): (UInt64, UInt64) = (0, 0)
        guard taprecipe_program_runs(descriptor, &count, &nanoseconds) == 0 else { return (0, 0) }
        return (count, nanoseconds)
    }

    /// Has the kernel count the runs of all programs as long as the result is there; from Linux 5.8, with CAP_SYS_ADMIN.
    public static func countRuns() throws(BPFError) -> KernelObject {
        let descriptor = taprecipe_count_runs()
        guard descriptor >= 0 else { throw BPFError(operation: .countRuns, code: -descriptor) }
        return KernelObject(descriptor)
    }
}
