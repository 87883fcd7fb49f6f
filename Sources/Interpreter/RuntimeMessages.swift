import Lowering

extension RuntimeError {
    /// stap's words for it, as `catch` gets them and as they follow `ERROR: `.
    public var message: [UInt8] {
        if case .script(let text) = self { return text }
        let phrase = phrase
        let address = phrase.address.map { "0x\(String($0, radix: 16))" } ?? ""
        return Array((phrase.before + address + phrase.after).utf8)
    }

    /// The same in three parts, of which one is the address that it is about.
    public var phrase: (before: String, address: UInt64?, after: String) {
        switch self {
        case .readFault(let address): ("read fault [man error::fault] at ", address, "")
        case .writeFault(let address): ("write fault [man error::fault] at ", address, "")
        case .userStringFault(let code, let address):
            ("user string copy fault \(code) at ", address, " [man error::fault]")
        default: (words, nil, "")
        }
    }

    private var words: String {
        switch self {
        case .divisionByZero: "division by 0"
        case .emptyAggregate: "empty aggregate"
        case .histogramIndex: "histogram index out of range"
        case .arrayOverflow(let size?): "Array overflow, check size limit (\(size))"
        case .arrayOverflow(nil): "Array overflow, check MAXMAPENTRIES"
        case .actionsExceeded: "MAXACTION exceeded"
        case .roundsExceeded(let count): "the loop may go round \(count) times before Linux 5.17"
        case .nestingExceeded: "MAXNESTING exceeded"
        case .functionsExhausted: "all functions exhausted"
        case .script(let text): String(decoding: text, as: UTF8.self)
        case .position: "Position out of bounds"
        case .noMatch(let group?): "Attempted to get subexpression \(group) from failed match"
        case .noMatch(nil): "Attempted to get subexpression count from failed match"
        case .noGroup(let group): "Attempted to get nonexistent subexpression \(group)"
        case .randomRange: "range too wide"
        case .time(isFuture: true): "Time too far in the future to be converted"
        case .time(isFuture: false): "Time too far in the past to be converted"
        case .processorOffline(let number): "cpu \(number) is not online"
        case .readFault, .writeFault, .userStringFault: ""
        case .noRegisters: "No registers available in this context"
        case .noArguments: "cannot access function args in this context"
        case .stackDepth(let depth): "reached end of stack before unwinding to level \(depth)"
        case .missing(let value): "\(value.words) is known to the kernel alone, when the event happens"
        }
    }
}

extension MissingValue {
    fileprivate var words: String {
        switch self {
        case .intrinsic(let function): "'\(function.rawValue)()'"
        case .variable(let text): "'\(text)'"
        case .entry: "the value of '@entry'"
        case .eventArgument(let index): "argument \(index + 1) of the tracepoint"
        case .captured(let index): "value \(index) of the event"
        case .memory(let address): "memory at 0x\(String(address, radix: 16))"
        }
    }
}
