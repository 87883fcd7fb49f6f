public import Diagnostics
public import Lowering

/// What a program in the kernel sends at one place of a handler, so that only values must cross.
public enum RecordSite: Sendable {
    /// Statements for the process, whose ``Term/Kind/captured(_:)`` are the values that were sent.
    case actions([Action], values: [RecordValue])
    /// A handler's statements for the process, with its variables. A value may have two others in ``failures`` that
    /// say whether it could be had: 0, or 1 more than the site that tells what failed; what that is about. ``context`` tells where the values
    /// of built-in functions are.
    case handler(
        [Action], locals: [LocalVariable], values: [RecordValue], failures: [Int: Int],
        context: [Intrinsic: Int])
    /// The session ends: `exit()` or `abort()`.
    case end
    /// A run-time error; what it is about is sent as an integer. A script that calls `error` has the text of its last
    /// call sent behind that.
    case failure(RuntimeFailure, SourceRange)
}

/// A value that crosses.
public enum RecordValue: Sendable {
    /// 8 bytes.
    case integer
    /// Its length in 8 bytes, then its bytes, filled to 8.
    case text
    /// The registers, 8 bytes each by their DWARF numbers; the length of the stack in 8 bytes; the stack from
    /// ``CompilerOptions/stackBytesBelow`` bytes below the stack pointer up; then ``HiddenReturns``.
    case stack
}

/// A run-time error as stap's runtime words it.
public enum RuntimeFailure: Sendable, Equatable {
    /// "division by 0".
    case division
    /// "MAXACTION exceeded".
    case actions
    /// A loop went round more often than the verifier of an old kernel can follow; how often is sent.
    case rounds
    /// "Array overflow, check MAXMAPENTRIES"; the array.
    case arrayOverflow(Int)
    /// A read of memory that is not there; the address is sent.
    case read(String)
    /// A write to memory that is not there; the address is sent.
    case write
    /// A string that is not there; the address is sent.
    case string
    /// `stringat` beyond the string.
    case position
    /// What the script says: `error(…)`. Its text is sent, behind an integer that means nothing.
    case script
}

/// How records are laid out, in bytes.
public enum RecordLayout {
    /// The head: the probe (4), the processor (4), process and thread as `bpf_get_current_pid_tgid` gives them (8),
    /// the time in nanoseconds since the machine booted, without sleep (8).
    public static let headSize = 24
    /// Each piece begins with its site (4) and its size without these 8 bytes (4).
    public static let pieceHeadSize = 8
}
