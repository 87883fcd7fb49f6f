public import Backtraces
public import ProcessMaps

/// What `Tests/Programs/capture.c` wrote of a program that it stopped.
public struct StackCapture: Sendable {
    /// The samples, in their order; none where the bytes are no capture.
    public let samples: [StackSample]
    /// What the program had mapped at the first sample.
    public let space: AddressSpace

    /// Reads a capture.
    public init(_ bytes: [UInt8]) {
        var rest = bytes[...]
        func number() -> UInt64 {
            defer { rest = rest.dropFirst(8) }
            return rest.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        var samples: [StackSample] = []
        var last: Int32 = 0
        while true {
            let process = number()
            guard process > 0 else { break }
            last = Int32(process)
            let registers = UserRegisters(.host, (0..<number()).map { _ in number() })
            let address = number()
            let length = Int(number())
            samples.append(
                StackSample(registers: registers, stackAddress: address, stack: Array(rest.prefix(length))))
            rest = rest.dropFirst(length)
        }
        self.samples = samples
        self.space = AddressSpace(process: last, maps: rest)
    }
}
