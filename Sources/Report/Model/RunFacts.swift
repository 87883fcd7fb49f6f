public import RecipeModel

/// What ran, on what, for how long, and how it ended: what a summary opens with.
///
/// The command fills it in; a summary of a saved output knows only some of it.
public struct RunFacts: Sendable, Equatable {
    /// The recipe's name.
    public var recipe: String
    /// A digest of the recipe's file, as the command writes it.
    public var recipeDigest: String?
    /// The signed recipe bundle that the recipe is of.
    public var bundle: Bundle?
    /// The engine and its version, such as `stap 4.8`.
    public var engine: String?
    /// The kernel's release.
    public var kernel: String?
    /// The name of the host that it ran on, or of those whose runs were merged; none where that is not known.
    public var hosts: [String]
    /// What was traced.
    public var target: Target
    /// The files that probes were placed in.
    public var probedFiles: [File]
    /// The recipe's parameters and their values as text, in the recipe's order; secrets left out.
    public var parameters: [Parameter]
    /// When tracing began, as text.
    public var started: String?
    /// How long it traced.
    public var traced: Duration?
    /// How long it was to trace.
    public var timeout: Duration?
    /// The limits that were in force.
    public var limits: [Limit]
    /// How many runs it took until the limits were large enough, this one included.
    public var attempts: Int
    /// How the run ended.
    public var end: RunEnd
    /// What the engine knows to be lost; what the output itself tells is added by the summary.
    public var losses: [Loss]
    /// What of the target the recipe cannot see, in words: whatever was found, it lets nobody conclude anything.
    public var doubts: [String]
    /// The file that the output was read from, where it was a saved one.
    public var savedOutput: String?

    /// What was traced.
    public struct Target: Sendable, Equatable {
        /// The executable's path.
        public var binary: String?
        /// Its build id, in hexadecimal.
        public var buildID: String?
        /// The process.
        public var pid: Int32?
        /// The service or container that it is of, such as `unit 'nginx.service'`.
        public var group: String?
        /// The command that was run under the trace, as its arguments.
        public var command: [String]

        /// Creates a target.
        public init(
            binary: String? = nil, buildID: String? = nil, pid: Int32? = nil, group: String? = nil,
            command: [String] = []
        ) {
            self.binary = binary
            self.buildID = buildID
            self.pid = pid
            self.group = group
            self.command = command
        }
    }

    /// A recipe bundle, and whose signature on it was verified.
    public struct Bundle: Sendable, Codable, Equatable {
        /// Its file.
        public var path: String
        /// When it was made, as text.
        public var created: String
        /// The id of the key that signed it.
        public var key: String
        /// The comment that was signed with it.
        public var comment: String

        /// Creates one.
        public init(path: String, created: String, key: String, comment: String) {
            self.path = path
            self.created = created
            self.key = key
            self.comment = comment
        }
    }

    /// A file that probes were placed in.
    public struct File: Sendable, Equatable {
        /// Its path.
        public var path: String
        /// Its build id, in hexadecimal.
        public var buildID: String?

        /// Creates one.
        public init(path: String, buildID: String?) {
            self.path = path
            self.buildID = buildID
        }
    }

    /// A parameter's value.
    public struct Parameter: Sendable, Equatable {
        /// The parameter's name.
        public var name: String
        /// Its value as text.
        public var value: String

        /// Creates one.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A limit that was in force.
    public struct Limit: Sendable, Equatable {
        /// stap's name for it.
        public var name: String
        /// Its value.
        public var value: UInt64
        /// The value before it was raised because it was too small.
        public var raisedFrom: UInt64?

        /// Creates one.
        public init(name: String, value: UInt64, raisedFrom: UInt64? = nil) {
            self.name = name
            self.value = value
            self.raisedFrom = raisedFrom
        }
    }

    /// Creates facts; all but the recipe's name may be unknown.
    public init(
        recipe: String, recipeDigest: String? = nil, engine: String? = nil, kernel: String? = nil,
        hosts: [String] = [], target: Target = Target(), probedFiles: [File] = [],
        parameters: [Parameter] = [], started: String? = nil,
        traced: Duration? = nil, timeout: Duration? = nil, limits: [Limit] = [], attempts: Int = 1,
        end: RunEnd = .unknown, losses: [Loss] = [], doubts: [String] = [], savedOutput: String? = nil,
        bundle: Bundle? = nil
    ) {
        self.recipe = recipe
        self.recipeDigest = recipeDigest
        self.engine = engine
        self.kernel = kernel
        self.hosts = hosts
        self.target = target
        self.probedFiles = probedFiles
        self.parameters = parameters
        self.started = started
        self.traced = traced
        self.timeout = timeout
        self.limits = limits
        self.attempts = attempts
        self.end = end
        self.losses = losses
        self.doubts = doubts
        self.savedOutput = savedOutput
        self.bundle = bundle
    }

    /// The limits of a run as facts, by name; `first` are those of the first attempt where they were raised.
    public static func limits(_ limits: Limits, raisedFrom first: Limits? = nil) -> [Limit] {
        var facts = limits.macros.map { macro, value in
            let before = first?.macros[macro]
            return Limit(name: macro.rawValue, value: value, raisedFrom: before == value ? nil : before)
        }
        if let megabytes = limits.bufferMegabytes {
            let before = first?.bufferMegabytes
            facts.append(
                Limit(
                    name: "buffer-MiB", value: UInt64(clamping: megabytes),
                    raisedFrom: before == megabytes ? nil : before.map { UInt64(clamping: $0) }))
        }
        return facts.sorted { $0.name < $1.name }
    }
}

/// How a run ended.
public enum RunEnd: Sendable, Equatable {
    /// It traced until its timeout.
    case timeout
    /// The script ended itself, or the traced command or process exited.
    case exited
    /// The traced command ended, but not well; in words.
    case commandFailed(String)
    /// The user interrupted it.
    case interrupted
    /// A limit of that name ended it.
    case limit(String)
    /// It cost the machine more than it was allowed to; which guard was met and what it saw, in words.
    case guarded(String)
    /// The whole run's deadline passed in that phase.
    case deadline(phase: String)
    /// It failed while it traced; the message says how.
    case failed(String)
    /// It never began to trace; the message says why.
    case notStarted(String)
    /// A saved output, which does not tell.
    case unknown
}
