import Glibc
public import RecipeModel
public import StapMessages

/// How a run ended.
public enum Ending: Sendable, Equatable {
    /// The script ended by itself, or the started command did.
    case completed
    /// The time to trace was over: how a run without an end of its own ends well.
    case timedOut
    /// The deadline of the whole run came before the time to trace was over.
    case deadlineReached(during: Phase)
    /// The user ended it.
    case interrupted
    /// One of the request's guards ended it.
    case guarded(GuardBreach)
    /// A limit was too small and could not be raised further.
    case limitReached(LimitName)
    /// Probes took too much of the machine's time and the runtime ended the script to protect it.
    case overloaded
    /// The runtime or staprun failed; the messages say how.
    case failed(RunFailure)
}

/// What failed once a module was there to be run.
public enum RunFailure: Sendable, Equatable {
    /// The kernel did not take the module, or its probes could not be placed.
    case attach
    /// The script ended with a run-time error.
    case script
    /// staprun ended with this exit status and no message.
    case status(Int32)
    /// staprun was killed by this signal, not by the engine.
    case signal(Int32)
    /// staprun was killed in the end and is still there.
    case stuck(StuckProcess)
}

/// What a run lost: a summary made of it must not look more complete than it is.
public struct Losses: Sendable, Equatable {
    /// Probe hits that were skipped, for any reason.
    public var skippedProbes: UInt64 = 0
    /// Run-time errors in probe handlers, of any kind.
    public var runtimeErrors: UInt64 = 0
    /// Those of them that are neither faults nor a limit's.
    public var otherErrors: UInt64 = 0
    /// Output buffers that the transport could not take.
    public var transportFailures: UInt64 = 0
    /// Reads of memory that was not there.
    public var faults: UInt64 = 0
    /// Probes that could not be registered.
    public var unregisteredProbes: UInt64 = 0
    /// Bytes of output that were not passed on (`--max-output`).
    public var cutBytes: UInt64 = 0
    /// Lines cut because they were longer than any line a script should print.
    public var cutLines: UInt64 = 0
    /// Files whose unwind data was missing, so that stacks end early.
    public var missingUnwindModules: [String] = []
    /// Files that are not the ones that the module was compiled for (build-id mismatch).
    public var mismatchedModules: [String] = []

    /// Creates a record of no losses.
    public init() {}

    /// What the runtime's messages say.
    init(_ tally: MessageLosses) {
        skippedProbes = tally.skippedProbes
        runtimeErrors = tally.errors
        otherErrors = tally.otherErrors
        transportFailures = tally.transportFailures
        faults = tally.faults
        unregisteredProbes = tally.unregisteredProbes
        missingUnwindModules = tally.missingUnwindModules.map(\.module)
        mismatchedModules = tally.mismatchedModules
    }

    /// Whether nothing was lost.
    public var isEmpty: Bool { self == Losses() }
}

/// What a run came to.
public struct RunOutcome: Sendable {
    /// How it ended.
    public var ending: Ending
    /// How long each phase took, all attempts together.
    public var durations: [Phase: Duration]
    /// The limits that the last attempt ran with; nil values are stap's defaults.
    public var limits: Limits
    /// How often it was repeated with a raised limit.
    public var retries: Int
    /// What the last attempt lost.
    public var losses: Losses
    /// What stap and the runtime said in the last attempt, equal messages once, with how often each came.
    public var messages: [(message: StapMessage, count: Int)]
    /// Bytes of script output passed on in the last attempt.
    public var bytesOut: Int
    /// Whether the module came from the cache; nil where it was given.
    public var isFromCache: Bool?
    /// How the started command ended, where one was started and ended by itself.
    public var commandStatus: CommandStatus?
    /// Whether processes that the command started went on when it had ended by itself, and the run with it.
    public var leavesProcesses = false
    /// Whether a kernel module of this run could not be unloaded and is still there.
    public var leftModule: String?
}

/// How a started command ended by itself.
public enum CommandStatus: Sendable, Equatable {
    /// With this exit status.
    case exited(Int32)
    /// By this signal.
    case signalled(Int32)

    /// What of it is no success, in words.
    public var failure: String? {
        switch self {
        case .exited(0): nil
        case .exited(let code): "ended with status \(code)"
        case .signalled(let number):
            "was killed by signal \(number)" + (Self.name(of: number).map { " (\($0))" } ?? "")
        }
    }

    private static func name(of signal: Int32) -> String? {
        strsignal(signal).map { String(cString: $0) }
    }
}
