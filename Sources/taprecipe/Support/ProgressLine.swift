import Engine

/// The words of the line that says what a run is doing and for how long.
struct ProgressLine {
    private let timeout: Duration
    private var phase: Phase?
    private var phaseStart = ContinuousClock.now
    private var pass: Int?
    private var lines = 0

    init(timeout: Duration) { self.timeout = timeout }

    /// Takes note of what happens; whether that changes the line at once.
    mutating func note(_ event: RunEvent) -> Bool {
        switch event {
        case .phase(let phase):
            self.phase = phase
            phaseStart = .now
            pass = nil
        case .pass(let number): pass = number
        case .line:
            lines += 1
            return false
        case .restarted: lines = 0
        default: return false
        }
        return true
    }

    /// Nothing goes on any more.
    mutating func end() { phase = nil }

    /// The line; nil where nothing goes on.
    func text(width: Int) -> String? {
        guard let phase else { return nil }
        let elapsed = "\((ContinuousClock.now - phaseStart).components.seconds) s"
        let text =
            switch phase {
            case .check: "checking, \(elapsed)"
            case .compile:
                pass.map { "pass \($0) of 5: \(Self.words[$0, default: "compiling"]), \(elapsed)" }
                    ?? "compiling, \(elapsed)"
            case .attach: "pass 5 of 5: attaching, \(elapsed)"
            case .trace:
                "pass 5 of 5: tracing, \(elapsed) of \(timeout.components.seconds) s, "
                    + "\(lines) line\(lines == 1 ? "" : "s"); Ctrl-C ends"
            case .flush: "pass 5 of 5: ending, \(elapsed)"
            }
        return String(text.prefix(max(width - 1, 20)))
    }

    /// What stap does in its passes.
    private static let words = [1: "parsing", 2: "analyzing", 3: "translating", 4: "compiling"]
}
