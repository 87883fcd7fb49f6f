import DebugInfo

/// What is known of a file that processes have mapped, by offsets in it.
final class Module {
    /// What was answered; asking again would give the same.
    enum Known<Value> {
        case value(Value)
        case nothing
    }

    let number: UInt64
    let file: ModuleFile
    var isOpen = false
    /// Why nothing can be known of it.
    var failure: String?
    var rows: [UInt64: Known<UnwindRow>] = [:]
    var places: [UInt64: Known<SymbolPlace>] = [:]
    var lines: [UInt64: Known<SourcePosition>] = [:]

    init(number: UInt64, file: ModuleFile) {
        self.number = number
        self.file = file
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
