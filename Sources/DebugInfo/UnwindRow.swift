/// How to find the caller's registers at an address: a row of the call frame information (DWARF 5, section 6.4.1).
public struct UnwindRow: Sendable, Equatable {
    /// How the canonical frame address is found.
    public enum FrameAddress: Sendable, Equatable {
        /// A register's value plus an offset.
        case register(UInt8, offset: Int64)
        /// What an expression computes.
        case expression(Location)
    }

    /// How a register of the caller is found, where it is neither the same nor lost.
    public enum Rule: Sendable, Equatable {
        /// It was saved at the canonical frame address plus an offset.
        case saved(Int64)
        /// It is the canonical frame address plus an offset.
        case frameAddress(Int64)
        /// It is in another register.
        case register(UInt8)
        /// It was saved at the address that an expression computes.
        case savedAt(Location)
        /// It is what an expression computes.
        case computed(Location)
    }

    /// A register, by its DWARF number, and its rule.
    public struct RegisterRule: Sendable, Equatable {
        /// The register's DWARF number.
        public var register: UInt8
        /// How its value is found.
        public var rule: Rule

        /// Creates a rule of a register.
        public init(register: UInt8, rule: Rule) { (self.register, self.rule) = (register, rule) }
    }

    /// The addresses that the row holds for, in the file's own address space.
    public var addresses: Range<UInt64>
    /// How the canonical frame address is found.
    public var frameAddress: FrameAddress
    /// The registers that change, each at most once; the others stay what they are.
    public var rules: [RegisterRule]
    /// The registers that are lost: a bit for each DWARF number.
    public var undefined: UInt64
    /// The register that holds the return address.
    public var returnRegister: UInt8
    /// Whether a signal interrupted the caller, so that its address is no return address (augmentation `S`).
    public var isSignalFrame: Bool

    /// Creates a row.
    public init(
        addresses: Range<UInt64>, frameAddress: FrameAddress, rules: [RegisterRule], undefined: UInt64,
        returnRegister: UInt8, isSignalFrame: Bool
    ) {
        self.addresses = addresses
        self.frameAddress = frameAddress
        self.rules = rules
        self.undefined = undefined
        self.returnRegister = returnRegister
        self.isSignalFrame = isSignalFrame
    }
}
