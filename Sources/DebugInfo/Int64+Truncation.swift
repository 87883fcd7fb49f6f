extension Int64 {
    /// What is left of it in so many bytes; itself where these are none or more than eight.
    public func truncated(toBytes size: UInt64, isSigned: Bool) -> Int64 {
        guard (1...8).contains(size) else { return self }
        let shift = 64 - size * 8
        let high = self << shift
        return isSigned ? high >> shift : Int64(bitPattern: UInt64(bitPattern: high) >> shift)
    }
}
