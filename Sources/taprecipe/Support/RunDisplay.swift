import Engine
import Synchronization

/// What a run shows on standard error while it goes on: on a terminal the one line that says what it is doing
/// and for how long, above it what is said.
final class RunDisplay: Sendable {
    private final class Progress: Sendable {
        let line: Mutex<ProgressLine>

        init(_ line: ProgressLine) { self.line = Mutex(line) }
    }

    private let progress: Progress
    private let display: LiveDisplay

    /// Creates a display; `showsLine` false leaves the line out, as everywhere but on a terminal.
    convenience init(console: Console, timeout: Duration, showsLine: Bool = true) {
        self.init(
            timeout: timeout, showsLine: showsLine && console.errorIsTerminal, width: console.errorWidth
        ) { console.complain($0) }
    }

    /// Creates a display that writes by `write`, and waits so long for one that takes nothing.
    init(
        timeout: Duration, showsLine: Bool, width: Int, patience: Duration = .seconds(1),
        write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        let progress = Progress(ProgressLine(timeout: timeout))
        self.progress = progress
        display = LiveDisplay(
            showsLines: showsLine, patience: patience,
            lines: { progress.line.withLock { $0.text(width: width).map { [$0] } ?? [] } }, write: write)
    }

    /// Takes note of what happens.
    func show(_ event: RunEvent) {
        if progress.line.withLock({ $0.note(event) }) { display.redraw() }
    }

    /// Writes text above the line.
    func say(_ text: String) { display.say(text) }

    /// Writes what is left and takes the line away; gives up on a standard error that takes nothing.
    func finish() async {
        progress.line.withLock { $0.end() }
        await display.finish()
    }
}
