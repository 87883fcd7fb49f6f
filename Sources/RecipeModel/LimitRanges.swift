/// What values limits take, in a recipe and on the command line alike.
extension Limits.Macro {
    /// What values it takes; stap holds them in a C `int`.
    ///
    /// Strings have a tighter bound, as every processor's context holds dozens of them. STP_NO_OVERLOAD works
    /// by being defined, so 0 would switch the guard off as well.
    public var range: ClosedRange<Int64> {
        switch self {
        case .MAXSTRINGLEN: 1...(1 << 20)
        // Arrays of so many addresses lie in every processor's context.
        case .MAXBACKTRACE: 1...127
        case .MAXACTION, .MAXMAPENTRIES: 1...Int64(Int32.max)
        case .MAXSKIPPED, .MAXTRYLOCK, .MAXERRORS: 0...Int64(Int32.max)
        case .STP_NO_OVERLOAD: 1...1
        }
    }
}

extension Limits {
    /// What the transport buffer may have, in MiB (stap(1), `-s`).
    static let bufferRange = 1...4095

    /// The MiB of a buffer's size; nil where they are not whole or not in ``bufferRange``.
    static func bufferMegabytes(ofSize bytes: UInt64) -> Int? {
        let megabytes = Int(bytes >> 20)
        return bytes % (1 << 20) == 0 && bufferRange.contains(megabytes) ? megabytes : nil
    }
}
