/// The limits of a run, by stap's own names; nil leaves stap's default.
public struct Limits: Sendable, Equatable, Codable {
    /// stap's macros that bound a run (stap(1), "SAFETY AND SECURITY"); each is passed as `-DNAME=VALUE`.
    public enum Macro: String, Sendable, CaseIterable, Codable, CodingKeyRepresentable {
        /// The most statements one probe hit may execute.
        case MAXACTION
        /// The most probes that may be skipped before the run is ended.
        case MAXSKIPPED
        /// The longest string, in bytes.
        case MAXSTRINGLEN
        /// The most entries of an array that states no size.
        case MAXMAPENTRIES
        /// How often a probe tries for a lock before it is skipped.
        case MAXTRYLOCK
        /// The most run-time errors before the run is ended.
        case MAXERRORS
        /// The most frames of a backtrace.
        case MAXBACKTRACE
        /// Whether the overload guard is off (1) — it removes a safety net and is never set automatically.
        case STP_NO_OVERLOAD
    }

    /// The macros that are set.
    public var macros: [Macro: UInt64]
    /// The transport buffer in MiB (`-s`), 1 to 4095.
    public var bufferMegabytes: Int?

    /// Creates limits.
    public init(macros: [Macro: UInt64] = [:], bufferMegabytes: Int? = nil) {
        self.macros = macros
        self.bufferMegabytes = bufferMegabytes
    }

    /// These limits with those of `other` over them.
    public func overridden(by other: Limits) -> Limits {
        Limits(
            macros: macros.merging(other.macros) { $1 },
            bufferMegabytes: other.bufferMegabytes ?? bufferMegabytes)
    }
}
