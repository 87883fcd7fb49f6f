public import Interpreter
public import Lowering

extension RuntimeFailure {
    /// The error as the interpreter would meet it.
    ///
    /// - Parameters:
    ///   - value: What it is about.
    ///   - text: What the script says.
    ///   - program: The script, whose arrays have sizes.
    /// - Returns: What has the words.
    public func runtimeError(_ value: UInt64, text: [UInt8], in program: Program) -> RuntimeError {
        switch self {
        case .division: .divisionByZero
        case .actions: .actionsExceeded
        case .rounds: .roundsExceeded(Int(truncatingIfNeeded: value))
        case .arrayOverflow(let array): .arrayOverflow(size: program.globals[array].capacity)
        case .read: .readFault(address: value)
        case .write: .writeFault(address: value)
        case .string: .userStringFault(code: -Self.badAddress, address: value)
        case .position: .position
        case .script: .script(text)
        }
    }

    /// EFAULT.
    private static let badAddress = 14
}
