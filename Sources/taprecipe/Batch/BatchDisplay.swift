import RecipeModel
import Report
import Synchronization

/// What a runbook shows on standard error while it goes on: on a terminal a line a step, drawn anew, elsewhere a line
/// when a step begins and one when it ends.
final class BatchDisplay: Sendable {
    private enum Stage {
        case waiting
        case running(since: ContinuousClock.Instant)
        case ended(String)
    }

    private struct Step {
        let name: String
        let timeout: Duration
        var stage = Stage.waiting

        /// What it is doing.
        var words: String {
            switch stage {
            case .waiting: "waiting"
            case .running(let start):
                "running, \((ContinuousClock.now - start).components.seconds) s; traces for \(DurationText.print(timeout))"
            case .ended(let result): result
            }
        }
    }

    /// The steps, shared with the thread that draws.
    private final class Board: Sendable {
        let steps: Mutex<[Step]>

        init(_ steps: [Step]) { self.steps = Mutex(steps) }

        /// The lines, at most so many: of more steps those that run, and how many there are of the others.
        func lines(width: Int, height: Int = .max) -> [String] {
            let steps = steps.withLock { $0 }
            let column = min(steps.map(\.name.count).max() ?? 0, width / 3)
            func line(_ step: Step) -> String {
                let name = step.name.prefix(column)
                let padding = String(repeating: " ", count: column - name.count + 2)
                return String((name + padding + step.words).prefix(max(width - 1, 20)))
            }
            guard steps.count > height else { return steps.map(line) }
            var waiting = 0
            var ended = 0
            let running = steps.filter { step in
                switch step.stage {
                case .waiting: waiting += 1
                case .ended: ended += 1
                case .running: return true
                }
                return false
            }
            return running.prefix(height - 1).map(line) + ["\(ended) ended, \(waiting) waiting"]
        }
    }

    private let board: Board
    private let display: LiveDisplay
    private let isQuiet: Bool
    private let isDrawn: Bool
    private let width: Int
    /// What has been warned of.
    private let warnings = Mutex<Set<String>>([])

    /// Creates a display; `isQuiet` leaves out all but warnings.
    init(_ plan: BatchPlan, console: Console, isQuiet: Bool) {
        let board = Board(plan.steps.map { Step(name: $0.name, timeout: $0.timeout) })
        self.board = board
        self.isQuiet = isQuiet
        isDrawn = console.errorIsTerminal && !isQuiet
        let (width, height) = (console.errorWidth, max(console.errorHeight - 2, 3))
        self.width = width
        display = LiveDisplay(
            showsLines: isDrawn, lines: { board.lines(width: width, height: height) },
            write: { console.complain($0) })
    }

    /// Shows what happens, where it is to be shown.
    func show(_ event: BatchEvent) {
        switch event {
        case .began(let step):
            let (name, timeout) = change(step, .running(since: .now))
            announce("\(name): started, traces for \(DurationText.print(timeout))")
        case .ended(let step, let result, _): end(step, result.result)
        case .doneBefore(let step, let result, _): end(step, "done before: \(result.result)")
        case .said(let step, let line):
            if isQuiet { return }
            let name = board.steps.withLock { $0[step].name }
            display.say("\(name): \(line)\n")
        case .warning(let words):
            // A disk that is full is full at each step.
            guard warnings.withLock({ $0.insert(words).inserted }) else { return }
            display.say("warning: \(words)\n")
        case .told, .omitted: break
        }
    }

    /// Writes what is left and takes the lines away, unless `isLeft` says that nothing else is going to be shown.
    func finish(isLeft: Bool) async {
        if isLeft, isDrawn { for line in board.lines(width: width) { display.say(line + "\n") } }
        await display.finish()
    }

    private func end(_ step: Int, _ result: String) {
        let words = Console.safe(Array(result.utf8))
        announce("\(change(step, .ended(words)).name): \(words)")
    }

    private func change(_ step: Int, _ stage: Stage) -> (name: String, timeout: Duration) {
        defer { display.redraw() }
        return board.steps.withLock { steps in
            steps[step].stage = stage
            return (steps[step].name, steps[step].timeout)
        }
    }

    /// What the lines on a terminal show, elsewhere.
    private func announce(_ words: String) {
        if !isDrawn, !isQuiet { display.say(words + "\n") }
    }
}
