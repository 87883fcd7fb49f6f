/// The parts of a run, in their order.
public enum Phase: String, Sendable, CaseIterable, Comparable {
    /// Tools, lock and cache are looked at; nothing is touched.
    case check
    /// stap turns the script into a kernel module (its passes 1 to 4).
    case compile
    /// The module is loaded and its probes are placed.
    case attach
    /// Probes fire.
    case trace
    /// End probes print, the last output is read, the module is unloaded.
    case flush

    /// Orders by when the phase comes.
    public static func < (left: Phase, right: Phase) -> Bool {
        allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
    }
}

/// How long a run and its phases may take.
public struct Budget: Sendable, Equatable {
    /// How long to trace (`--timeout`); with retries, all tracing together.
    public var timeout: Duration
    /// How long the whole run may take (`--deadline`), counted from the call to the engine; nil: no bound but
    /// the phases' own.
    public var deadline: Duration?
    /// How long the phases other than trace may take.
    public var phases: [Phase: Duration]

    /// What a phase may take where nothing else is said: a compile on a slow machine takes minutes.
    public static let defaults: [Phase: Duration] = [
        .check: .seconds(30), .compile: .seconds(600), .attach: .seconds(120), .flush: .seconds(15),
    ]

    /// Creates a budget.
    public init(timeout: Duration, deadline: Duration? = nil, phases: [Phase: Duration] = [:]) {
        self.timeout = timeout
        self.deadline = deadline
        self.phases = Self.defaults.merging(phases) { $1 }
    }

    /// How long a run that is ended may take to do so by itself: the flush's budget, less what force may need
    /// after it before the deadline.
    public func politeness(elapsed: Duration) -> Duration {
        let all = remaining(.flush, elapsed: elapsed)
        guard let left = deadline.map({ max($0 - elapsed, .zero) }) else { return all }
        return min(all, left - min(.seconds(4), left / 2))
    }

    /// How long each step of force is waited for.
    public func patience(elapsed: Duration) -> Duration {
        guard let left = deadline.map({ max($0 - elapsed, .zero) }) else { return .seconds(2) }
        return min(.seconds(2), max(left / 2, .milliseconds(100)))
    }

    /// How long `phase` may still take when `elapsed` of the run and `traced` of the tracing are gone: never
    /// less than zero, and before the flush always so much less that the flush fits before the deadline.
    public func remaining(_ phase: Phase, elapsed: Duration, traced: Duration = .zero) -> Duration {
        let own = phase == .trace ? timeout - traced : phases[phase] ?? .seconds(30)
        guard let deadline else { return max(own, .zero) }
        // A tenth of the whole, and at most the flush's own budget, is kept for ending politely.
        let reserve = phase == .flush ? .zero : min(phases[.flush] ?? .zero, deadline / 10)
        return max(min(own, deadline - reserve - elapsed), .zero)
    }
}
