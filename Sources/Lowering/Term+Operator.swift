public import Diagnostics

extension Term {
    /// Where the operator in front of this right operand stands, by which stap names a division that fails.
    ///
    /// - Parameter operation: Where the whole operation stands.
    /// - Returns: The operator, or the whole operation where a macro has put the operand there.
    public func operatorRange(in operation: SourceRange) -> SourceRange {
        let source = operation.source
        guard range.source === source, operation.lower < range.lower, range.lower < operation.upper else {
            return operation
        }
        let isSign = { (byte: UInt8) in
            [UInt8(ascii: "/"), UInt8(ascii: "%"), UInt8(ascii: "=")].contains(byte)
        }
        guard let last = source.bytes[operation.lower..<range.lower].lastIndex(where: isSign) else {
            return operation
        }
        let first = source.bytes[operation.lower..<last].lastIndex { !isSign($0) } ?? last - 1
        return SourceRange(source: source, lower: first + 1, upper: last + 1)
    }
}
