import Dispatch
import Synchronization

/// Lines on standard error that are drawn anew as things go on, on a terminal; above them what is said.
///
/// A thread of its own writes, so that a terminal or pipe that takes nothing holds up neither a timeout nor the
/// reading of what stap prints; what waits to be written is bounded. Who says something waits a moment for room,
/// as any writer to a slow pipe does; where nothing moves, lines are dropped and counted.
final class LiveDisplay: Sendable {
    private struct State {
        var text: [UInt8] = []
        /// Whether the thread has been asked to write.
        var isAsked = false
        var isWriting = false
        /// How many lines are drawn now.
        var drawn = 0
        /// Whether nothing moved when last somebody waited.
        var isStuck = false
        var dropped = 0
        var isOver = false
    }

    private static let room = 1 << 20

    private let write: @Sendable ([UInt8]) -> Void
    private let lines: @Sendable () -> [String]
    private let patience: Duration
    private let showsLines: Bool
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "taprecipe.display")
    private let ticker = Mutex<Task<Void, Never>?>(nil)

    /// Creates a display that writes by `write`, and waits so long for one that takes nothing.
    ///
    /// `lines` are asked for each time that they are drawn; `showsLines` false leaves them out.
    init(
        showsLines: Bool, patience: Duration = .seconds(1), lines: @escaping @Sendable () -> [String],
        write: @escaping @Sendable ([UInt8]) -> Void
    ) {
        self.write = write
        self.lines = lines
        self.patience = patience
        self.showsLines = showsLines
        guard showsLines else { return }
        let tick = Task { [weak self] in
            while !Task.isCancelled {
                self?.redraw()
                try? await Task.sleep(for: .milliseconds(250))
            }
        }
        ticker.withLock { $0 = tick }
    }

    /// Draws the lines anew.
    func redraw() { if showsLines { ask() } }

    /// Writes text above the lines.
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

    /// Writes what is left and takes the lines away; gives up on a standard error that takes nothing.
    func finish() async {
        ticker.withLock { ticker in
            ticker?.cancel()
            ticker = nil
        }
        let dropped = state.withLock { state in
            state.isOver = true
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
        let lines = showsLines && !state.withLock({ $0.isOver }) ? self.lines() : []
        let text = state.withLock { state in
            let erase = (0..<state.drawn).map { $0 == 0 ? "\r\u{1B}[K" : "\u{1B}[A\u{1B}[K" }.joined()
            var text = Array(erase.utf8) + state.text
            state.text = []
            state.isAsked = false
            state.isWriting = true
            state.drawn = lines.count
            text += Array(lines.joined(separator: "\n").utf8)
            return text
        }
        write(text)
        state.withLock {
            $0.isWriting = false
            $0.isStuck = false
        }
    }
}
