import StapLanguage

extension Program {
    /// Whether anything in it tells stacks or symbols of programs.
    public var usesSymbols: Bool { calls { $0.tellsSymbols } }

    /// Whether anything in it tells stacks or symbols of the kernel.
    public var usesKernelSymbols: Bool { calls { $0.tellsKernelSymbols } }

    private func calls(_ isMeant: (Intrinsic) -> Bool) -> Bool {
        let bodies = handlers.map(\.body) + functions.map(\.body)
        return bodies.contains { $0.contains { $0.calls(isMeant) } }
    }
}

extension ProbeBinding {
    /// The probed file, of a program's probe.
    public var path: String? {
        switch event {
        case .address(let place), .functionReturn(let place): place.path
        default: nil
        }
    }
}

extension Action {
    fileprivate func calls(_ isMeant: (Intrinsic) -> Bool) -> Bool {
        kind.terms.contains { $0.calls(isMeant) }
            || kind.bodies.contains { $0.contains { $0.calls(isMeant) } }
    }
}

extension Term {
    fileprivate func calls(_ isMeant: (Intrinsic) -> Bool) -> Bool {
        if case .intrinsic(let intrinsic, _) = kind, isMeant(intrinsic) { return true }
        return kind.terms.contains { $0.calls(isMeant) }
    }
}

extension Intrinsic {
    /// Whether it needs to know what a process has mapped.
    private var isOfStacks: Bool {
        switch self {
        case .printUbacktrace, .sprintUbacktrace, .ubacktrace, .printUbacktraceBrief,
            .printUbacktraceFileline,
            .printUstack, .sprintUstack, .printUsyms, .sprintUsyms, .ustack:
            true
        default: false
        }
    }

    fileprivate var tellsSymbols: Bool {
        switch self {
        case .usymname, .usymdata, .umodname, .usymfile, .usymline, .usymfileline, .probemod: true
        default: isOfStacks
        }
    }

    fileprivate var tellsKernelSymbols: Bool {
        switch self {
        case .printBacktrace, .sprintBacktrace, .backtrace, .printStack, .sprintStack, .printSyms,
            .sprintSyms,
            .symname, .symdata:
            true
        default: false
        }
    }
}
