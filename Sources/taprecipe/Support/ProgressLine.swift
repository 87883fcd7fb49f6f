import Engine

/// The one line on a terminal that says what a run is doing and for how long; silent elsewhere.
///
/// Redrawn by a timer and by events; erased before anything else is written and at the end.
actor ProgressLine {
    private let console: Console
    private let start = ContinuousClock.now
    private var phase: Phase?
    private var phaseStart = ContinuousClock.now
    private var step = ""
    private var lines = 0
    private var isDrawn = false
    private let timeout: Duration
    private var ticker: Task<Void, Never>?

    init(console: Console, timeout: Duration) {
        self.console = console
        self.timeout = timeout
    }

    /// Starts redrawing four times a second.
    func begin() {
        guard console.errorIsTerminal else { return }
        ticker = Task {
            while !Task.isCancelled {
                draw()
                try? await Task.sleep(for: .milliseconds(250))
            }
        }
    }

    /// Erases the line for good.
    func finish() {
        ticker?.cancel()
        ticker = nil
        erase()
    }

    /// Takes note of what happens; messages are written above the line.
    func show(_ event: RunEvent) {
        switch event {
        case .phase(let phase):
            self.phase = phase
            phaseStart = .now
            step = ""
        case .progress(_, let text): step = text
        case .line: lines += 1
        case .restarted: lines = 0
        default: return
        }
        if case .line = event { return }
        draw()
    }

    /// Writes text to standard error without tearing the line.
    func say(_ text: String) {
        erase()
        console.complain(text)
        draw()
    }

    private func draw() {
        guard ticker != nil, let phase else { return }
        let elapsed = (ContinuousClock.now - phaseStart).components.seconds
        var text = "\(phase.progressName) \(elapsed) s"
        if phase == .trace {
            text += " of \(timeout.components.seconds) s, \(lines) line\(lines == 1 ? "" : "s"); Ctrl-C ends"
        } else if !step.isEmpty {
            text += ": \(step)"
        }
        console.complain("\r\u{1B}[K\(text.prefix(max(console.width - 1, 20)))")
        isDrawn = true
    }

    private func erase() {
        guard isDrawn else { return }
        console.complain("\r\u{1B}[K")
        isDrawn = false
    }
}

extension Phase {
    fileprivate var progressName: String {
        switch self {
        case .check: "checking"
        case .compile: "compiling"
        case .attach: "attaching"
        case .trace: "tracing"
        case .flush: "ending"
        }
    }
}
