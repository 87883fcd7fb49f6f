import DebugInfo

extension ByteWriter {
    mutating func put(_ row: UnwindRow) {
        put(row.addresses.lowerBound)
        put(row.addresses.upperBound)
        put(byte: row.returnRegister)
        put(byte: row.isSignalFrame ? 1 : 0)
        put(row.undefined)
        switch row.frameAddress {
        case .register(let register, let offset):
            put(byte: 0)
            put(byte: register)
            put(signed: offset)
        case .expression(let location):
            put(byte: 1)
            put(location)
        }
        put(UInt64(row.rules.count))
        for entry in row.rules {
            put(byte: entry.register)
            switch entry.rule {
            case .saved(let offset):
                put(byte: 0)
                put(signed: offset)
            case .frameAddress(let offset):
                put(byte: 1)
                put(signed: offset)
            case .register(let register):
                put(byte: 2)
                put(byte: register)
            case .savedAt(let location):
                put(byte: 3)
                put(location)
            case .computed(let location):
                put(byte: 4)
                put(location)
            }
        }
    }

    private mutating func put(_ location: Location) {
        put(UInt64(location.operations.count))
        for operation in location.operations {
            put(byte: operation.code)
            put(operation.first)
            put(operation.second)
        }
    }
}

extension ByteReader {
    /// A row that names no register from `registers` on.
    mutating func row(registers: Int) throws(Garbled) -> UnwindRow {
        let (start, end) = (try number(), try number())
        guard start < end else { throw Garbled() }
        let returnRegister = try register(below: registers)
        let isSignalFrame = try byte() != 0
        let undefined = try number()
        let frameAddress: UnwindRow.FrameAddress =
            switch try byte() {
            case 0: .register(try register(below: registers), offset: try signed())
            case 1: .expression(try location())
            default: throw Garbled()
            }
        var rules: [UnwindRow.RegisterRule] = []
        for _ in 0..<(try count()) {
            let register = try register(below: registers)
            let rule: UnwindRow.Rule =
                switch try byte() {
                case 0: .saved(try signed())
                case 1: .frameAddress(try signed())
                case 2: .register(try self.register(below: registers))
                case 3: .savedAt(try location())
                case 4: .computed(try location())
                default: throw Garbled()
                }
            rules.append(.init(register: register, rule: rule))
        }
        return UnwindRow(
            addresses: start..<end, frameAddress: frameAddress, rules: rules, undefined: undefined,
            returnRegister: returnRegister, isSignalFrame: isSignalFrame)
    }

    private mutating func register(below count: Int) throws(Garbled) -> UInt8 {
        let register = try byte()
        guard register < count else { throw Garbled() }
        return register
    }

    private mutating func location() throws(Garbled) -> Location {
        var operations: [Location.Operation] = []
        for _ in 0..<(try count()) {
            operations.append(.init(code: try byte(), first: try number(), second: try number()))
        }
        return Location(operations: operations)
    }
}
