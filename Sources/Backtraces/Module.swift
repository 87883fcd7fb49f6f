import DebugInfo
import ProcessMaps

/// What is known of a file that processes have mapped, by offsets in it.
final class Module {
    /// What was answered; asking again would give the same.
    enum Known<Value> {
        case value(Value)
        case nothing
    }

    let number: UInt64
    /// Where it is mapped: the process through which it is opened.
    private(set) var process: Int32
    private(set) var mapping: Mapping
    var isOpen = false
    /// Why nothing can be known of it.
    private(set) var failure: String?
    /// Whether reading it went wrong, by whichever process it was opened.
    private var isBad = false
    /// Through which processes it could not be opened.
    private var failedProcesses: Set<Int32> = []
    /// A file that is gone is not looked for through more processes than that.
    private static let attempts = 64
    var rows: [UInt64: Known<UnwindRow>] = [:]
    var places: [UInt64: Known<SymbolPlace>] = [:]
    var lines: [UInt64: Known<SourcePosition>] = [:]

    init(number: UInt64, mapping: Mapping, process: Int32) {
        self.number = number
        self.mapping = mapping
        self.process = process
    }

    /// Takes note of another process that has it mapped: the first one may have ended, or have another root.
    func use(_ mapping: Mapping, of process: Int32) {
        guard process != self.process else { return }
        self.mapping = mapping
        self.process = process
        if !isBad, failedProcesses.count < Self.attempts, !failedProcesses.contains(process) { failure = nil }
    }

    /// Notes that it could not be opened through its process.
    func failToOpen(_ reason: String) {
        failure = reason
        failedProcesses.insert(process)
    }

    /// Notes that reading it went wrong, and would again.
    func failForGood(_ reason: String) {
        failure = reason
        isBad = true
    }

    func forget() {
        rows = [:]
        places = [:]
        lines = [:]
    }
}

extension Module.Known {
    var value: Value? { if case .value(let value) = self { value } else { nil } }
}
