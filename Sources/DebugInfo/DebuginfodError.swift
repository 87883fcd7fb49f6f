/// Why debuginfod gave no debug file: the facts, without words.
public enum DebuginfodError: Error, Sendable, Equatable, Codable {
    /// libdebuginfod is not installed here.
    case noLibrary
    /// libdebuginfod could not begin.
    case notStarted
    /// No server gave the file: it has none, or failed. libdebuginfod does not tell the two apart, and remembers
    /// it for ten minutes.
    case notFound
    /// It took longer than it may.
    case outOfTime(Duration)
    /// The file is larger than it may be, in bytes.
    case tooLarge(limit: UInt64)
    /// What came is no ELF file; it was thrown away.
    case junk
    /// Whoever watched the progress asked for an end.
    case interrupted
    /// The system's or the transfer's error, as an `errno`.
    case failed(code: Int32)
}
