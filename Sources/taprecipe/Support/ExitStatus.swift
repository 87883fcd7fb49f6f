/// The exit codes of taprecipe, as documented in `docs/operators.md`.
enum ExitStatus: Int32 {
    /// The run completed, or the command did what it was asked.
    case success = 0
    /// A run failed, or something outside (a file, the disk) did.
    case failure = 1
    /// The command line is wrong: unknown recipe, parameter or option, a value of the wrong type.
    case usage = 2
    /// A recipe or script did not pass checking.
    case checkFailed = 3
    /// No engine can run here.
    case noEngine = 4
    /// The run timed out with nothing recorded.
    case timedOutEmpty = 5
    /// The run ended, but nothing can be concluded from it.
    case inconclusive = 6
    /// `--fail-if` was given and such a record was found.
    case recordFound = 10
    /// The user interrupted the run.
    case interrupted = 130
}

/// Ends the command with a status; what is to be said has been said.
struct Exit: Error {
    let status: ExitStatus
    /// Whether who is to be told of it by a command has been told.
    let isTold: Bool

    init(_ status: ExitStatus, isTold: Bool = false) {
        self.status = status
        self.isTold = isTold
    }
}
