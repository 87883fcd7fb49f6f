import Report

/// Something that happens in a batch, told as it happens; steps are known by their places in its plan.
enum BatchEvent: Sendable {
    /// A step begins.
    case began(Int)
    /// A step has ended or was skipped; `status` is the exit code that it counts with.
    case ended(Int, BatchReport.Step, status: ExitStatus)
    /// A step is not run, as the run that this one goes on with did that.
    case doneBefore(Int, BatchReport.Step, status: ExitStatus)
    /// A step says something, in a line.
    case said(Int, String)
    /// A step tells a line of `--follow`, with its line end.
    case told(Int, [UInt8])
    /// A step told so many lines that are too long to be passed on.
    case omitted(Int, lines: Int)
    /// Something is not as it should be with all of it.
    case warning(String)
}
