import Synchronization

/// A value that is made when it is first asked for, once for all that share it.
final class Shared<Value: Sendable>: Sendable {
    private let state = Mutex<Value?>(nil)

    /// The value, from `make` the first time.
    func value(madeBy make: () -> Value) -> Value {
        state.withLock { state in
            if let value = state { return value }
            let value = make()
            state = value
            return value
        }
    }
}
