/// What the steps of a runbook came to.
public struct BatchReport: Sendable {
    /// One step.
    public struct Step: Sendable {
        /// The step's name.
        public var name: String
        /// The recipe's name.
        public var recipe: String
        /// What became of it.
        public var end: StepEnd
        /// How long it took; nil where it did not run.
        public var duration: Duration?
        /// What it found; nil where it did not get so far.
        public var summary: Summary?
        /// What it said on standard error.
        public var messages: String

        /// Creates one.
        public init(
            name: String, recipe: String, end: StepEnd, duration: Duration? = nil, summary: Summary? = nil,
            messages: String = ""
        ) {
            self.name = name
            self.recipe = recipe
            self.end = end
            self.duration = duration
            self.summary = summary
            self.messages = messages
        }
    }

    /// The runbook's name.
    public var runbook: String
    /// A digest of the runbook's file; nil where there is none.
    public var digest: String?
    /// The host's name.
    public var host: String
    /// When the first step began, as text.
    public var started: String
    /// How long all took together.
    public var duration: Duration
    /// How long it was allowed to take.
    public var budget: Duration?
    /// The variables and their values, by name.
    public var variables: [String: String]
    /// The steps, in the runbook's order.
    public var steps: [Step]
    /// The exit code of all.
    public var status: Int32

    /// Creates a report.
    public init(
        runbook: String, digest: String?, host: String, started: String, duration: Duration,
        budget: Duration?, variables: [String: String], steps: [Step], status: Int32
    ) {
        self.runbook = runbook
        self.digest = digest
        self.host = host
        self.started = started
        self.duration = duration
        self.budget = budget
        self.variables = variables
        self.steps = steps
        self.status = status
    }
}

extension BatchReport {
    /// The summaries of the steps that have one, with the steps' names.
    var summaries: [(step: String, summary: Summary)] {
        steps.compactMap { step in step.summary.map { (step.name, $0) } }
    }
}

/// What became of a step.
public enum StepEnd: Sendable, Equatable, Codable {
    /// It ran, and ended with an exit code of `taprecipe run`.
    case exited(Int32)
    /// A signal ended it.
    case signalled(Int32)
    /// It did not end in its time, and was killed.
    case overdue
    /// It could not be started.
    case notStarted(String)
    /// It was not run.
    case skipped(SkipReason)

    /// Whether it ran to an end of its own.
    public var isExit: Bool { exitCode != nil }

    /// The exit code, where it ran to an end of its own.
    var exitCode: Int32? { if case .exited(let code) = self { code } else { nil } }

    /// It in a few letters, for programs; never changes.
    var kind: String {
        switch self {
        case .exited: "exited"
        case .signalled: "signalled"
        case .overdue: "overdue"
        case .notStarted: "not-started"
        case .skipped: "skipped"
        }
    }

    /// Whether it did not do what it was to do.
    public var isFailure: Bool {
        switch self {
        case .exited(let code): ![0, 5, 6, 10, 130].contains(code)
        case .signalled, .overdue, .notStarted: true
        case .skipped: false
        }
    }
}

/// Why a step was not run.
public enum SkipReason: Sendable, Equatable, Codable {
    /// An earlier step recorded too little.
    case tooFew(record: String, of: String, found: Int, least: Int)
    /// An earlier step has no summary that could tell.
    case unknown(step: String)
    /// The runbook's budget was used up.
    case budget
    /// The user interrupted the runbook.
    case interrupted
    /// An earlier step failed, and the runbook says to stop then.
    case stopped(by: String)
}
