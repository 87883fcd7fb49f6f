/// What a program is compiled for.
public struct CompilerOptions: Sendable {
    /// MAXACTION.
    public var maximumActions = 1000
    /// Whether the first error ends the session (MAXERRORS is 0), at once for all handlers.
    public var endsAtFirstError = true
    /// MAXSTRINGLEN: the bytes of a string with its zero.
    public var maximumStringLength = 512
    /// MAXMAPENTRIES.
    public var maximumEntries = 2048
    /// MAXBACKTRACE.
    public var maximumBacktrace = 20
    /// Bytes of the stack that a backtrace's record takes along, in whole pages of 4096.
    public var stackBytes = 16384
    /// Bytes that are taken along from below the stack pointer.
    public var stackBytesBelow = 128
    /// The most bytes of a record.
    public var recordBytes = 32768
    /// What texts in keys are digested with, odd numbers that a traced program cannot know.
    public var digestKeys: (UInt64, UInt64) = (.random(in: .min ... .max) | 1, .random(in: .min ... .max) | 1)
    /// Whether there is a target, so that only it and its descendants are traced.
    public var hasTarget = false
    /// Where the kernel keeps what is asked of tasks; asked for only where something is.
    public var tasks: @Sendable () -> TaskLayout? = { TaskLayout.running }
    /// Whether the kernel lets programs write to what they watch; asked only where something does.
    public var mayWrite: @Sendable () -> Bool = { true }
    /// Whether the kernel has probes of its own functions; asked only where there is one.
    public var hasKernelProbes: @Sendable () -> Bool = { true }
    /// What the kernel can do.
    public var kernel = KernelFeatures()
    /// The machine.
    public var registers = MachineRegisters.host

    /// Creates options with stap's defaults.
    public init() {}
}

/// What a kernel's BPF has that older ones have not.
public struct KernelFeatures: Sendable {
    /// `bpf_loop` (5.17).
    public var hasLoop = true
    /// Atomic exchange (5.12).
    public var hasExchange = true
    /// Programs that know at which of several probes they run (`bpf_get_attach_cookie` in uprobes, 5.15).
    public var hasCookie = true
    /// Probes of programs that may sleep (6.0), and so have pages brought in that the program has not touched yet.
    public var maySleep = true
    /// `bpf_task_pt_regs` (5.15).
    public var hasTaskRegisters = true
    /// `bpf_get_func_ip` in uprobes (6.6).
    public var hasFunctionAddress = true

    /// Links of programs to probes of programs (6.6).
    public var hasProbeLinks = true

    /// Links to probes of one process that run in all of its threads (6.11); before, they ran in its first alone.
    public var linksKnowProcesses = true

    /// Those of a current kernel.
    public init() {}

    /// Those of a release such as `6.1.0-56-amd64`.
    public init(release: String) {
        let numbers = release.split(separator: ".").prefix(2).map { Int($0.prefix { $0.isNumber }) ?? 0 }
        let version = (numbers.first ?? 0, numbers.count > 1 ? numbers[1] : 0)
        hasLoop = version >= (5, 17)
        hasExchange = version >= (5, 12)
        hasCookie = version >= (5, 15)
        hasTaskRegisters = version >= (5, 15)
        maySleep = version >= (6, 0)
        hasFunctionAddress = version >= (6, 6)
        hasProbeLinks = version >= (6, 6)
        linksKnowProcesses = version >= (6, 11)
    }
}
