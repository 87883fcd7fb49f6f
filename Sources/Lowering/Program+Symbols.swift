import StapLanguage

extension Program {
    /// Whether anything in it tells stacks or symbols.
    public var usesSymbols: Bool {
        let bodies = handlers.map(\.body) + functions.map(\.body)
        return bodies.contains { $0.contains { $0.usesSymbols } }
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
    fileprivate var usesSymbols: Bool {
        kind.terms.contains { $0.usesSymbols } || kind.bodies.contains { $0.contains { $0.usesSymbols } }
    }
}

extension Term {
    fileprivate var usesSymbols: Bool {
        if case .intrinsic(let intrinsic, _) = kind, intrinsic.tellsSymbols { return true }
        return kind.terms.contains { $0.usesSymbols }
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
        case .usymname, .usymdata, .umodname, .usymfile, .usymline, .usymfileline, .probemod, .symname,
            .symdata:
            true
        default: isOfStacks
        }
    }
}
