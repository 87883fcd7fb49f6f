public import StapMessages

/// Something that happens during a run, told as it happens.
public enum RunEvent: Sendable {
    /// A phase began.
    case phase(Phase)
    /// One of stap's passes 1 to 4 began: parsing, analyzing, translating, compiling. The fifth, running, is the
    /// phases attach to flush.
    case pass(Int)
    /// A line that the script printed, without its line end.
    case line([UInt8])
    /// A line that the started command printed, on either of its streams, without its line end.
    case commandLine([UInt8])
    /// stap or the kernel's runtime said something; equal messages come once, `RunOutcome` counts them.
    case message(StapMessage)
    /// A limit was too small; the run is repeated with it raised.
    case limitRaised(LimitName, from: UInt64, to: UInt64)
    /// A limit was too small, and the run is not repeated; the next one of the recipe begins with it raised.
    case limitForNextRun(LimitName, from: UInt64, to: UInt64)
    /// The run could not be repeated; what came before stands.
    case retryFailed(EngineError)
    /// The repeated run traces: lines that came before are void.
    case restarted
    /// More than `maximumOutput` bytes came; what follows is drained and counted. Comes once an attempt.
    case outputCut(after: Int)
    /// The run is being ended, and why; comes before the end probes' output.
    case ending(EndingReason)
}

/// Why the engine ended a run rather than the script.
public enum EndingReason: Sendable, Equatable {
    /// The time to trace is over.
    case timeout
    /// The whole run's deadline has come.
    case deadline
    /// The user interrupted.
    case interrupt
    /// The started command ended.
    case commandEnded
    /// One of the request's guards was met.
    case guarded(GuardBreach)
}
