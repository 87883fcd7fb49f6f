/// What was recorded of a thread at a probe: enough to find its callers later, without the process.
public struct StackSample: Sendable {
    /// An address in the stack where a return probe hides the return address.
    public struct HiddenReturn: Sendable, Hashable {
        /// Where on the stack.
        public var stackAddress: UInt64
        /// What the function returns to.
        public var returnAddress: UInt64

        /// Creates a hidden return address.
        public init(stackAddress: UInt64, returnAddress: UInt64) {
            (self.stackAddress, self.returnAddress) = (stackAddress, returnAddress)
        }
    }

    /// The registers.
    public var registers: UserRegisters
    /// The address of the first copied byte: best ``Architecture/bytesBelowStackPointer`` below the stack pointer.
    public var stackAddress: UInt64
    /// The live stack's bytes from there on, perhaps not all.
    public var stack: [UInt8]
    /// The return addresses that the kernel replaced (its `return_instance`s), if they are known.
    public var hiddenReturns: [HiddenReturn]

    /// Creates a sample.
    public init(
        registers: UserRegisters, stackAddress: UInt64, stack: [UInt8], hiddenReturns: [HiddenReturn] = []
    ) {
        self.registers = registers
        self.stackAddress = stackAddress
        self.stack = stack
        self.hiddenReturns = hiddenReturns
    }
}
