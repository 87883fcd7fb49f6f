import Diagnostics

/// Something that a handler in the kernel cannot do.
enum CompileProblem: Equatable {
    case foreach
    case statistic(String)
    case inProcess(String)
    case sorting
    case wholeArray
    case wildcard
    case conversion
    case recursion(String)
    case location(String)
    case pattern(String)
    case entries
    case writes(String)
    case writesRegister(String)
    case writesRefused
    case otherFile(String)
    case kernelTypes(String)
    case noRegisters(String)
    case noKernelProbes
    case notYet(String)
    case laterRead(String)
    case programs
    case ofRunning(String)
    case tooLarge

    func diagnostic(at range: SourceRange) -> Diagnostic {
        let subject =
            self == .noKernelProbes
            ? "the built-in engine cannot probe this"
            : "the built-in engine cannot do this in a probe of a program"
        return .error("\(subject): \(words)", at: range)
    }

    /// What it is, without a subject.
    var words: String {
        switch self {
        case .foreach: "'foreach' works in begin, end, error and timer probes"
        case .statistic(let name): "'@\(name)' works in begin, end, error and timer probes"
        case .inProcess(let name): "'\(name)' can only be printed here"
        case .sorting: "arrays are sorted in begin, end, error and timer probes"
        case .wholeArray: "'delete' of a whole array works in begin, end, error and timer probes"
        case .wildcard: "'*' as an index"
        case .conversion:
            "'%m' and '%M' in a text that is kept or compared, or behind what only the process can do"
        case .recursion(let name): "the function '\(name)' calls itself"
        case .location(let text): "the place of '\(text)' is computed in a way that it does not know"
        case .pattern(let words): words
        case .kernelTypes(let name):
            "'\(name)' needs the kernel's types, which this kernel does not tell (CONFIG_DEBUG_INFO_BTF)"
        case .noKernelProbes: "this kernel has no probes of its own functions (CONFIG_KPROBE_EVENTS)"
        case .noRegisters(let name):
            "'\(name)' needs the registers of a program, which this probe does not have"
        case .writes(let text):
            "'\(text)' is not a whole number in the program's memory, so it cannot be changed"
        case .entries: "more than \(RuntimeMaps.maximumEntryValues) values of a function's entry"
        case .writesRegister(let text): "'\(text)' is in a register here, which it cannot change"
        case .writesRefused: "changing the program, which this kernel refuses (lockdown, or no CAP_SYS_ADMIN)"
        case .otherFile(let text):
            "'\(text)' is a variable of another file than the probed one, and where that is loaded is not known"
        case .notYet(let text): text
        case .laterRead(let text):
            "'\(text)' is read after something that only the process can do, when the program has gone on"
        case .programs:
            "more than \(ProcessTable.maximumSelectors) programs and processes whose events are probed"
        case .ofRunning(let name):
            "'\(name)' in a probe that also runs for processes that are there already"
        case .tooLarge: "the handler is too large"
        }
    }
}
