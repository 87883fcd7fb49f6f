/// Puts a program together, instruction by instruction; jumps and calls go to labels.
public struct Assembler: Sendable {
    /// A place in the program.
    public struct Label: Sendable, Hashable {
        let number: Int
    }

    /// A program whose parts lie too far apart.
    public struct JumpTooFar: Error, Equatable {}

    private enum Target {
        case jump
        case function
    }

    private var instructions: [Instruction] = []
    private var places: [Int?] = []
    private var checkedAlone: Set<Label> = []
    private var references: [(instruction: Int, label: Label, target: Target)] = []
    private var symbols: [Int: Symbol] = [:]

    /// Creates an empty program.
    public init() {}

    /// How many instructions there are so far.
    public var count: Int { instructions.count }

    /// How many of them are conditional jumps.
    public private(set) var branchCount = 0

    /// A new label, which stands nowhere yet.
    public mutating func label() -> Label {
        places.append(nil)
        return Label(number: places.count - 1)
    }

    /// Puts a label here.
    public mutating func place(_ label: Label) {
        precondition(places[label.number] == nil, "a label stands at one place")
        places[label.number] = instructions.count
    }

    /// Has the function at a label checked once for all calls (``ProgramCode/Function/isCheckedAlone``), from 5.6.
    public mutating func checkAlone(_ label: Label) { checkedAlone.insert(label) }

    // MARK: - Values

    /// `destination = source`.
    public mutating func move(_ destination: Register, _ source: Register) {
        compute(.move, destination, source)
    }

    /// `destination = constant`.
    public mutating func move(_ destination: Register, _ constant: Int64) {
        if let short = Int32(exactly: constant) { return compute(.move, destination, short) }
        loadWide(destination, source: 0, UInt64(bitPattern: constant))
    }

    /// `destination = a symbol's value`.
    public mutating func move(_ destination: Register, _ symbol: Symbol) {
        symbols[instructions.count] = symbol
        compute(.move, destination, 0)
    }

    /// `destination = the map of a descriptor`, or of a number that ``ProgramCode/linked(maps:symbols:)`` replaces.
    public mutating func loadMap(_ destination: Register, descriptor: Int32) {
        loadWide(destination, source: 1, UInt64(UInt32(bitPattern: descriptor)))
    }

    /// `destination = the address of a byte in the only value of an array map`.
    public mutating func loadMapValue(_ destination: Register, descriptor: Int32, offset: UInt32) {
        loadWide(destination, source: 2, UInt64(offset) << 32 | UInt64(UInt32(bitPattern: descriptor)))
    }

    /// `destination = the address of a function of this program`, for helpers that call back.
    public mutating func loadFunction(_ destination: Register, _ function: Label) {
        references.append((instructions.count, function, .function))
        loadWide(destination, source: 4, 0)
    }

    /// `BPF_LD | BPF_IMM | BPF_DW`, two slots long; `source` says what the constant is.
    private mutating func loadWide(_ destination: Register, source: UInt8, _ value: UInt64) {
        var first = Instruction(0x18, destination, immediate: Int32(truncatingIfNeeded: value))
        first.registers |= source << 4
        instructions.append(first)
        instructions.append(Instruction(0, immediate: Int32(truncatingIfNeeded: value >> 32)))
    }

    /// `destination = destination ∘ source`, 64 bits wide.
    public mutating func compute(
        _ operation: ArithmeticOperation, _ destination: Register, _ source: Register
    ) {
        instructions.append(Instruction(0x0F | operation.rawValue, destination, source))
    }

    /// `destination = destination ∘ constant`, 64 bits wide.
    public mutating func compute(
        _ operation: ArithmeticOperation, _ destination: Register, _ constant: Int32
    ) {
        instructions.append(Instruction(0x07 | operation.rawValue, destination, immediate: constant))
    }

    /// The value's bytes in big-endian order, of its lowest 16, 32 or 64 bits.
    public mutating func toBigEndian(_ destination: Register, bits: Int32) {
        instructions.append(Instruction(0xDC, destination, immediate: bits))
    }

    // MARK: - Memory

    /// `destination = memory at base + offset`, without sign.
    public mutating func load(
        _ size: AccessSize, _ destination: Register, _ base: Register, _ offset: Int
    ) {
        instructions.append(Instruction(0x61 | size.rawValue, destination, base, offset: Int16(offset)))
    }

    /// `memory at base + offset = source`.
    public mutating func store(_ size: AccessSize, _ base: Register, _ offset: Int, _ source: Register) {
        instructions.append(Instruction(0x63 | size.rawValue, base, source, offset: Int16(offset)))
    }

    /// `memory at base + offset = constant`, sign-extended.
    public mutating func store(_ size: AccessSize, _ base: Register, _ offset: Int, constant: Int32) {
        instructions.append(
            Instruction(0x62 | size.rawValue, base, offset: Int16(offset), immediate: constant))
    }

    /// `memory at base + offset += source`, at once for all processors; 8 bytes.
    public mutating func atomicAdd(_ base: Register, _ offset: Int, _ source: Register) {
        instructions.append(Instruction(0xDB, base, source, offset: Int16(offset)))
    }

    /// `memory at base + offset` and the register change places, at once for all processors; 8 bytes, from 5.12.
    public mutating func atomicExchange(_ base: Register, _ offset: Int, _ source: Register) {
        instructions.append(Instruction(0xDB, base, source, offset: Int16(offset), immediate: 0xE1))
    }

    /// `memory at base + offset += source`, at once for all processors; the source becomes what was there; 8 bytes, from
    /// 5.12.
    public mutating func atomicFetchAdd(_ base: Register, _ offset: Int, _ source: Register) {
        instructions.append(Instruction(0xDB, base, source, offset: Int16(offset), immediate: 0x01))
    }

    // MARK: - Flow

    /// Goes to a label.
    public mutating func jump(to label: Label) {
        references.append((instructions.count, label, .jump))
        instructions.append(Instruction(0x05))
    }

    /// Goes to a label where `left ∘ right`.
    public mutating func jump(
        to label: Label, if left: Register, _ condition: JumpCondition, _ right: Register
    ) {
        branchCount += 1
        references.append((instructions.count, label, .jump))
        instructions.append(Instruction(0x0D | condition.rawValue, left, right))
    }

    /// Goes to a label where `left ∘ constant`, the constant sign-extended.
    public mutating func jump(
        to label: Label, if left: Register, _ condition: JumpCondition, _ constant: Int32
    ) {
        branchCount += 1
        references.append((instructions.count, label, .jump))
        instructions.append(Instruction(0x05 | condition.rawValue, left, immediate: constant))
    }

    /// Goes to a label where `left ∘ a symbol's value + constant`.
    public mutating func jump(
        to label: Label, if left: Register, _ condition: JumpCondition, _ symbol: Symbol, plus constant: Int32
    ) {
        symbols[instructions.count] = symbol
        jump(to: label, if: left, condition, constant)
    }

    /// Calls a function of the kernel: arguments in r1 to r5, the result in r0.
    public mutating func call(_ helper: HelperFunction) {
        instructions.append(Instruction(0x85, immediate: helper.rawValue))
    }

    /// Calls a function of this program.
    public mutating func call(_ function: Label) {
        references.append((instructions.count, function, .function))
        var call = Instruction(0x85)
        call.registers |= 1 << 4
        instructions.append(call)
    }

    /// Returns r0.
    public mutating func exit() { instructions.append(Instruction(0x95)) }

    // MARK: - The end

    /// The program, with every label's distance filled in.
    ///
    /// What control never reaches is left out, since the kernel refuses programs that have such parts.
    public func assemble() throws(JumpTooFar) -> ProgramCode {
        let targets = Dictionary(uniqueKeysWithValues: references.map { ($0.instruction, $0) })
        let isReached = reached(targets)
        // Where each instruction goes; one that is left out stands for the next that is not.
        var places = [Int](repeating: 0, count: instructions.count + 1)
        for index in instructions.indices { places[index + 1] = places[index] + (isReached[index] ? 1 : 0) }
        var finished: [Instruction] = []
        for (index, var instruction) in instructions.enumerated() where isReached[index] {
            if let reference = targets[index] {
                let distance = places[place(of: reference.label)] - places[index] - 1
                switch reference.target {
                case .function: instruction.immediate = Int32(distance)
                case .jump:
                    guard let short = Int16(exactly: distance) else { throw JumpTooFar() }
                    instruction.offset = short
                }
            }
            finished.append(instruction)
        }
        let functions = references.filter { $0.target == .function && isReached[$0.instruction] }.map {
            ProgramCode.Function(
                start: places[place(of: $0.label)], isCheckedAlone: checkedAlone.contains($0.label))
        }
        let main = ProgramCode.Function(start: 0, isCheckedAlone: false)
        return ProgramCode(
            instructions: finished, functions: Set(functions + [main]).sorted { $0.start < $1.start },
            symbols: symbols.filter { isReached[$0.key] }.map { (places[$0.key], $0.value) })
    }

    private func place(of label: Label) -> Int {
        guard let place = places[label.number] else { preconditionFailure("a label stands nowhere") }
        return place
    }

    /// Which instructions control can come to, from the first on.
    private func reached(
        _ targets: [Int: (instruction: Int, label: Label, target: Target)]
    ) -> [Bool] {
        var isReached = [Bool](repeating: false, count: instructions.count)
        var open = [0]
        while let start = open.popLast() {
            var index = start
            while index < instructions.count, !isReached[index] {
                isReached[index] = true
                if let reference = targets[index] { open.append(place(of: reference.label)) }
                switch instructions[index].code {
                case Self.wideLoad:
                    isReached[index + 1] = true
                    index += 1
                case Self.exitCode, Self.jumpCode: index = instructions.count
                default: break
                }
                index += 1
            }
        }
        return isReached
    }

    private static let wideLoad: UInt8 = 0x18
    private static let jumpCode: UInt8 = 0x05
    private static let exitCode: UInt8 = 0x95
}
