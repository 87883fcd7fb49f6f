import Synchronization

/// A value that is made when it is first asked for, once for all that share it.
package final class Shared<Value: Sendable>: Sendable {
    private let state = Mutex<Value?>(nil)

    package init() {}

    /// The value, from `make` the first time.
    package func value(madeBy make: () -> Value) -> Value {
        state.withLock { state in
            if let value = state { return value }
            let value = make()
            state = value
            return value
        }
    }
}
