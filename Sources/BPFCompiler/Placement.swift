public import Lowering

/// Which handlers of probes run in the kernel, and which are left to the process.
///
/// A handler runs in the kernel if everything in it can. One that cannot is left to the process whole, with what the
/// event alone can tell sent along. Variables that such a handler uses are the process's, so whoever else uses them
/// is left to it too.
public struct Placement: Sendable {
    /// The handlers of probes that the process runs, by index.
    public private(set) var deferred: Set<Int> = []
    /// The global variables that the process keeps, by index.
    public private(set) var processGlobals: Set<Int> = []

    /// All in the kernel.
    init() {}

    /// Places a program's handlers.
    ///
    /// - Parameters:
    ///   - program: The script.
    ///   - deferred: The handlers that cannot run in the kernel, by index.
    init(_ program: Program, deferred: Set<Int>) {
        self.deferred = deferred
        let probes = program.probes.indices.filter { program.probes[$0].event.isInKernel }
        let uses = program.handlers.map { program.globals(usedBy: $0) }
        var hasChanged = true
        while hasChanged {
            hasChanged = false
            for handler in self.deferred { processGlobals.formUnion(uses[handler]) }
            for number in probes {
                let handler = program.probes[number].handler
                if !self.deferred.contains(handler), !uses[handler].isDisjoint(with: processGlobals) {
                    self.deferred.insert(handler)
                    hasChanged = true
                }
            }
        }
    }
}

extension ProbeBinding.Event {
    /// Whether the return of a program's function is meant.
    public var isReturn: Bool {
        if case .functionReturn = self { true } else { false }
    }

    /// Whether a program's instruction is meant, so that the context is the program's registers; else, it is the
    /// arguments of a tracepoint, or what a counter has interrupted.
    public var hasRegisters: Bool {
        switch self {
        case .address, .functionReturn: true
        default: false
        }
    }

    /// Whether the context is registers: the program's, or the kernel's at one of its functions.
    var contextIsRegisters: Bool {
        if case .kernelFunction = self { true } else { hasRegisters }
    }

    /// Whether the registers that the program had when it went into the kernel are those of the event.
    var interruptsProgram: Bool {
        switch self {
        case .tracepoint, .sample, .kernelFunction: true
        default: false
        }
    }

    /// Whether the event happens in the kernel, where a program of ours sees it.
    public var isInKernel: Bool {
        switch self {
        case .address, .functionReturn, .tracepoint, .kernelFunction, .process, .sample: true
        case .begin, .end, .error, .timer: false
        }
    }
}
