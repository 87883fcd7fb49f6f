import Dispatch
import Engine
import Synchronization

/// What a run shows on standard error while it goes on: on a terminal the one line that says what it is doing
/// and for how long, above it what is said.
///
/// A thread of its own writes, so that a terminal or pipe that takes nothing holds up neither a timeout nor the
/// reading of what stap prints; what waits to be written is bounded. Who says something waits a moment for room,
/// as any writer to a slow pipe does; where nothing moves, lines are dropped and counted.
final class RunDisplay: Sendable {
    private struct State {
        var line: ProgressLine
        var text: [UInt8] = []
        /// Whether the thread has been asked to write.
        var isAsked = false
        var isWriting = false
        var isDrawn = false
        /// Whether nothing moved when last somebody waited.
        var isStuck = false
        var dropped = 0
    }

    private static let room = 1 << 20

    private let write: @Sendable ([UInt8]) -> Void
    private let width: Int
    private let patience: Duration
    private let showsLine: Bool
    private let state: Mutex<State>
    private let queue = DispatchQueue(label: "taprecipe.display")
    private let ticker = Mutex<Task<Void, Never>?>(nil)

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
        self.write = write
        self.width = width
        self.patience = patience
        self.showsLine = showsLine
        state = Mutex(State(line: ProgressLine(timeout: timeout)))
        guard self.showsLine else { return }
        let tick = Task { [weak self] in
            while !Task.isCancelled {
                self?.ask()
                try? await Task.sleep(for: .milliseconds(250))
            }
        }
        ticker.withLock { $0 = tick }
    }

    /// Takes note of what happens.
    func show(_ event: RunEvent) {
        let changes = state.withLock { $0.line.note(event) }
        if changes, showsLine { ask() }
    }

    /// Writes text above the line.
    func say(_ text: String) {
        let bytes = Array(text.utf8)
        let start = ContinuousClock.now
        while true {
            let isDone = state.withLock { state in
                if state.text.count + bytes.count <= Self.room || state.text.isEmpty {
                    state.text += bytes
                    return true
                }
                if state.isStuck || ContinuousClock.now - start > patience {
                    state.isStuck = true
                    state.dropped += 1
                    return true
                }
                return false
            }
            ask()
            if isDone { return }
            // This is no place to suspend: the engine's readers call it.
            pause(milliseconds: 5)
        }
    }

    /// Writes what is left and takes the line away; gives up on a standard error that takes nothing.
    func finish() async {
        ticker.withLock { ticker in
            ticker?.cancel()
            ticker = nil
        }
        let dropped = state.withLock { state in
            state.line.end()
            return state.dropped
        }
        if dropped > 0 {
            let words = "\(dropped) lines are not shown: standard error took them too slowly\n"
            state.withLock {
                $0.text += Array(words.utf8)
                $0.dropped = 0
            }
        }
        ask()
        let start = ContinuousClock.now
        while state.withLock({ $0.isAsked || $0.isWriting }), ContinuousClock.now - start < patience * 5 {
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    private func ask() {
        let isNew = state.withLock { state in
            defer { state.isAsked = true }
            return !state.isAsked
        }
        if isNew { queue.async { self.draw() } }
    }

    private func draw() {
        let text = state.withLock { state in
            var text = state.isDrawn ? Array("\r\u{1B}[K".utf8) : []
            text += state.text
            state.text = []
            state.isAsked = false
            state.isWriting = true
            state.isDrawn = false
            if showsLine, let line = state.line.text(width: width) {
                text += Array(line.utf8)
                state.isDrawn = true
            }
            return text
        }
        write(text)
        state.withLock {
            $0.isWriting = false
            $0.isStuck = false
        }
    }
}
