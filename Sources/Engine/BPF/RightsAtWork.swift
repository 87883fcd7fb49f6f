import Isolation

/// What a run keeps of its process's capabilities while it traces.
struct RightsAtWork {
    /// Those that it uses.
    var used: Capabilities = []
    /// Those that it takes up again to load the script once more.
    var reserved: Capabilities = []
    /// Whether nothing that is started from now on may gain rights.
    var isFinal: Bool

    /// - Parameters:
    ///   - request: The run.
    ///   - readsProcesses: Whether stacks and symbols of processes are told.
    ///   - readsKernel: Whether stacks and symbols of the kernel are.
    ///   - hasCommand: Whether a command has been started, which is ended with the run.
    ///   - isLast: Whether the script is not loaded again, whatever comes of it.
    init(_ request: RunRequest, readsProcesses: Bool, readsKernel: Bool, hasCommand: Bool, isLast: Bool) {
        if readsProcesses { used.formUnion([.ptrace, .dacReadSearch, .checkpointRestore]) }
        if request.writesFiles { used.insert(.dacOverride) }
        // The command may have become another user.
        if hasCommand { used.insert(.kill) }
        // Before 5.19 a map is read by who may create one, where unprivileged BPF is disabled (c8644cd0efe7).
        if let version = KernelVersion(request.kernelRelease), version < KernelVersion(5, 19) {
            used.insert(.bpf)
        }
        if !isLast {
            reserved = [
                .bpf, .perfmon, .systemAdministrator, .systemResource, .ptrace, .dacReadSearch,
                .checkpointRestore,
            ]
            if readsKernel { reserved.insert(.systemLog) }
        }
        // A command that is started again starts with what the first one had.
        isFinal = isLast || !hasCommand
    }

    /// Gives up the rest, in all threads.
    func keep() throws(RightsError) {
        try ProcessRights.keep(used.rawValue, reserving: reserved.rawValue, isFinal: isFinal)
    }
}
