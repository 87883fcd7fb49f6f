public import Diagnostics
public import Lowering

/// What a program in the kernel sends at one place of a handler, so that only values must cross.
public enum RecordSite: Sendable {
    /// Values to be printed by a format.
    case print(PrintFormat, [RecordArgument])
    /// A function of the process is called for its effect, with values.
    case perform(Intrinsic, [RecordArgument])
    /// The session ends (`exit()`), or without end probes (`abort()`).
    case end(isAbort: Bool)
    /// A run-time error, with what it is about.
    case failure(RuntimeFailure, SourceRange)
    /// `warn(…)`.
    case warning([RecordArgument])
    /// `log(…)`, `error(…)` and their kin: one text.
    case error([RecordArgument], SourceRange)
}

/// A value that crosses, or one that is found out in the process from values that cross.
public indirect enum RecordArgument: Sendable {
    /// 8 bytes.
    case integer
    /// Its length in 8 bytes, then its bytes, filled to 8.
    case text
    /// The same in the script.
    case constant(Constant)
    /// What a function of the process makes of these values.
    case intrinsic(Intrinsic, [RecordArgument])
    /// What a format makes of these values.
    case format(PrintFormat, [RecordArgument])
    /// The registers and the live stack: see ``RecordLayout``.
    case stack
}

/// A run-time error as stap's runtime words it.
public enum RuntimeFailure: Sendable, Equatable {
    /// "division by 0".
    case division
    /// "MAXACTION exceeded".
    case actions
    /// "Array overflow, check MAXMAPENTRIES".
    case arrayOverflow
    /// A read of memory that is not there; the address is sent.
    case read(String)
    /// A string that is not there; the address is sent.
    case string
}

/// How records are laid out, in bytes.
public enum RecordLayout {
    /// The head: the probe (4), the processor (4), process and thread as `bpf_get_current_pid_tgid` gives them (8),
    /// the time in nanoseconds since the machine booted, without sleep (8).
    public static let headSize = 24
    /// Each piece begins with its site (4) and its size without these 8 bytes (4).
    public static let pieceHeadSize = 8
}
