import Synchronization

/// The user's interrupts, counted, for whichever phase of the run listens now.
final class Interrupts: Sendable {
    private struct State {
        var count = 0
        var listener: (@Sendable (Int) -> Void)?
    }

    private let state = Mutex(State())
    private let pump = Mutex<Task<Void, Never>?>(nil)

    /// Starts to count what `source` yields.
    init(_ source: AsyncStream<Void>?) {
        guard let source else { return }
        let task = Task { [weak self] in
            for await _ in source { self?.add() }
        }
        pump.withLock { $0 = task }
    }

    deinit { pump.withLock { $0?.cancel() } }

    /// How many came so far.
    var count: Int { state.withLock { $0.count } }

    /// Has `listener` called with the count at each interrupt, and at once where one came already; nil: nobody.
    func listen(_ listener: (@Sendable (Int) -> Void)?) {
        let count = state.withLock {
            $0.listener = listener
            return $0.count
        }
        if count > 0 { listener?(count) }
    }

    private func add() {
        let (listener, count) = state.withLock {
            $0.count += 1
            return ($0.listener, $0.count)
        }
        listener?(count)
    }
}
