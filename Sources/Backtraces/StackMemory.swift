/// Reads the words of a sample's stack.
struct StackMemory {
    let start: UInt64
    let bytes: UnsafeRawBufferPointer
    let hiddenReturns: [StackSample.HiddenReturn]

    /// The eight bytes at an address.
    func word(at address: UInt64) throws(UnwindFailure) -> UInt64 {
        if !hiddenReturns.isEmpty, let hidden = hiddenReturns.first(where: { $0.stackAddress == address }) {
            return hidden.returnAddress
        }
        let offset = address &- start
        guard bytes.count >= 8, offset <= UInt64(bytes.count - 8) else { throw failure(address) }
        return bytes.loadUnaligned(fromByteOffset: Int(offset), as: UInt64.self)
    }

    /// The lowest `size` (1, 2, 4 or 8) bytes at an address as a number.
    func value(at address: UInt64, size: UInt64) throws(UnwindFailure) -> UInt64 {
        if size == 8 { return try word(at: address) }
        let offset = address &- start
        guard [1, 2, 4].contains(size), UInt64(bytes.count) >= size, offset <= UInt64(bytes.count) - size
        else {
            throw failure(address)
        }
        return (0..<size).reversed().reduce(0) { $0 << 8 | UInt64(bytes[Int(offset + $1)]) }
    }

    /// A stack is at most some megabytes; what lies further is another one.
    private func failure(_ address: UInt64) -> UnwindFailure {
        let offset = address &- start
        return .cut(offset < 64 << 20 ? .shortCopy : .unknownMemory(address))
    }
}

/// Why a step outwards fails.
enum UnwindFailure: Error {
    case cut(Backtrace.Cut)
    /// What the call frame information asks for makes no sense, or is not known here.
    case badData
}
