import Diagnostics
import Resolver

/// Something that SystemTap runs and the built-in engine does not.
enum LoweringProblem: Equatable {
    case embeddedC
    case overload(String)
    case uncheckedPoint(String)
    case event(ResolvedEvent.Kind)
    case kernelPlace
    case kernelVariables
    case kernelEntry
    case kernelName(String)
    case tapsetAlias
    case unknownFunction(String)
    case constant
    case perf
    case dereference
    case probeWrite
    case contextText(String)
    case unresolvedTarget(String)
    case float(String)
    case type(String, ValueType)

    /// What is wrong with a point of the kernel; nil for those that are probed.
    init?(_ point: ResolvedPoint) {
        guard point.kernelModule != nil else { return nil }
        if ![.call, .return].contains(point.kind) {
            self = .kernelPlace
        } else if !point.loads.isEmpty {
            self = .kernelVariables
        } else {
            return nil
        }
    }

    func diagnostic(at range: SourceRange) -> Diagnostic {
        .error("the built-in engine cannot run this: \(words)", at: range)
    }

    private var words: String {
        switch self {
        case .embeddedC: "it has embedded C"
        case .overload(let name): "there are several functions '\(name)' with as many parameters"
        case .uncheckedPoint(let text): "'\(text)' could not be resolved"
        case .event(let kind): "it has no probes of this kind (\(kind.words))"
        case .kernelPlace: "of the kernel it probes whole functions, their calls and returns"
        case .kernelVariables: "it reads no variables of the kernel's functions"
        case .kernelName(let name): "the kernel has several functions '\(name)', which it cannot tell apart"
        case .kernelEntry: "of a kernel function that returns it knows nothing from its entry"
        case .tapsetAlias: "it is an alias of SystemTap's tapset"
        case .unknownFunction(let name): "it has no function '\(name)'"
        case .constant: "'@const' needs a C compiler"
        case .perf: "it has no perf counters"
        case .dereference: "it has no '@kderef', '@uderef', '@kregister' or '@uregister'"
        case .probeWrite: "it has no '@probewrite'"
        case .contextText(let text): "it cannot print '\(text)' as a whole"
        case .unresolvedTarget(let text): "it does not know how to read '\(text)' here"
        case .type(let text, .text): "'\(text)' is a string where a number is needed"
        case .type(let text, .integer): "'\(text)' is a number where a string is needed"
        case .float(let text): "it does not widen the float '\(text)' to a double, as SystemTap does"
        }
    }
}

extension ResolvedEvent.Kind {
    /// What kind of event it is.
    fileprivate var words: String {
        switch self {
        case .begin, .end, .error, .never: "of the session"
        case .timer, .timerJiffies: "timers"
        case .sample: "performance counters"
        case .tracepoint: "tracepoints"
        case .kernelFunction: "functions of the kernel"
        case .kernelAddress: "addresses of the kernel"
        case .process(let event, let processes): "\(processes.text).\(event)"
        }
    }
}
