/// The processor that a binary is built for: ELF's `e_machine`.
public struct Machine: Sendable, Hashable, RawRepresentable {
    /// The number in the ELF header.
    public let rawValue: UInt16

    /// Creates a machine from the ELF header's number.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// 64-bit x86.
    public static let x86_64 = Machine(rawValue: 62)
    /// 64-bit ARM.
    public static let aarch64 = Machine(rawValue: 183)

    /// The machine that this program was compiled for.
    public static var host: Machine {
        #if arch(arm64)
            .aarch64
        #else
            .x86_64
        #endif
    }

    /// The usual name, such as `x86-64`.
    public var name: String {
        switch rawValue {
        case 3: "i386"
        case 20: "PowerPC"
        case 21: "64-bit PowerPC"
        case 22: "S/390"
        case 40: "ARM"
        case 62: "x86-64"
        case 183: "AArch64"
        case 243: "RISC-V"
        default: "ELF machine \(rawValue)"
        }
    }
}
